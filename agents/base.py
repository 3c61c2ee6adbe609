"""The agent's contract, and what most agents share: a pool, a ranking, an honest propensity.

An agent imports sim.world.state, sim.world.rng and torch, and never the rest of sim. A beginner
subclasses `ScoreAgent` and writes `score` alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
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
    tile: int = 256  # of these, whose scores of the pool are held at once, to fit a CPU's cache

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
        """Each viewer's best unseen videos of the pool, in its order; 0 where there are no more."""
        viewers, keep = len(observation.viewer), min(max(self.retrieved, slots), len(ids))
        if not len(ids):
            return observation.viewer.new_zeros(viewers, slots)
        found = ids.new_empty(viewers, keep)
        step = self.tile if ids.device.type == "cpu" else self.block
        for start in range(0, viewers, step):
            some = slice(start, start + step)
            seen, extra = part(observation, some), {k: _part_of(v, some) for k, v in truth.items()}
            scores = self.coarse(seen, ids, **extra)
            found[some] = self._unseen(seen, scores, ids, keep, slots)
        return found

    def _unseen(
        self, observation: Observation, scores: Tensor, ids: Tensor, keep: int, slots: int
    ) -> Int[Tensor, "awake keep"]:
        """The `keep` best by `scores`, (pool,) or (awake, pool), that were not shown before."""
        each = (len(observation.viewer), -1)
        place = best_places(scores, min(len(ids), max(self.depth, keep))).expand(each)
        scores = scores.expand(each)
        found = self._best_left(observation, scores, ids, place, keep)
        worn = ((found > 0).sum(1) < slots).nonzero().squeeze(1)
        if len(worn) and self.depth < len(ids):  # the few who used up their best: search it all
            every = torch.arange(len(ids), device=ids.device).expand(len(worn), -1)
            few = part(observation, worn)
            found[worn] = self._best_left(few, scores[worn], ids, every, keep)
        return found

    def _best_left(
        self, observation: Observation, scores: Tensor, ids: Tensor, place: Tensor, keep: int
    ) -> Int[Tensor, "awake keep"]:
        """Of the videos at some places of the pool, the best that were not shown before."""
        found = ids[place]
        value = scores.gather(1, place).masked_fill(self._again(observation, found), -torch.inf)
        best = best_places(value, keep)
        return found.gather(1, best).masked_fill(value.gather(1, best) == -torch.inf, 0)

    def learn(self, log: Log) -> Mapping[str, float]:
        return {}

    def state_dict(self) -> dict[str, Any]:
        return {"acts": self.acts}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.acts = state["acts"].to(self.device)


def part(observation: Observation, some: slice | Tensor) -> Observation:
    """The observation of some of the viewers awake."""
    if isinstance(some, slice):
        some = slice(*some.indices(len(observation.viewer))[:2])
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


def _within(some: slice | Tensor, who: slice | Tensor) -> slice | Tensor:
    """Places in the whole, of places `who` in the part `some`."""
    if isinstance(some, Tensor):
        return some[who]
    if isinstance(who, slice):
        return slice(some.start + who.start, min(some.stop, some.start + who.stop))
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
    """Places of the `count` highest scores, ascending.

    On a CPU numpy's partition takes a third of the time of torch's topk. The k best of a row lie
    within the k groups of four that have the best maxima, so most scores are read once only.
    """
    groups, pool = 4, scores.shape[-1]
    if count >= pool:
        return torch.arange(pool, device=scores.device).expand(scores.shape)
    if scores.dim() == 1 or pool < 4 * groups * count:
        return _highest(scores, count)
    short = -pool % groups
    scores = torch.nn.functional.pad(scores, (0, short), value=-torch.inf) if short else scores
    n, stride = len(scores), scores.shape[1] // groups
    best = _highest(scores.view(n, groups, stride).amax(1), count)
    member = stride * torch.arange(groups, device=scores.device)
    place = (best[:, None, :] + member[:, None]).view(n, -1)
    return _sorted(place.gather(1, _highest(scores.gather(1, place), count)))


def _highest(scores: Tensor, count: int) -> Tensor:
    """Places of the `count` highest of each row, ascending."""
    if scores.device.type != "cpu":
        return _sorted(scores.topk(count, dim=-1, sorted=False).indices)
    split = scores.shape[-1] - count
    place = np.argpartition(scores.detach().float().numpy(), split, axis=-1)[..., split:]
    return torch.from_numpy(np.sort(place, axis=-1))


def _sorted(place: Tensor) -> Tensor:
    """Ascending along each row; on a CPU numpy's takes a tenth of the time of torch's."""
    if place.device.type != "cpu":
        return place.sort(dim=-1).values
    return torch.from_numpy(np.sort(place.numpy(), axis=-1))


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
    if temperature > 0:
        width = max(shortlist, slots)
        if width < scores.shape[1]:
            place = best_places(scores, width)
            scores, ids = scores.gather(1, place), _at(ids, place)
        logits = _scaled(scores, temperature)
        noise_of_each = noise.gumbel(viewer, scores.shape[1])
        place = (logits + noise_of_each).topk(min(slots, scores.shape[1]), dim=1).indices
        logp = plackett_luce(logits, place)
    else:
        place = scores.topk(min(slots, scores.shape[1]), dim=1).indices
        logp = torch.zeros_like(place, dtype=scores.dtype)
    gone = scores.gather(1, place) == -torch.inf
    chosen, short = _at(ids, place), slots - place.shape[1]
    return Slate(
        torch.nn.functional.pad(chosen.masked_fill(gone, 0), (0, short)),
        torch.nn.functional.pad(logp.masked_fill(gone, 0.0), (0, short)),
    )


def _at(ids: Tensor, place: Int[Tensor, "awake n"]) -> Int[Tensor, "awake n"]:
    return ids[place] if ids.dim() == 1 else ids.gather(1, place)


def _scaled(scores: Float[Tensor, "n width"], temperature: float) -> Float[Tensor, "n width"]:
    """Scores over temperature x their spread; -inf stays."""
    gone = scores == -torch.inf
    value = scores.masked_fill(gone, 0.0)
    mean = value.sum(1, keepdim=True) / (~gone).sum(1, keepdim=True)
    spread = (value - mean).masked_fill_(gone, 0.0).square_().mean(1, keepdim=True).sqrt_()
    return scores / (temperature * spread.clamp(min=1e-6))


def plackett_luce(
    logits: Float[Tensor, "n width"], drawn: Int[Tensor, "n slots"]
) -> Float[Tensor, "n slots"]:
    """ln P(item_k | items before it) of the places drawn, in order.

    What is left at each draw is summed from the end, so that nothing cancels.
    """
    logits = (logits - logits.max(dim=1, keepdim=True).values).double()
    weight = logits.exp()
    rest = weight.scatter(1, drawn, 0.0).sum(1, keepdim=True)
    left = rest + weight.gather(1, drawn).flip(1).cumsum(1).flip(1)
    return (logits.gather(1, drawn) - left.log()).float().clamp(max=0.0)


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
