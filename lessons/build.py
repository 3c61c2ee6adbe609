"""Notebooks and pages of the lessons, from each lesson's one source, NN_name.py.

python lessons/build.py            put a copy of each notebook here, to run; git does not see them
python lessons/build.py --pages    run them whole and write what they came to into rendered/
python lessons/build.py --check    exit 1 where a page in rendered/ says not what its source says
"""

import sys
from pathlib import Path

from sim.lab.teaching import building, rendering

HERE = Path(__file__).parent


def main() -> int:
    if "--check" in sys.argv:
        stale = rendering.stale(HERE)
        print("\n".join(stale) or "up to date")
        return 1 if stale else 0
    written = rendering.write(HERE) if "--pages" in sys.argv else building.write(HERE)
    print("\n".join(path.name for path in written) or "all there")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
