"""The agent's contract, and what most agents share: a pool, a ranking, an honest propensity.

An agent imports sim.world.state, sim.world.rng and torch, and never the rest of sim. A beginner
subclasses `ScoreAgent` and writes `score` alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
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
        """Forget everything. `viewers`: rows of viewers; `seed`: the agent's own."""

    def act(self, observation: Observation, slots: int, *, explore: bool = True) -> Slate:
        """A slate for every viewer awake."""

    def learn(self, log: Log) -> Mapping[str, float]:
        """Learn from what was watched since the last call; returns what to report, say the loss."""

    def state_dict(self) -> dict[str, Any]:
        """All that a resumed run needs, loadable with weights_only=True."""

    def load_state_dict(self, state: dict[str, Any]) -> None: ...


class ScoreAgent:
    """Ranks by `score` and shows the best that the viewer has not seen.

    Two stages. A pool shared by the page (all eligible videos, or `pool_size` of them: the most
    watched lately and a fresh random sample) is scored coarsely, and the `retrieved` best unseen
    ones of each viewer are ranked by `score`. Viewers are taken in blocks, so memory stays bounded
    and a million videos never become a viewers-by-videos matrix. Exploration happens in the last
    stage only, so its propensities are exact: a Plackett-Luce draw over the `shortlist` best, by
    Gumbel noise on score / temperature.
    """

    privileged: ClassVar[bool] = False
    repeats: ClassVar[bool] = False
    objective: Callable[[Log], Tensor] | None = None  # set by the runner; None = the agent's own
    pool_size: int = 4096
    depth: int = 160  # the coarse stage's best, of which those shown before are dropped
    retrieved: int = 128
    temperature: float = 0.0  # in units of the score's spread over a viewer's shortlist; 0 = greedy
    shortlist: int = 40
    block: int = 4096  # viewers at once; changes no result

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        self.viewers, self.capacity = viewers, catalog.capacity
        self.device = torch.device(device)
        self.key = key(seed, device).fold(977)  # away from the world's own tree
        self.acts = torch.zeros((), dtype=torch.int64, device=device)

    def score(self, observation: Observation, ids: Tensor, *_: Any, **truth: Any) -> Tensor:
        """The score of `ids` (pool,) or (awake, n) for each viewer: (awake, n). A score that is
        the same for all viewers may be (pool,). 0 in `ids` is padding; its score is not used."""
        raise TypeError(f"{type(self).__name__} must define score(observation, ids)")

    def coarse(self, observation: Observation, ids: Tensor, *_: Any, **truth: Any) -> Tensor:
        """Scores that pick the candidates from the pool; cheap where `score` is dear."""
        return self.score(observation, ids, **truth)

    def pool(self, observation: Observation) -> Int[Tensor, " pool"]:
        """Video ids worth scoring for this page, the same for all viewers of the page."""
        catalog = observation.catalog
        row = catalog.eligible.nonzero().squeeze(1)
        if len(row) > self.pool_size:
            half = self.pool_size // 2
            best = row[catalog.heat[row].topk(half).indices]
            step = self.draw(POOL, observation)
            drawn = row[step.integer(torch.arange(half, device=row.device), len(row))]
            row = torch.cat([best, drawn]).unique()
        return catalog.name[row]

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
            seen, extra = part(observation, some), {k: _part_of(v, some) for k, v in truth.items()}
            offered = seen.candidates
            if ids is not None:
                offered = self.retrieve(seen, ids, slots, **extra)
            assert offered is not None
            scores = wide(self.score(seen, offered, **extra), offered)
            unfit = (offered == 0) | self._again(seen, offered)
            scores = scores.masked_fill(unfit, -torch.inf)
            slates.append(
                top_slate(scores, offered, slots, temperature, self.shortlist, noise, seen.viewer)
            )
        return _joined(slates)

    def draw(self, stream: int, observation: Observation) -> Key:
        """The key of a page's draws: another one for every page, and for every episode."""
        return self.key.fold(stream).fold(self.acts).fold(1000 * observation.day + observation.page)

    def _again(self, observation: Observation, ids: Tensor) -> Tensor:
        return torch.zeros_like(ids, dtype=torch.bool) if self.repeats else observation.shown(ids)

    def retrieve(
        self, observation: Observation, ids: Int[Tensor, " pool"], slots: int, **truth
    ) -> Int[Tensor, "awake retrieved"]:
        """Each viewer's best unseen videos of the pool, best first; 0 where there are no more."""
        if not len(ids):
            return observation.viewer.new_zeros(len(observation.viewer), slots)
        scores = self.coarse(observation, ids, **truth)
        keep = min(max(self.retrieved, slots), len(ids))
        found = ids[best_places(scores, min(len(ids), max(self.depth, keep)))]
        scores, found = (x.expand(len(observation.viewer), -1) for x in (scores, found))
        found = found.masked_fill(self._again(observation, found), 0)
        found = _packed_left(found)[:, :keep]
        worn = (found[:, min(slots, keep) - 1] == 0).nonzero().squeeze(1)
        if len(worn) and self.depth < len(ids):  # the few who used up their best: search it all
            every = ids.expand(len(worn), -1)
            left = scores[worn].masked_fill(self._again(part(observation, worn), every), -torch.inf)
            value, place = left.topk(keep, dim=1)
            found[worn] = ids[place].masked_fill(value == -torch.inf, 0)
        return found

    def learn(self, log: Log) -> Mapping[str, float]:
        return {}

    def state_dict(self) -> dict[str, Any]:
        return {"acts": self.acts}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.acts = state["acts"].to(self.device)


