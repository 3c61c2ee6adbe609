"""The recommender's seat: what it sees, what it may decide, what it learns from."""

from dataclasses import fields, replace
from itertools import accumulate
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor
from torch.nn import functional

from sim.seats.recommender.dense import Dense
from sim.world import appeal, catalog
from sim.world.page import weights
from sim.world.rules import Rules
from sim.world.state import (
    Catalog,
    Events,
    Log,
    Observation,
    Recent,
    Request,
    Truth,
    World,
    audience,
    following,
    handed,
    lent,
    look,
    recent,
    row_of,
    rows_at,
)
from sim.world.state.base import at_hand
from sim.world.viewers import BANDS, REGIONS

MANY = 1 << 20  # ids, from which on threads of torch are worth their calls; assumed
PROFILE = BANDS + REGIONS + 2  # one-hot age band and region, newness, ln follows


def profile(world: World, row: Tensor) -> Tensor:
    """Public viewer features, (awake, PROFILE)."""
    v = world.viewers
    traits = band_and_region(rows_at(v.age_band, row), rows_at(v.region, row))
    days = world.day - rows_at(v.joined, row)
    return profile_of(traits, days, rows_at(world.memory.follows, row))


def band_and_region(age_band: Tensor, region: Tensor) -> Tensor:
    """One-hot, (awake, BANDS + REGIONS)."""
    hot = functional.one_hot(age_band, BANDS), functional.one_hot(region, REGIONS)
    return torch.cat(hot, dim=1).float()


def profile_of(traits: Tensor, days: Tensor, follows: Tensor) -> Tensor:
    """`profile` from band and region, days since joining, and the creators followed (0 = none)."""
    newness = torch.exp(-days.clamp(0, 60).float() / 7)
    known = torch.log1p((follows > 0).sum(1).float())
    return torch.cat([traits, newness[:, None], known[:, None]], dim=1)


