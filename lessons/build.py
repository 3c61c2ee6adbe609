"""Notebooks and pages of the lessons, from each lesson's one source, NN_name.py.

python lessons/build.py            put a copy of each notebook here, to run; git does not see them
python lessons/build.py --pages    run them whole and write what they came to into rendered/, and
                                   the list in the readmes; --pages 02 runs lesson 2 alone
python lessons/build.py --check    exit 1 where a page or a readme says not what its source says
"""

import sys
from pathlib import Path

from sim.lab.teaching import building, contents, rendering

HERE = Path(__file__).parent


def main() -> int:
    if "--check" in sys.argv:
        stale = rendering.stale(HERE) + contents.stale(HERE)
        print("\n".join(stale) or "up to date")
        return 1 if stale else 0
    if "--pages" in sys.argv:
        numbers = [word for word in sys.argv[1:] if word.isdigit()]
        written = rendering.write(HERE, numbers) + contents.write(HERE)
    else:
        written = building.write(HERE)
    print("\n".join(path.name for path in written) or "all there")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