def part(observation: Observation, some: slice | Tensor) -> Observation:
    """The observation of some of the viewers awake."""
    cut = {
        f.name: getattr(observation, f.name)[some]
        for f in fields(observation)
        if f.name not in ("day", "page", "catalog", "candidates", "shown")
    }
    offered = None if observation.candidates is None else observation.candidates[some]
    look: Callable[..., Tensor] = observation.shown
    whole = len(cut["viewer"]) == len(observation.viewer)
    shown = look if whole else _only(look, some)
    return replace(observation, **cut, candidates=offered, shown=shown)


def _only(look: Callable[..., Tensor], some: slice | Tensor) -> Callable[..., Tensor]:
    """`look` for some of the viewers; asked for some of those, it cuts twice."""

    def narrowed(ids: Tensor, who: slice | Tensor | None = None) -> Tensor:
        return look(ids, some) if who is None else look(ids, _within(some, who))

    return narrowed


def _within(some: slice | Tensor, who: slice | Tensor) -> Tensor:
    """Places in the whole, of places `who` in the part `some`."""
    if isinstance(some, Tensor):
        return some[who]
    if isinstance(who, slice):
        return torch.arange(some.start + who.start, min(some.stop, some.start + who.stop))
    return who + some.start


def _part_of(truth: Truth, some: slice) -> Truth:
    return Truth(appeal=_only(truth.appeal, some), glad=_only(truth.glad, some))


def wide(scores: Tensor, ids: Int[Tensor, "awake n"]) -> Float[Tensor, "awake n"]:
    """Scores held to the shape of `ids`."""
    if scores.shape != ids.shape:
        raise ValueError(
            f"score(observation, ids) must return one score per id, {tuple(ids.shape)}; "
            f"got {tuple(scores.shape)}. ids may be (pool,) or (awake, n)."
        )
    return scores.float()


def best_places(scores: Float[Tensor, "*n pool"], count: int) -> Int[Tensor, "*n count"]:
    """Places of the `count` highest scores, best first; the same as topk in two thirds of its time.

    The k best of a row lie within the k groups of four that have the best maxima."""
    groups = 4
    if scores.dim() == 1 or scores.shape[1] < 4 * groups * count:
        return scores.topk(count).indices
    short = -scores.shape[1] % groups
    scores = torch.nn.functional.pad(scores, (0, short), value=-torch.inf) if short else scores
    n, stride = len(scores), scores.shape[1] // groups
    best = scores.view(n, groups, stride).amax(1).topk(count, sorted=False).indices
    member = stride * torch.arange(groups, device=scores.device)
    place = (best[:, None, :] + member[:, None]).view(n, -1)
    return place.gather(1, scores.gather(1, place).topk(count).indices)


def _packed_left(ids: Int[Tensor, "awake n"]) -> Tensor:
    """Zeros moved to the end, all else in order."""
    held = ids > 0
    place = torch.where(held, held.cumsum(1) - 1, ids.shape[1])
    packed = ids.new_zeros(len(ids), ids.shape[1] + 1).scatter_(1, place, ids)
    return packed[:, :-1]


def _joined(slates: list[Slate]) -> Slate:
    if len(slates) == 1:
        return slates[0]
    logp = [s.logp for s in slates if s.logp is not None]
    return Slate(torch.cat([s.ids for s in slates]), torch.cat(logp))


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
    logp = torch.zeros_like(value)
    if temperature > 0:
        mean = value.masked_fill(gone, 0.0).sum(1, keepdim=True) / (~gone).sum(1, keepdim=True)
        spread = (value - mean).masked_fill(gone, 0.0).square().mean(1, keepdim=True).sqrt()
        logits = value / (temperature * spread.clamp(min=1e-6))
        order = (logits + noise.gumbel(viewer, width)).sort(dim=1, descending=True).indices
        logits, place, gone = (x.gather(1, order) for x in (logits, place, gone))
        logp = plackett_luce(logits)
    place, gone, logp = place[:, :slots], gone[:, :slots], logp[:, :slots]
    chosen = ids[place] if ids.dim() == 1 else ids.gather(1, place)
    short = max(0, slots - width)
    return Slate(
        torch.nn.functional.pad(chosen.masked_fill(gone, 0), (0, short)),
        torch.nn.functional.pad(logp.masked_fill(gone, 0.0), (0, short)),
    )


def plackett_luce(logits: Float[Tensor, "n width"]) -> Float[Tensor, "n width"]:
    """ln P(item_k | items before it) of logits in the order drawn, all of them, -inf last.

    What is left at each draw is summed from the end, so that nothing cancels.
    """
    top = logits.max(dim=1, keepdim=True).values
    weight = (logits - top).double()
    left = weight.exp().flip(1).cumsum(1).flip(1).log()
    return (weight - left).float().clamp(max=0.0)


class PrivilegedAgent(ScoreAgent):
    """An agent that sees the hidden truth: a ceiling or a stand-in, never a method."""

    privileged: ClassVar[bool] = True

    def act(
        self, observation: Observation, slots: int, *, explore: bool = True, **truth: Any
    ) -> Slate:
        if not isinstance(truth.get("truth"), Truth):
            raise ValueError(
                f"{type(self).__name__} is privileged: act takes truth=Truth; got {truth or None}. "
                "Run it through sim.lab.arm, which hands it over."
            )
        return super().act(observation, slots, explore=explore, **truth)