class ShownBefore:
    """Whether videos were shown before to the viewers of a page; agents call it, and no more.

    It holds what was shown to whom and when each video came out, and nothing else of the world.
    What was shown is the world's own memory, too large to copy for every page: whoever writes into
    this object's private tensors is told by `written`, unless it goes by way of numpy.
    """

    __slots__ = ("_cells", "_day", "_row", "_uploaded")

    def __init__(self, world: World, row: Int[Tensor, " awake"]):
        self._cells, self._uploaded = world.memory.shown, world.videos.uploaded
        self._row, self._day = row.clone(), world.day.clone()

    def __call__(
        self, ids: Int[Tensor, "*awake n"], some: slice | Tensor = slice(None)
    ) -> Bool[Tensor, "awake n"]:
        """For the viewers at places `some` of the page; agents work in blocks of viewers."""
        who, capacity = self._row[some], len(self._uploaded)
        if ids.dim() == 1 and self._cells.shape[1] == capacity:
            return catalog.was_shown_all(self._cells, who, row_of(ids, capacity))
        ids = ids.expand(len(who), -1).contiguous()  # one slate for all may be handed in expanded
        if at_hand(ids) and ids.numel() < MANY:
            return torch.from_numpy(self.near(ids, who))
        return catalog.was_shown(self._cells, who, ids, self._uploaded, self._day)

    def near(self, ids: Int[Tensor, "awake n"], who: Tensor | None = None) -> Any:
        """The same under numpy, where numbers lie at hand: most cells are empty, and only where
        none is does the day of the upload matter."""
        who, flat = self._row if who is None else who, self._cells.view(-1).numpy()
        width, capacity = self._cells.shape[1], len(self._uploaded)
        start = (who.numpy() * width)[:, None]
        if width == capacity:
            return flat.take(row_of(ids.numpy(), capacity) + start) > 0
        one, two = (cell.numpy() for cell in catalog.cells_of(ids, ids, width, capacity))
        at = np.flatnonzero(flat.take(one + start) > 0)
        line = start.take(at // max(1, ids.shape[1]))
        stamps = [flat.take(cell.reshape(-1).take(at) + line) for cell in (one, two)]
        row = row_of(ids.numpy().reshape(-1).take(at), capacity)
        age = self._day.numpy() - self._uploaded.numpy().take(row)
        fits = np.logical_and(*(stamp > 0 for stamp in stamps))
        for stamp in stamps:  # as catalog.was_shown reads it
            fits &= (self._day.numpy() % catalog.CYCLE + 1 - stamp) % catalog.CYCLE <= age
        found = np.zeros(ids.shape, np.bool_)
        found.reshape(-1)[at] = fits
        return found

    def written(self) -> tuple[int, ...]:
        """How many times each tensor was written, as torch counts it."""
        return tuple(getattr(self, name)._version for name in self.__slots__)


def observe(
    world: World,
    rules: Rules,
    request: Request,
    day: int,
    page: int,
    listing: Catalog,
    candidates: Tensor | None = None,
) -> Observation:
    """The page asked for, as the recommender sees it: copies, none of the world's own tensors."""
    memory, row = world.memory, request.row
    return Observation(
        viewer=request.viewer.clone(),
        row=row.clone(),
        day=day,
        page=page,
        hour=request.hour.clone(),
        profile=profile(world, row),
        history=rows_at(memory.history, row),
        history_watch=rows_at(memory.history_watch, row),
        history_liked=rows_at(memory.history_liked, row),
        follows=rows_at(memory.follows, row),
        catalog=lent(listing),
        candidates=candidates,
        shown=ShownBefore(world, row),
    )


def truth(world: World, rules: Rules, request: Request) -> Truth:
    """The hidden truth about any videos for the viewers of this page, in blocks; for a pool that
    all viewers share, where there are enough of them, by a product of matrices."""
    dense = Dense(world, rules, request)

    def wanted(rows: Tensor, some: slice | Tensor = slice(None)) -> Tensor:
        if rows.dim() == 1 and len(request.row) > dense.traits:
            return _craving(world, rules, rows, request.row[some], dense(rows, some))
        return _craving(world, rules, rows, request.row[some], feel(rows, some).appeal)

    def feel(rows: Tensor, some: slice | Tensor) -> appeal.Appeal:
        awake, parts = request.row[some], []
        rows = rows if rows.dim() == 2 else rows.expand(len(awake), -1)
        step = max(1, 2_000_000 // max(1, rows.shape[1]))
        for start in range(0, len(rows), step):
            who, video = awake[start : start + step], rows[start : start + step]
            shown = look(handed(world.videos.sheet, video.T))
            parts.append(
                appeal.appeal(
                    audience(world.viewers, world.mood, who),
                    shown,
                    world.trends,
                    _weights(world, rules, who, shown.creator),
                    world.day,
                    rules.params.appeal,
                )
            )
        return appeal.Appeal(
            *(torch.cat([getattr(p, f).T for p in parts]) for f in ("appeal", "satisfaction_logit"))
        )

    def satisfaction(rows: Tensor, some: slice | Tensor = slice(None)) -> Tensor:
        return torch.sigmoid(feel(rows, some).satisfaction_logit)

    return Truth(
        appeal=wanted,
        satisfaction=satisfaction,
        wants=lambda: world.mood.wants.index_select(0, request.row),
        usual=rules.params.watch.logging_appeal,
    )


def _craving(world: World, rules: Rules, rows: Tensor, who: Tensor, want: Tensor) -> Tensor:
    """Appeal (awake, n) of videos at `rows`, with what viewers crave."""
    held = world.threats
    if held is None:
        return want
    none = torch.zeros_like(held.craving[who, :1])
    more = rules.params.harms.tempt * torch.cat([none, held.craving[who]], dim=1)
    harm = held.harm[rows].long()
    return want + (more[:, harm] if rows.dim() == 1 else more.gather(1, harm))


def _weights(world: World, rules: Rules, who: Tensor, creator: Tensor) -> Tensor:
    held = following(world.memory, who)
    return weights(held, world.memory.bond.index_select(0, who), creator, rules)[0]


def past(world: World, request: Request) -> Recent:
    """What those who ask for a page have watched so far, for the log of it: `answer` moves on."""
    return recent(world.memory, request.row)


def log_of(
    events: list[Events], world: World, listing: Catalog, before: list[Recent] | None = None
) -> Log:
    """The impressions of some pages, flattened, for `agent.learn`: copies, none of the world's own
    tensors. `before`: the `past` of each page, without which the log's histories are empty."""
    before = before or [_nothing(e) for e in events]
    parts = [_flat(e, b, world, listing) for e, b in zip(events, before, strict=True)]
    if len(parts) == 1:
        return parts[0]
    starts = accumulate((len(e.request.row) for e in events), initial=0)
    visit = torch.cat([part.visit + start for part, start in zip(parts, starts, strict=False)])
    names = [f.name for f in fields(Log) if f.name not in ("catalog", "visit")]
    joined: dict[str, Any] = {name: torch.cat([getattr(p, name) for p in parts]) for name in names}
    return replace(parts[0], **joined, visit=visit)


def _nothing(events: Events) -> Recent:
    ids = events.request.row.new_zeros(len(events.request.row), 0)
    return Recent(ids, ids.float(), ids.to(torch.uint8))


def _flat(events: Events, before: Recent, world: World, listing: Catalog) -> Log:
    r, slots = events.response, events.ids.shape[1]
    place = r.seen.flatten().nonzero().squeeze(1)
    who = place // slots

    def seen(field: Tensor) -> Tensor:
        return field.flatten().index_select(0, place)

    ids, request = seen(events.ids), events.request
    return Log(
        viewer=request.viewer.index_select(0, who),
        video=ids,
        day=events.day.repeat(len(ids)),
        slot=place % slots,
        watch=seen(r.watch),
        duration=world.videos.duration.index_select(0, row_of(ids, len(world.videos.id))),
        flags=seen(r.flags),
        survey=seen(r.survey),
        left=seen(r.left),
        logp=seen(events.logp),
        profile=profile(world, request.row).index_select(0, who),
        catalog=lent(listing),
        page=events.page.repeat(len(ids)),
        hour=request.hour.index_select(0, who),
        source=seen(events.source),
        visit=who,
        visit_history=before.ids,
        visit_history_watch=before.watch,
        visit_history_liked=before.liked.view(torch.bool),
    )
