"""How viewers fare: time, satisfaction, reactions, coming back."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from sim.world.state import EVENT_FLAGS, Events, World, row_of, watched


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


def impression_rates(world: World, events: list[Events]) -> dict[str, float]:
    """Shares per impression: finishing, skipping, reactions, satisfaction, regret."""
    n = sum(int(e.response.seen.sum()) for e in events)
    hits = dict.fromkeys(("finish", "quick_skip", "long_view", "regret", *EVENT_FLAGS), 0)
    satisfaction = 0.0
    for e in events:
        r = e.response
        duration = world.videos.duration[row_of(e.ids, len(world.videos.id))]
        hits["finish"] += int((r.seen & watched.finished(r.watch, duration)).sum())
        hits["quick_skip"] += int((r.seen & watched.quick_skip(r.watch)).sum())
        hits["long_view"] += int((r.seen & watched.long_view(r.watch, duration)).sum())
        hits["regret"] += int((r.seen & watched.regretted(r.watch, duration, r.satisfaction)).sum())
        for flag in EVENT_FLAGS:
            hits[flag] += int(r.did(flag).sum())
        satisfaction += float(r.satisfaction.double().sum())
    rates = {f"{k}_rate": v / n if n else float("nan") for k, v in hits.items()}
    rates["regret"] = rates.pop("regret_rate")
    return {**rates, "satisfaction": satisfaction / n if n else float("nan")}


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
