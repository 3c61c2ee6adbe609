"""`python -m sim.calibrate`: make a preset of my own logs."""

import json
import shlex
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.calibration.calibrate import CalibrationOptions, calibrate
from sim.calibration.errors import BadLog
from sim.calibration.layouts import KNOWN
from sim.calibration.preset import BASE
from sim.calibration.text import as_dict, text
from sim.lab.door.door import Lang, asked
from sim.lab.door.said import complain, spoken
from sim.presets.errors import BadInput


@dataclass(frozen=True)
class Arguments:
    """Fit the response model to a log and write a preset that `sim.run --platform` takes.

    The log: KuaiRand (Pure, 1K, 27K) or KuaiRec as downloaded, or a table (.csv, .parquet) with
    user_id, item_id, time_ms or date (or day, counted from 0), watch_s, duration_s, and any of
    like, comment, share, follow, collect, hide (0 and 1, or true and false), category, creator;
    or the events of a run of this simulator, as a folder, .parquet or .csv. Text may be packed by
    gzip, and have commas, tabs, semicolons or bars between columns. The last third of its days is
    kept for the check, or those of --held-out.

    Left out, and counted: plays of more than 6 hours, videos below 1 s or above 1 hour, rows
    without an id, a day or a duration, and rows that were there before.

    Exit codes: 0 done, 1 the held-out check fails its limits, 2 bad input, 130 interrupted.
    """

    log: Path
    """Folder or file of the log."""
    out: Path
    """The preset to write, .toml."""
    seed: int = 0
    """Of the fair sample of plays that the fit sees."""
    map: tuple[str, ...] = ()
    """Columns the log calls by another name: theirs=ours."""
    utc_offset: float = 8.0
    """Hours ahead of UTC where the viewers live, for logs that give time_ms alone."""
    base: Path = BASE
    """The preset that holds what a log cannot show."""
    held_out: tuple[str, ...] = ()
    """Days kept for the check, such as 2022-04-25; unless told, the last third of the log's."""
    refit: bool = False
    """After the check, write the watch mixture of all days: closer to the log, no day unseen."""
    encoding: str = ""
    """Of text tables, such as gb18030, where their bytes leave it open."""
    date_order: Literal["found", "day", "month"] = "found"
    """Which is first in 09/03/2024; found from all dates of the log if one of them shows it."""
    lang: Lang = None
    """en or zh: all that is said, help and errors too; the system's language if left out (by
    LC_ALL, LC_MESSAGES, LANG)."""
    json: bool = False
    """One JSON object on stdout and nothing else there."""


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    args = asked(Arguments, argv, "calibrate")
    command = shlex.join(["python", "-m", "sim.calibrate", *argv])
    try:
        settings = CalibrationOptions(
            args.log,
            args.out,
            args.seed,
            renames(args.map),
            args.utc_offset,
            args.base,
            command,
            args.held_out,
            args.refit,
            args.encoding,
            "" if args.date_order == "found" else args.date_order,
        )
        result = calibrate(settings, _Progress(args.lang))
    except BadInput as error:
        complain(error, args.lang)
        return 2
    except OSError as error:
        complain(f"{error}. Check the path and its permissions.", args.lang)
        return 2
    except KeyboardInterrupt:
        print(spoken("interrupted: no preset was written", args.lang), file=sys.stderr)
        return 130
    for note in result.notes:
        print(spoken(f"warning: {note}", args.lang), file=sys.stderr)
    for why, n in result.dropped.items():
        print(spoken(f"warning: dropped {n:,} rows: {why}", args.lang), file=sys.stderr)
    print(json.dumps(as_dict(result)) if args.json else spoken(text(result), args.lang))
    return 0 if result.check.passed else 1


def renames(pairs: tuple[str, ...]) -> dict[str, str]:
    """theirs: ours, from theirs=ours; the other way round is understood where it is plain."""
    out: dict[str, str] = {}
    for pair in pairs:
        left, _, right = pair.partition("=")
        if left in KNOWN and right not in KNOWN:
            left, right = right, left
        if not left or right not in KNOWN:
            cure = f"Ours are {', '.join(sorted(KNOWN))}."
            raise BadLog("--map takes theirs=ours", pair, cure)
        if out.get(left, right) != right:
            got = f"{left} as {out[left]} and as {right}"
            raise BadLog("--map gives a column one name", got, "Drop one of the two.")
        out[left] = right
    return out


class _Progress:
    """A line on stderr every few seconds."""

    def __init__(self, lang: str | None) -> None:
        self.last, self.lang = time.monotonic(), lang

    def __call__(self, line: str) -> None:
        if time.monotonic() - self.last > 2:
            self.last = time.monotonic()
            print(spoken(line, self.lang), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
