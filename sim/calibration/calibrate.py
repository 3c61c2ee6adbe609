"""Fits a preset to a user's own log, checks it on the log's last days and says which is which."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

import sim
from sim.calibration import heldout, measured, mixture, reactions, traits
from sim.calibration.bins import LEAST_ROWS
from sim.calibration.cleaning import Cleaner
from sim.calibration.collect import FIT, HELD, Progress, Sums, Survey, collect, survey
from sim.calibration.errors import BadLog
from sim.calibration.logs import LogFiles, find
from sim.calibration.matching import match
from sim.calibration.moments import Clock
from sim.calibration.notes import notes
from sim.calibration.preset import BASE, check_paths, join, write
from sim.calibration.videos import VideoTable
from sim.presets.config import read_toml
from sim.presets.errors import BadInput
from sim.presets.seeds import checked_seed

LICENCE = {
    "KuaiRand": "KuaiRand (Gao et al., CIKM 2022), CC BY-SA 4.0: figures only, no rows",
    "KuaiRec": "KuaiRec (Gao et al., CIKM 2022), CC BY-SA 4.0: figures only, no rows",
    "table": "a log of the user's own: figures only, no rows",
    "events": "a log of a simulated platform: figures only, no rows",
}


@dataclass(frozen=True)
class CalibrationOptions:
    log: Path
    out: Path
    seed: int = 0
    renamed: Mapping[str, str] | None = None  # theirs: ours
    utc_offset: float = 8.0  # hours; where the viewers live
    base: Path = BASE
    command: str = ""
    held_out: tuple[str, ...] = ()  # ISO dates; none = the last third of the days
    refit: bool = False  # write the mixture of all days, once the held-out check is done
    encoding: str = ""  # of text tables; none = found
    date_order: str = ""  # "day" or "month", which is first in 09/03/2024; none = found


@dataclass(frozen=True)
class Result:
    """What a calibration found; `preset` is what was written."""

    settings: CalibrationOptions
    log: LogFiles
    rows: int
    dropped: dict[str, int]
    fitted: dict  # sections, as in the preset
    check: heldout.Check
    preset: dict
    notes: tuple[str, ...]


def calibrate(settings: CalibrationOptions, progress: Progress = lambda _: None) -> Result:
    """Fit, check, join with the base and write. Raises BadLog for a log that cannot be used."""
    checked_seed("--seed", settings.seed)
    if not abs(settings.utc_offset) <= 14:
        cure = "Beijing is 8 hours ahead of UTC, New York 5 behind: --utc-offset -5."
        raise BadInput("--utc-offset is in hours, -14 to 14", settings.utc_offset, cure)
    log = find(settings.log, settings.renamed or {}, settings.encoding)
    check_paths(settings.base, settings.out)
    clock = Clock(log, settings.utc_offset, settings.date_order)
    found = survey(log, settings.utc_offset, settings.seed, progress, settings.held_out, clock)
    cleaner = Cleaner(log, settings.utc_offset, clock=clock)
    sums = collect(log, cleaner, found, VideoTable.of(log), settings.seed, progress)
    said = (*log.notes, *notes(found, cleaner, sums))
    dropped = {why: n for why, n in sorted(cleaner.dropped.items()) if n}
    _check_rows(sums, dropped)
    progress("fitting the watch mixture")
    base = read_toml(settings.base).get("watch", {})
    fitted, check = _fit(sums, settings.seed, base)
    if settings.refit:
        fitted["watch"] |= _watch(_mixture(sums, FIT, HELD))
        fitted["watch"] |= traits.fitted(sums, fitted["watch"], base, FIT, HELD)
    rows = int(sums.counts[:2, ..., 0].sum())
    preset = join(fitted, _sources(fitted, log, found, sums, settings.refit), settings.base)
    result = Result(settings, log, rows, dropped, fitted, check, preset, said)
    write(preset, _head(result, found), settings.out)
    return result


def _mixture(sums: Sums, *parts: int) -> mixture.Mixture:
    """The watch mixture of some parts of the days: the fitted ones, or the held-out ones too."""
    of, edges = len(sums.bins), sums.bins.knots
    watch, seconds = sums.plays.of(*(part * of + b for part in parts for b in range(of))).T
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small arrays: a second thread only waits for the first
    try:
        return match(mixture.fit(watch, seconds, edges), watch, seconds, edges)
    finally:
        torch.set_num_threads(threads)


def _check_rows(sums: Sums, dropped: dict[str, int]) -> None:
    """Raise BadLog for days that are too few in plays to fit or to check."""
    plays = sums.counts[..., 0].sum(axis=2)
    why = ", ".join(f"{n:,} {why}" for why, n in dropped.items())
    cure = f"Give a longer log{f', or mend its rows: dropped were {why}' if why else ''}."
    if plays[FIT].sum() < LEAST_ROWS:
        rule = f"the fitted days have {LEAST_ROWS} rows or more"
        raise BadLog(rule, f"{plays[FIT].sum():.0f}", cure)
    if plays[HELD].max() < LEAST_ROWS:
        rule = f"some duration bin has {LEAST_ROWS} held-out rows or more"
        raise BadLog(rule, f"{plays[HELD].max():.0f} at most", cure)


def _fit(sums: Sums, seed: int, base: Mapping) -> tuple[dict, heldout.Check]:
    found = _mixture(sums, FIT)
    check = heldout.check(found, sums, seed)
    liked = reactions.fit_reactions(sums)
    seen = measured.measured(sums, seed)
    if "like_alpha" in liked:
        check.predicted["like_rate"] = heldout.likes_predicted(sums, liked)
        often = sums.viewers.columns[2]
        often = often[often >= measured.TASTED]
        if len(often):
            model = reactions.never_like(often, liked["like_alpha"], liked["like_beta"])
            check.predicted["never_like_share"] = (seen["never_like_share"], model)
    watch: dict = {**_watch(found), "like_by_duration": reactions.by_duration(sums, found.knots)}
    watch |= traits.fitted(sums, watch, base, FIT)
    check.predicted.update(traits.predicted(sums, watch, base))
    sections = {
        "watch": watch,
        "reactions": liked,
        "videos": measured.videos(sums),
        "sessions": _hours(sums),
        "measured": seen,
    }
    return {name: section for name, section in sections.items() if section}, check


def _watch(found: mixture.Mixture) -> dict[str, list[float]]:
    parts = np.stack([getattr(found, p) for p in mixture.PARTS], axis=1)
    rounded = dict(zip(mixture.PARTS, np.array([measured.whole(p) for p in parts]).T, strict=True))
    return {name: rounded.get(name, value).tolist() for name, value in asdict(found).items()}


def _hours(sums: Sums) -> dict[str, list[float]]:
    if not sums.hours.any():
        return {}
    return {"hour_share": measured.whole(sums.hours / sums.hours.sum()).tolist()}


def _sources(fitted: dict, log: LogFiles, found: Survey, sums: Sums, refit: bool) -> dict[str, str]:
    """The provenance of every fitted number, by dotted name."""
    tab = "" if log.layout.tab is None or "tab" not in log.columns else f", tab {log.layout.tab}"
    on = f"{log.source}, {_span(found, FIT)}{tab}"
    every = f"{log.source}, {_span(found, None)}{tab}"
    of = {
        "watch": f"C: fitted on {every if refit else on}",
        "reactions": f"C: fitted on {on}",
        "videos": f"C: counted in {log.source}",
        "sessions": f"C: plays by hour, counted in {on}; taken for sessions begun",
        "measured": f"C: measured on {every}; a check, not a parameter",
    }
    out = {f"{s}.{name}": of[s] for s, section in fitted.items() for name in section}
    if "watch.like_by_duration" in out:
        out["watch.like_by_duration"] = of["reactions"]
    if "like" not in sums.acts:
        out["watch.like_by_duration"] = "A: the log has no likes; none beyond the watch ratio"
    if "reactions.collect_by_ratio" in out and "collect" not in sums.acts:
        out["reactions.collect_by_ratio"] = (
            f"C: level, collections by play in the video statistics of {log.source}; "
            "A: shape over watch ratio as that of likes"
        )
    return out


def _span(found: Survey, part: int | None) -> str:
    if found.counts:
        return "days " + ", ".join(map(str, found.of(part)))
    days = [np.datetime64(d, "D").item() for d in found.of(part)]
    first, last = days[0], days[-1]
    between = [d for d in found.of() if first <= np.datetime64(d, "D").item() <= last]
    if len(between) > len(days):  # others lie amid them
        return ", ".join(f"{day:%-d %B %Y}" for day in days)
    if first == last:
        return f"{first:%-d %B %Y}"
    same = (first.year, first.month) == (last.year, last.month)
    return f"{first:%-d}{'' if same else f'{first: %B %Y}'}-{last:%-d %B %Y}"


def _head(result: Result, found: Survey) -> str:
    dropped = ", ".join(f"{n:,} {why}" for why, n in result.dropped.items()) or "none"
    return "\n".join(
        [
            f"Made by: {result.settings.command or 'sim.calibration.calibrate'}",
            f"Version: shortvideo-sim {sim.__version__}, seed {result.settings.seed}",
            f"Rows: {result.rows:,} of {result.log.source}, {_span(found, None)}",
            f"Dropped: {dropped}",
            f"Held-out check: {_verdict(result)}",
            f"Licence of the log: {LICENCE[result.log.layout.name]}",
            "Where each number is from: [provenance]. C computed, S published, A assumed.",
        ]
    )


def _verdict(result: Result) -> str:
    passed = "passed" if result.check.passed else "FAILED its limits"
    if result.settings.refit:
        return f"{passed}, by the fit to the other days; [watch] is then fitted to all"
    return passed
