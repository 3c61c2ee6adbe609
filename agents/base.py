"""The agent's contract, and what most agents share: a pool, a ranking, an honest propensity.

An agent imports sim.world.state, sim.world.rng and torch, and never the rest of sim. A beginner
subclasses `ScoreAgent` and writes `score` alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, ClassVar, Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Int
from torch import Tensor
from torch.nn.functional import pad

from agents.ranking import best_places, first_of_each, top_slate, wide
from sim.world.rng import Key, key
from sim.world.state import Catalog, Log, Observation, Slate, Truth, rows_at

PICK, POOL, MORE = 0, 1, 3  # streams under the agent's own key
SWEEP = 512  # videos looked at together for who has used up a pool


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

    No slot stays empty while a video is at hand: eligible, and not shown before as
    `observation.shown` has it (in large worlds a filter, which takes a few for shown that were
    not). Who has used up the candidates gets the best of the whole pool; who has used up a pool
    that is a sample, any others of the catalogue, in an order of chance. Where candidates were
    given, only they are at hand.
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
            best = rows_at(row, rows_at(catalog.heat, row).topk(half).indices)
            step = self.draw(POOL, observation)
            drawn = rows_at(row, step.integer(torch.arange(half, device=row.device), len(row)))
            chosen = torch.zeros_like(catalog.eligible)
            chosen.index_fill_(0, best, True).index_fill_(0, drawn, True)
            row = chosen.nonzero().squeeze(1)
        return rows_at(catalog.id, row)

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
            offered, unfit = self.enough(seen, offered, ids, slots, **extra)
            scores = wide(self.score(seen, offered, **extra), offered)
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
        """Each viewer's candidates; an agent may keep them for some pages. What was shown since, or
        is missing, is made good by `enough`."""
        return self.search(observation, ids, slots, **truth)

    def search(
        self, observation: Observation, ids: Int[Tensor, " pool"], slots: int, **truth
    ) -> Int[Tensor, "awake retrieved"]:
        """Each viewer's best unseen videos of the pool, in its order; 0 where there are no more.
        Fewer than `slots` of a viewer only where the pool has no more of them unseen."""
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

    def enough(
        self,
        observation: Observation,
        offered: Int[Tensor, "awake n"],
        ids: Int[Tensor, " pool"] | None,
        slots: int,
        **truth,
    ) -> tuple[Int[Tensor, "awake m"], Bool[Tensor, "awake m"]]:
        """No slot stays empty while a video is at hand: who has fewer than `slots` fit videos in
        `offered` is searched for anew, through the whole pool and then the whole catalogue.

        Returns what is offered now, and where it is unfit to be shown. Where candidates were given
        (`ids` is None) they are all that is at hand.
        """
        unfit = (offered == 0) | self._again(observation, offered)
        if ids is None:
            return offered, unfit
        short = ((~unfit).sum(1) < slots).nonzero().squeeze(1)
        if not len(short):
            return offered, unfit
        few, extra = part(observation, short), {k: _part_of(v, short) for k, v in truth.items()}
        found = self._swept(few, self.search(few, ids, slots, **extra), slots)
        width = max(offered.shape[1], found.shape[1])
        offered, found = (pad(x, (0, width - x.shape[1])) for x in (offered, found))
        unfit = pad(unfit, (0, width - unfit.shape[1]), value=True)
        return offered.index_copy(0, short, found), unfit.index_copy(0, short, found == 0)

    def _swept(
        self, observation: Observation, found: Int[Tensor, "few n"], slots: int
    ) -> Int[Tensor, "few m"]:
        """`found`, filled up to `slots` with any eligible video not shown before, from a place of
        the catalogue that is drawn for each viewer: for those who have used up a pool."""
        catalog = observation.catalog
        row = catalog.eligible.nonzero().squeeze(1)
        found = pad(found, (0, max(0, slots - found.shape[1])))
        width, first = found.shape[1], self.draw(MORE, observation)
        start = first.integer(observation.viewer, max(1, len(row)))[:, None]
        for at in range(0, len(row), SWEEP):
            short = ((found > 0).sum(1) < slots).nonzero().squeeze(1)
            if not len(short):
                break
            step = torch.arange(at, min(at + SWEEP, len(row)), device=row.device)
            new = rows_at(catalog.id, rows_at(row, (start[short] + step) % len(row)))
            new = new.masked_fill(self._again(part(observation, short), new), 0)
            found[short] = first_of_each(torch.cat([found[short], new], dim=1), width)
        return found

    def _unseen(
        self, observation: Observation, scores: Tensor, ids: Tensor, keep: int, slots: int
    ) -> Int[Tensor, "awake keep"]:
        """The `keep` best by `scores`, (pool,) or (awake, pool), not shown before. Who has
        used up so many of the best that fewer than `slots` are left is searched for deeper."""
        each = (len(observation.viewer), -1)
        deep = min(len(ids), max(self.depth, keep))
        place = best_places(scores, deep).expand(each)
        scores = scores.expand(each)
        found = self._best_left(observation, scores, ids, place, keep)
        while deep < len(ids):
            worn = ((found > 0).sum(1) < slots).nonzero().squeeze(1)
            if not len(worn):
                break
            deep = min(len(ids), 4 * deep)
            few, its = part(observation, worn), scores[worn]
            found[worn] = self._best_left(few, its, ids, best_places(its, deep), keep)
        return found

    def _best_left(
        self, observation: Observation, scores: Tensor, ids: Tensor, place: Tensor, keep: int
    ) -> Int[Tensor, "awake keep"]:
        """Of the videos at some places of the pool, the best that were not shown before."""
        found = rows_at(ids, place)
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

    def of(field: Tensor) -> Tensor:
        return rows_at(field, some) if isinstance(some, Tensor) else field[some]

    cut: dict[str, Any] = {
        f.name: of(getattr(observation, f.name))
        for f in fields(observation)
        if f.name not in ("day", "page", "catalog", "candidates", "shown")
    }
    offered = None if observation.candidates is None else of(observation.candidates)
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


def _part_of(truth: Truth, some: slice | Tensor) -> Truth:
    return Truth(appeal=_only(truth.appeal, some), satisfaction=_only(truth.satisfaction, some))


def _joined(slates: list[Slate]) -> Slate:
    if len(slates) == 1:
        return slates[0]
    logp = [s.logp for s in slates if s.logp is not None]
    return Slate(torch.cat([s.ids for s in slates]), torch.cat(logp))


class PrivilegedAgent(ScoreAgent):
    """An agent that sees the hidden truth: a ceiling or a stand-in, never a method."""

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
