"""Intervals over the viewers of a world, beside those over seeds: what one seed can tell.

They hold the world fixed and ask what other viewers of its kind would have made of a measure. They
leave out what differs from world to world, and that viewers teach one recommender together, so
nothing is judged by them. Differences are paired by viewer.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from scipy.special import expit, logit, stdtrit  # scipy.stats takes half a second to import
from torch import Tensor

from sim.lab.run import checkpoint
from sim.lab.run.saved import Saved
from sim.measure.influence import BLOCKS, MEASURES, Influence
from sim.measure.metrics import measure
from sim.presets.errors import BadInput

LEVEL = 0.95
Found = Mapping[tuple[int, str], Influence]  # by (seed, agent)
Parts = dict[str, list[np.ndarray]]  # by measure, for each seed the viewers' parts


def levels(found: Found, agent: str, days: Mapping[tuple[int, str], int]) -> Parts:
    """Each viewer's parts in an agent's levels; `days` are how many each arm has."""
    told = [_over(each, days[arm]) for arm, each in found.items() if arm[1] == agent]
    return _by_measure(told)


def differences(found: Found, agent: str, base: str, days: Mapping[tuple[int, str], int]) -> Parts:
    """Each viewer's parts in agent minus baseline, over the days that both arms of a seed have."""
    told = []
    for seed in [seed for seed, name in found if name == agent]:
        both = [found.get((seed, name)) for name in (agent, base)]
        last = min(days.get((seed, name), 0) for name in (agent, base))
        if both[0] is None or both[1] is None or not last:
            continue
        mine, theirs = _over(both[0], last), _over(both[1], last)
        told.append({m: mine[m] - theirs[m] for m in mine if m in theirs})
    return _by_measure(told)


def _over(each: Influence, days: int) -> dict[str, np.ndarray]:
    """As levels are: over the days after the first third."""
    return {m: parts.numpy() for m, parts in each.over(days // 3, days).items()}


def _by_measure(told: Iterable[Mapping[str, np.ndarray]]) -> Parts:
    out: Parts = {}
    for each in told:
        for metric, parts in each.items():
            out.setdefault(metric, []).append(parts)
    return out


def added(table: Mapping[str, dict], parts: Parts, *, level: bool) -> dict[str, dict]:
    """Each row of a summary's table with "ci95_viewers" behind its "ci95"; None where a measure is
    none of viewers. Levels never leave what the measure can be, shares by way of log-odds."""
    out = {}
    for metric, row in table.items():
        bounds = measure(metric).range if level else None
        ends = interval(row["mean"], parts.get(metric, []), bounds)
        rest = {k: v for k, v in row.items() if k not in ("mean", "ci95")}
        out[metric] = {"mean": row["mean"], "ci95": row["ci95"], "ci95_viewers": ends, **rest}
    return out


def interval(
    mean: float | None, parts: list[np.ndarray], bounds: tuple[float, float] | None = None
) -> list[float] | None:
    """The 95 % interval of a mean over worlds, each with its viewers' parts."""
    each = np.concatenate(parts) / len(parts) if parts else np.zeros(0)
    n = int(np.count_nonzero(each))
    if mean is None or n < 2:
        return None
    error = math.sqrt(float((each**2).sum()) * n / (n - 1))
    half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * error
    if bounds == (0, 1) and 0 < mean < 1:
        middle, wide = float(logit(mean)), half / (mean * (1 - mean))
        return [float(expit(middle - wide)), float(expit(middle + wide))]
    low, high = bounds or (-math.inf, math.inf)
    return [max(low, mean - half), min(high, mean + half)]


def of_saved(saved: Saved) -> Influence:
    """The viewers' parts of an arm that is not lived again: as its checkpoint has them. Raises
    BadInput where it has none, or they are of another kind or size."""
    window = saved.arm.get("window")
    state = window.get("influence") if isinstance(window, Mapping) else None
    names = {field.name for field in fields(Influence)}
    checkpoint.refuse_keys(names, state, "influence", saved.path)
    assert isinstance(state, Mapping)
    if odd := next((name for name in sorted(names) if not _fits(name, state)), None):
        rule = f"influence.{odd} of the checkpoint is of this version's kind and size"
        raise BadInput(rule, str(saved.path), checkpoint.ANEW)
    return Influence(**{name: state[name] for name in names})


def _fits(name: str, state: Mapping[str, Any]) -> bool:
    value, row = state[name], state["row"]
    if name == "length":
        return type(value) is int and value > 0
    sample = len(row) if isinstance(row, Tensor) and row.dim() == 1 else -1
    kinds = {
        "row": ((sample,), torch.int64),
        "total": ((BLOCKS, sample, len(MEASURES)), torch.float32),
        "told": ((BLOCKS, len(MEASURES)), torch.int64),
    }
    return isinstance(value, Tensor) and (tuple(value.shape), value.dtype) == kinds[name]
