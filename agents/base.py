"""The agent's contract, and what most agents share: a pool, a ranking, an honest propensity.

An agent imports sim.world.state, sim.world.rng and torch, and never the rest of sim. A beginner
subclasses `ScoreAgent` and writes `score` alone.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol, runtime_checkable

import torch
from torch import Tensor

from agents.blocks import part, part_of
from agents.ranges import Many, Some, Weight
from agents.ranking import top_slate, wide
from agents.retrieval import PICK, Retriever
from sim.world.rng import Key, key
from sim.world.state import Catalog, Log, Observation, Slate, Truth


@runtime_checkable
class Agent(Protocol):
    """What the runner calls. Optional abilities, discovered by name: `score(observation, ids)`,
    `user_vectors` / `item_vectors`, `log_prob`, and two that are told every morning which rows
    belong to somebody new: `on_catalog(catalog, reborn)` of videos, `on_viewers(reborn)` of
    viewers. An agent with `privileged = True` is handed `truth=` in `act` and is marked so in every
    table; one with `repeats = True` may show a viewer the same video again. `seat`, where it is
    set, is the only one that the agent takes.

    What it is handed are copies: nothing that it writes there reaches the platform, or comes back
    on the next page. Scores and figures that are NaN or +inf are errors. What it sets in the
    process, torch's default dtype for one, holds for its own code alone."""

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        """Forget everything. `viewers`: rows of viewers; `seed`: the agent's own."""

    def act(self, observation: Observation, slots: int, *, explore: bool = True) -> Slate:
        """A slate for every viewer awake."""

    def learn(self, log: Log) -> Mapping[str, float]:
        """Learn from what was watched since the last call; returns what to report, say the loss."""

    def state_dict(self) -> dict[str, Any]:
        """All that a resumed run needs, loadable with weights_only=True."""

    def load_state_dict(self, state: dict[str, Any]) -> None: ...


class ScoreAgent(Retriever):
    """Ranks by `score` and shows the best that the viewer has not seen.

    Two stages. A pool shared by the page (all eligible videos, or `pool_size` of them: the most
    watched lately and a fresh random sample) is scored coarsely, and the `retrieved` best unseen
    ones of each viewer are ranked by `score`. Viewers are taken in blocks, so memory stays bounded
    and a million videos never become a viewers-by-videos matrix. Exploration happens in the last
    stage only, so its propensities are exact: a Plackett-Luce draw over the `shortlist` best, by
    Gumbel noise on score / temperature.

    No slot stays empty while a video is at hand: eligible, and not shown before as
    `observation.shown` has it (in large worlds a filter, which takes a few for shown that were
    not). Who has used up the candidates gets the best of the whole pool; who has used up a pool
    that is a sample, any others of the catalogue, in an order of chance. Where candidates were
    given, only they are at hand.
    """

    privileged: ClassVar[bool] = False
    repeats: ClassVar[bool] = False
    objective: Callable[[Log], Tensor] | None = None  # set by the runner; None = the agent's own
    pool_size: Many = 4096
    depth: Many = 160  # the coarse stage's best, of which those shown before are dropped
    retrieved: Many = 128
    explorers: Some = 0  # candidates beside them, drawn evenly from the pool
    temperature: Weight = 0.0  # in spreads of a viewer's scores over the shortlist; 0 = greedy
    shortlist: Many = 40
    block: Many = 4096  # viewers at once; changes no result
    tile: Many = 256  # of these, whose scores of the pool are held at once, to fit a CPU's cache

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        self.viewers, self.capacity = viewers, catalog.capacity
        self.device = torch.device(device)
        self.key = key(seed, device).fold(977)  # away from the world's own tree
        self.acts = torch.zeros((), dtype=torch.int64, device=device)

    @torch.no_grad()
    def act(
        self, observation: Observation, slots: int, *, explore: bool = True, **truth: Any
    ) -> Slate:
        ids = self.pool(observation) if observation.candidates is None else None
        noise = self.draw(PICK, observation)
        self.acts = self.acts + explore  # what is only evaluated leaves no trace
        temperature = self.temperature if explore else 0.0
        slates = []
        for start in range(0, max(1, len(observation.viewer)), self.block):
            some = slice(start, start + self.block)
            seen, extra = part(observation, some), {k: part_of(v, some) for k, v in truth.items()}
            offered = seen.candidates
            if ids is not None:
                offered = self.retrieve(seen, ids, slots, **extra)
            assert offered is not None
            offered, unfit = self.enough(seen, offered, ids, slots, **extra)
            scores = wide(self.score(seen, offered, **extra), offered)
            scores = scores.masked_fill(unfit, -torch.inf)
            slates.append(self.choose(seen, offered, scores, slots, temperature, noise))
        return _joined(slates)

    def choose(
        self,
        seen: Observation,
        offered: Tensor,
        scores: Tensor,
        slots: int,
        temperature: float,
        noise: Key,
    ) -> Slate:
        """The last stage: a slate from `offered` (awake, n) by its scores, -inf where unfit."""
        return top_slate(scores, offered, slots, temperature, self.shortlist, noise, seen.viewer)

    def learn(self, log: Log) -> Mapping[str, float]:
        return {}

    def state_dict(self) -> dict[str, Any]:
        return {"acts": self.acts}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.acts = state["acts"].to(self.device)


def _joined(slates: list[Slate]) -> Slate:
    if len(slates) == 1:
        return slates[0]
    logp = [s.logp for s in slates if s.logp is not None]
    return Slate(torch.cat([s.ids for s in slates]), torch.cat(logp))


class PrivilegedAgent(ScoreAgent):
    """An agent that sees the hidden truth: an upper bound or a stand-in, never a method."""

    privileged: ClassVar[bool] = True

    def act(
        self, observation: Observation, slots: int, *, explore: bool = True, **truth: Any
    ) -> Slate:
        if not isinstance(truth.get("truth"), Truth):
            raise ValueError(
                f"{type(self).__name__} is privileged: act takes truth=Truth; got {truth or None}. "
                "Run it through sim.lab.run.arm, which hands it over."
            )
        return super().act(observation, slots, explore=explore, **truth)
