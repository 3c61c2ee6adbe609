"""How viewers fare: time, satisfaction, reactions, coming back."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state import EVENT_FLAGS, Events, Response, World, row_of, watched

SUMS = (  # over impressions
    "shown", "finish_rate", "quick_skip_rate", "long_view_rate",
    *(f"{flag}_rate" for flag in EVENT_FLAGS), "past_half", "regret", "satisfaction",
)  # fmt: skip
T = TypeVar("T")


@dataclass(frozen=True)
class ByViewer:
    """A day's sums for each viewer row."""

    seconds: Float[Tensor, " viewers"]
    shown: Float[Tensor, " viewers"]
    satisfaction: Float[Tensor, " viewers"]


def by_viewer(world: World, events: list[Events]) -> ByViewer:
    """Sums per viewer, in the fixed order of pages and slots."""
    zero = torch.zeros(len(world.viewers.id), dtype=torch.float64, device=world.device)
    sums = [zero.clone(), zero.clone(), zero.clone()]
    for e in events:
        r = e.response
        for total, part in zip(sums, (r.watch, r.seen, r.satisfaction), strict=True):
            total[e.request.row] += part.double().sum(1)
    return ByViewer(*sums)


def impression_sums(
    world: World, events: list[Events], few: Int[Tensor, " few"]
) -> tuple[dict[str, float], dict[str, Float[Tensor, " few"]]]:
    """By the names of SUMS: sums over all impressions, and over those of each viewer at rows `few`,
    in the fixed order of pages and slots."""
    sums: dict[str, float] = dict.fromkeys(SUMS, 0.0)
    place = torch.full((len(world.viewers.id),), -1, device=few.device)
    place[few] = torch.arange(len(few), device=few.device)
    each = torch.zeros(len(few), len(SUMS), dtype=torch.float64, device=few.device)
    for e in events:
        duration = world.videos.duration[row_of(e.ids, len(world.videos.id))]
        at = place[e.request.row]
        kept = (at >= 0).nonzero().squeeze(1)
        own = []
        for name, what in judged(e.response, duration).items():
            sums[name] += _total(what)
            own.append(what[kept].sum(1, dtype=torch.float64))
        each.index_add_(0, at[kept], torch.stack(own, dim=1))
    return sums, dict(zip(SUMS, each.unbind(1), strict=True))


def impression_rates(world: World, events: list[Events]) -> dict[str, float]:
    """Measures per impression; nan where there was none."""
    nobody = torch.zeros(0, dtype=torch.int64, device=world.device)
    return divided(impression_sums(world, events, nobody)[0])


def divided(sums: Mapping[str, float]) -> dict[str, float]:
    """Sums of impressions to measures; nan where there was nothing to divide by."""
    return {name: a / b if b else math.nan for name, (a, b) in rates(sums).items()}


def judged(r: Response, duration: Tensor) -> dict[str, Tensor]:
    """Each impression's share in SUMS; 0 where nothing was seen."""
    what = {
        "shown": r.seen,
        "finish_rate": watched.finished(r.watch, duration),
        "quick_skip_rate": watched.quick_skip(r.watch),
        "long_view_rate": watched.long_view(r.watch, duration),
        **{f"{flag}_rate": r.did(flag) for flag in EVENT_FLAGS},
        "past_half": watched.past_half(r.watch, duration),
        "regret": watched.regretted(r.watch, duration, r.satisfaction),
    }
    return {name: each & r.seen for name, each in what.items()} | {
        "satisfaction": r.satisfaction * r.seen
    }


def _total(what: Tensor) -> float | int:
    return int(what.count_nonzero()) if what.dtype == torch.bool else float(what.double().sum())


def rates(sums: Mapping[str, T]) -> dict[str, tuple[T, T]]:
    """Sums of `judged` to measures: by name, what is divided by what."""
    told = {
        name: (sums[name], sums["shown"]) for name in SUMS if name not in ("shown", "past_half")
    }
    return {**told, "regret_rate": (sums["regret"], sums["past_half"])}


def groups(world: World) -> dict[str, Bool[Tensor, " viewers"]]:
    """Viewers by kind: new ones (first week), heavy and light ones (top and bottom third)."""
    v = world.viewers
    usual = torch.where(v.registered, v.minutes * torch.sigmoid(v.activity), torch.nan)
    low, high = usual.nanquantile(1 / 3), usual.nanquantile(2 / 3)
    return {
        "viewer:new": v.registered & (world.day - v.joined < 7) & (v.joined >= 0),
        "viewer:heavy": v.registered & (usual > high),
        "viewer:light": v.registered & (usual < low),
    }
