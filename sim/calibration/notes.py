"""What a person should know of how a log was read, beyond what was dropped."""

from collections.abc import Iterator

import numpy as np

from sim.calibration.cleaning import Cleaner
from sim.calibration.collect import Sums, Survey
from sim.calibration.errors import BadLog
from sim.calibration.layouts import FLAGS
from sim.calibration.measured import CATEGORIES, TINY

SHOWN = 6  # worlds named in a note
MANY, MOST = 20, 0.2  # ids of which one has so large a share of the plays


def notes(found: Survey, cleaner: Cleaner, sums: Sums) -> Iterator[str]:
    """Sentences. Raises BadLog where a table of videos is about other videos than the log's."""
    yield from _of_days(found, cleaner, sums)
    yield from _of_one(cleaner, sums)
    yield from _of_acts(cleaner, sums)
    yield from _of_videos(cleaner, sums)


def _of_days(found: Survey, cleaner: Cleaner, sums: Sums) -> Iterator[str]:
    if found.empty_days:
        yield f"empty_days: {found.empty_days} days amid the others have no row"
    if cleaner.seen is not None and cleaner.seen.forgot:
        yield f"duplicates were looked for among the last {cleaner.seen.window:,} rows only"
    for table in (cleaner.log.tables[path] for path in cleaner.log.files):
        for lines in table.within:
            yield f"{table.path.name}: {lines:,} lines are blank or lie within quotes, and no rows"
    if lost := sums.lost["hour"]:
        yield f"hour: {lost:,} plays do not say theirs; the others make the hours' shares"
    worlds = sorted(cleaner.worlds)
    if len(worlds) > 1:
        more = f" and {len(worlds) - SHOWN} more" if len(worlds) > SHOWN else ""
        yield (
            f"{len(worlds)} worlds (seed, agent) are read as one log, each with viewers and videos "
            f"of its own: {'; '.join(worlds[:SHOWN])}{more}"
        )


def _of_one(cleaner: Cleaner, sums: Sums) -> Iterator[str]:
    """An id that so many rows have that it may say that the id is not known."""
    tallies = {"viewer": (sums.viewers, 2), "video": (sums.shown, 0), "creator": (sums.creators, 0)}
    for who, (tally, column) in tallies.items():
        plays = tally.columns[column]
        if len(plays) < MANY or plays.max() < MOST * plays.sum():
            continue
        name = cleaner.log.columns.get(who, who)
        id = "" if cleaner.worlds else f" ({_written(tally.keys[plays.argmax()])})"
        yield (
            f"{name}: {plays.max():,} of {plays.sum():,} plays have one and the same{id}; if that "
            "says that it is not known, leave those cells empty"
        )


def _written(name: np.integer) -> str:
    return str(name) if abs(int(name)) < 2**53 else "a text or a long number"


def _of_acts(cleaner: Cleaner, sums: Sums) -> Iterator[str]:
    lacks = [a for a in ("like", "comment", "share", "follow", "hide") if a not in sums.acts]
    if lacks:
        yield f"no column for {', '.join(lacks)}: those numbers stay as the base has them"
    for act in FLAGS:
        empty = cleaner.blank[act]
        if empty and act in sums.acts:
            yield f"{act}: {empty:,} empty cells of {cleaner.kept:,} count as no"
        elif empty:
            yield f"{act}: its column is empty"


def _of_videos(cleaner: Cleaner, sums: Sums) -> Iterator[str]:
    plays, videos = int(sums.shown.columns[0].sum()), sums.videos
    for name, ours in (("category", "tag"), ("creator", "creator")):
        file, lost = videos.files.get(ours), sums.lost[name]
        if file and lost == plays:
            rule = "a table of videos beside a log describes the log's videos"
            got = f"{file}, which names none of them"
            raise BadLog(rule, got, "Write its ids as in the log, or take it away.")
        if lost and (file or ours in cleaner.log.columns):
            yield f"{name}: {lost:,} of {plays:,} plays are of videos that have none"
    if none := sums.lost["unknown"]:
        yield f"category: {none:,} of {plays:,} plays have none; those are one category more"
    labels = len(videos.labels)
    if 0 < labels < CATEGORIES:
        yield (
            f"categories: the log has {labels}; a preset has {CATEGORIES}, so that "
            f"{CATEGORIES - labels} are added with a share of {TINY:g} each"
        )
    if labels > CATEGORIES:
        yield (
            f"categories: the log has {labels}; a preset has {CATEGORIES}, so that the "
            f"{labels - CATEGORIES + 1} smallest are one"
        )
