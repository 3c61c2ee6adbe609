"""What `python -m sim.compare` does with its arguments, and how it ends."""

import sys
from pathlib import Path
from typing import Any

from sim.lab.compare import page
from sim.lab.compare.side_by_side import NotComparable, compare, table
from sim.lab.compare.told import read_all
from sim.lab.door.said import complain
from sim.lab.run.record import to_json
from sim.lab.screen.phrases import say
from sim.lab.screen.screen import show
from sim.lab.screen.tables import table_of
from sim.presets.errors import BadInput
from sim.presets.files import writable


def run(args: Any, command: str) -> int:
    """Exit code: 0 done, 1 the runs cannot be compared, 2 bad input."""
    try:
        out = writable(args.out, "--out")
        runs = read_all([Path(folder) for folder in args.runs])
        found = compare(runs, args.reference, args.allow, args.lang)
        if out:
            page.write(Path(out), found, table(found, runs), args.lang, command)
    except NotComparable as error:
        complain(error, args.lang)
        return 1
    except (BadInput, OSError) as error:
        complain(error, args.lang)
        return 2
    if args.json:
        print(to_json(found))
    else:
        show(table_of(found, args.lang))
    if out and not args.json:
        print(say("written", args.lang, path=out), file=sys.stderr)
    return 0
