"""The recommender's seat: what it sees, what it may decide, what it learns from."""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from sim.seats.recommender.dense import Dense
from sim.world import appeal, catalog, community
from sim.world.platform import shown_before
from sim.world.rules import Rules
from sim.world.state import (
    Catalog,
    Events,
    Log,
    Observation,
    Request,
    Truth,
    World,
    audience,
    following,
    handed,
    look,
    row_of,
    rows_at,
)
from sim.world.viewers import BANDS, REGIONS

PROFILE = BANDS + REGIONS + 2  # one-hot age band and region, newness, ln follows


def profile(world: World, row: Tensor) -> Tensor:
    """Public viewer features, (awake, PROFILE)."""
    v = world.viewers
    days = (world.day - rows_at(v.joined, row)).clamp(0, 60).float()
    follows = (rows_at(world.memory.follows, row) > 0).sum(1).float()
    return torch.cat(
        [
            functional.one_hot(rows_at(v.age_band, row), BANDS).float(),
            functional.one_hot(rows_at(v.region, row), REGIONS).float(),
            torch.exp(-days / 7)[:, None],
            torch.log1p(follows)[:, None],
        ],
        dim=1,
    )


def observe(
    world: World,
    rules: Rules,
    request: Request,
    day: int,
    page: int,
    listing: Catalog,
    candidates: Tensor | None = None,
) -> Observation:
    """The page asked for, as the recommender sees it."""
    memory, row = world.memory, request.row

    def shown(ids: Tensor, some: slice | Tensor = slice(None)) -> Tensor:
        """For the viewers at places `some` of the page; agents work in blocks of viewers."""
        who = row[some]
        if ids.dim() == 2:
            return shown_before(world, who, ids)
        if memory.shown.shape[1] == listing.capacity:
            return catalog.was_shown_all(memory.shown, who, row_of(ids, listing.capacity))
        return shown_before(world, who, ids.expand(len(who), -1))

    return Observation(
        viewer=request.viewer,
        row=row,
        day=day,
        page=page,
        hour=request.hour,
        profile=profile(world, row),
        history=rows_at(memory.history, row),
        history_watch=rows_at(memory.history_watch, row),
        history_liked=rows_at(memory.history_liked, row),
        follows=rows_at(memory.follows, row),
        catalog=listing,
        candidates=candidates,
        shown=shown,
    )


def truth(world: World, rules: Rules, request: Request) -> Truth:
    """The hidden truth about any videos for the viewers of this page, in blocks; for a pool that
    all viewers share, where there are enough of them, by a product of matrices."""
    dense = Dense(world, rules, request)

    def wanted(rows: Tensor, some: slice | Tensor = slice(None)) -> Tensor:
        if rows.dim() == 1 and len(request.row) > dense.traits:
            return dense(rows, some)
        return feel(rows, some).appeal

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
                    community.follows(following(world.memory, who), shown.creator),
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
        usual=rules.params.watch.logging_appeal,
    )


def log_of(events: list[Events], world: World, listing: Catalog) -> Log:
    """The impressions of some pages, flattened, for `agent.learn`."""
    parts = [_flat(e, world, listing) for e in events]
    joined: dict[str, Any] = {name: torch.cat([getattr(p, name) for p in parts]) for name in _FLAT}
    return replace(parts[0], **joined)


_FLAT = (
    "viewer", "video", "day", "slot", "watch", "duration", "flags", "survey", "left", "logp",
    "profile",
)  # fmt: skip


def _flat(events: Events, world: World, listing: Catalog) -> Log:
    r, slots = events.response, events.ids.shape[1]
    place = r.seen.flatten().nonzero().squeeze(1)
    who = place // slots

    def seen(field: Tensor) -> Tensor:
        return field.flatten().index_select(0, place)

    ids = seen(events.ids)
    return Log(
        viewer=events.request.viewer.index_select(0, who),
        video=ids,
        day=events.day.expand_as(ids),
        slot=place % slots,
        watch=seen(r.watch),
        duration=world.videos.duration.index_select(0, row_of(ids, len(world.videos.id))),
        flags=seen(r.flags),
        survey=seen(r.survey),
        left=seen(r.left),
        logp=seen(events.logp),
        profile=profile(world, events.request.row).index_select(0, who),
        catalog=listing,
    )
