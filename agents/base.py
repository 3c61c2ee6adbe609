"""The agent's contract, and what most agents share: a pool, a ranking, an honest propensity.

An agent imports sim.world.state, sim.world.rng and torch, and never the rest of sim. A beginner
subclasses `ScoreAgent` and writes `score` alone.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.rng import Key, key
from sim.world.state import Catalog, Log, Observation, Slate, Truth

PICK, POOL = 0, 1  # streams under the agent's own key


@runtime_checkable
class Agent(Protocol):
    """What the runner calls. Optional abilities, discovered by name: `score(observation, ids)`,
    `user_vectors` / `item_vectors`, `log_prob`, `on_catalog(catalog, reborn)`. An agent with
    `privileged = True` is handed `truth=` in `act` and is marked so in every table; one with
    `repeats = True` may show a viewer the same video again."""

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        """Forget everything. `viewers` is the number of viewer rows; the seed is the agent's own."""

    def act(self, observation: Observation, slots: int, *, explore: bool = True) -> Slate:
        """A slate for every viewer awake."""

    def learn(self, log: Log) -> Mapping[str, float]:
        """Learn from what was watched since the last call; returns what to report, say the loss."""

    def state_dict(self) -> dict[str, Any]:
        """All that a resumed run needs, loadable with weights_only=True."""

    def load_state_dict(self, state: dict[str, Any]) -> None: ...


class ScoreAgent:
    """Ranks a pool by `score` and shows the best that the viewer has not seen.

    Two stages: a pool shared by the page (all eligible videos, or `pool_size` of them: the most
    watched lately and a fresh random sample), then a ranking within. Exploration happens in the
    last stage only, so its propensities are exact: a Plackett-Luce draw over the `shortlist` best,
    by Gumbel noise on score / temperature.
    """

    privileged: ClassVar[bool] = False
    repeats: ClassVar[bool] = False
    pool_size: int = 4096
    temperature: float = 0.0  # in units of the score's spread over a viewer's shortlist; 0 = greedy
    shortlist: int = 40

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        self.viewers, self.capacity = viewers, catalog.capacity
        self.device = torch.device(device)
        self.key = key(seed, device).fold(977)  # away from the world's own tree
        self.acts = torch.zeros((), dtype=torch.int64, device=device)

    def score(
        self, observation: Observation, ids: Int[Tensor, " pool"]
    ) -> Float[Tensor, "awake pool"]:
        raise TypeError(f"{type(self).__name__} must define score(observation, ids)")

    def pool(self, observation: Observation) -> Int[Tensor, " pool"]:
        """Video ids worth scoring for this page, the same for all viewers of the page."""
        catalog = observation.catalog
        row = catalog.eligible.nonzero().squeeze(1)
        if len(row) > self.pool_size:
            half = self.pool_size // 2
            best = row[catalog.heat[row].topk(half).indices]
            step = self.key.fold(POOL).fold(self.acts)
            drawn = row[step.integer(torch.arange(half, device=row.device), len(row))]
            row = torch.cat([best, drawn]).unique()
        return catalog.name[row]

    def act(self, observation: Observation, slots: int, *, explore: bool = True, **truth) -> Slate:
        ids = self.pool(observation) if observation.candidates is None else observation.candidates
        scores = self.score(observation, ids, **truth)
        scores = scores.masked_fill(observation.shown(ids), -torch.inf)
        if ids.dim() == 2:
            scores = scores.masked_fill(ids == 0, -torch.inf)
        noise = self.key.fold(PICK).fold(self.acts)
        self.acts = self.acts + 1
        temperature = self.temperature if explore else 0.0
        return top_slate(scores, ids, slots, temperature, self.shortlist, noise, observation.viewer)

    def learn(self, log: Log) -> Mapping[str, float]:
        return {}

    def state_dict(self) -> dict[str, Any]:
        return {"acts": self.acts}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.acts = state["acts"].to(self.device)


def top_slate(
    scores: Float[Tensor, "awake pool"],
    ids: Tensor,
    slots: int,
    temperature: float,
    shortlist: int,
    noise: Key,
    viewer: Int[Tensor, " awake"],
) -> Slate:
    """The best `slots` of a pool, or a Plackett-Luce draw from its best `shortlist`.

    `ids` is (pool,) or (awake, pool). A score of -inf is never shown; where too few are left, the
    slate ends in 0. Returns the exact ln P(item_k | items before it), 0 when greedy.
    """
    width = min(scores.shape[1], max(shortlist, slots) if temperature > 0 else slots)
    value, place = scores.topk(width, dim=1)
    gone = value == -torch.inf
    if temperature > 0:
        spread = value.masked_fill(gone, 0.0).std(1, keepdim=True).clamp(min=1e-6)
        logits = value / (temperature * spread)
        race = logits + noise.gumbel(viewer, width)
        order = race.topk(min(slots, width), dim=1).indices
        logits, place, gone = (x.gather(1, order) for x in (logits, place, gone))
        logp = _plackett_luce(value / (temperature * spread), logits)
    else:
        logp = torch.zeros_like(value)
    chosen = ids[place] if ids.dim() == 1 else ids.gather(1, place)
    chosen = chosen.masked_fill(gone, 0)
    logp = logp.masked_fill(gone, 0.0)
    short = slots - chosen.shape[1]
    if short > 0:
        chosen = torch.nn.functional.pad(chosen, (0, short))
        logp = torch.nn.functional.pad(logp, (0, short))
    return Slate(chosen, logp)


def _plackett_luce(all_logits: Tensor, drawn: Tensor) -> Tensor:
    """ln P(item_k | items before it) of draws without replacement."""
    top = all_logits[:, :1]
    total = (all_logits - top).exp().sum(1, keepdim=True)
    taken = (drawn - top).exp()
    left = total - taken.cumsum(1) + taken  # what was still there when item k was drawn
    return (drawn - top) - left.clamp(min=1e-30).log()


class PrivilegedAgent(ScoreAgent):
    """An agent that sees the hidden truth: a ceiling or a stand-in, never a method."""

    privileged: ClassVar[bool] = True

    def act(
        self,
        observation: Observation,
        slots: int,
        *,
        explore: bool = True,
        truth: Truth | None = None,
    ) -> Slate:
        return super().act(observation, slots, explore=explore, truth=truth)
