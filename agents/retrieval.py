"""Retrieval: from the catalogue to each viewer's candidates, so that no slot need stay empty."""

from typing import Any, ClassVar

import torch
from jaxtyping import Bool, Int
from torch import Tensor
from torch.nn.functional import pad

from agents.blocks import part, part_of
from agents.ranking import best_places, first_of_each, no_odd, of_pool
from sim.world.rng import Key, streams
from sim.world.state import Observation, rows_at

PICK, POOL, MORE, EXPLORE = streams("agent", "pick", "pool", "more", "explore")  # of an agent
SWEEP = 512  # videos looked at together for who has used up a pool


class Retriever:
    """The first of two stages: what `score` then ranks. Held by agents.base.ScoreAgent."""

    repeats: ClassVar[bool]
    pool_size: int
    depth: int
    retrieved: int
    explorers: int
    block: int
    tile: int
    key: Key
    acts: Tensor

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
            seen, extra = part(observation, some), {k: part_of(v, some) for k, v in truth.items()}
            scores = of_pool(self.coarse(seen, ids, **extra), ids, len(seen.viewer))
            found[some] = self._unseen(seen, scores, ids, keep, slots)
        return self._with_explorers(observation, found, ids) if self.explorers else found

    def _with_explorers(self, observation: Observation, found: Tensor, ids: Tensor) -> Tensor:
        """`found`, and some of the pool by chance; fewer where these are in it already, or seen."""
        luck = self.draw(EXPLORE, observation)
        drawn = rows_at(ids, luck.integer(observation.viewer, len(ids), self.explorers))
        drawn = drawn.masked_fill(self._again(observation, drawn), 0)
        return first_of_each(torch.cat([found, drawn], dim=1), found.shape[1] + self.explorers)

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
        few, extra = part(observation, short), {k: part_of(v, short) for k, v in truth.items()}
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
        value = no_odd(scores.gather(1, place), found, observation.viewer)  # odd ones come first
        value = value.masked_fill(self._again(observation, found), -torch.inf)
        best = best_places(value, keep)
        return found.gather(1, best).masked_fill(value.gather(1, best) == -torch.inf, 0)
