"""`python -m sim.doctor`: is my machine all right?"""

import json as json_
import sys
from dataclasses import dataclass

import tyro


@dataclass(frozen=True)
class Arguments:
    """Print versions, device and threads, and try small things with known answers.

    Exit codes: 0 all is well, 1 something is not.
    """

    json: bool = False
    """One JSON object on stdout and nothing else there."""


def main(argv: list[str] | None = None) -> int:
    args = tyro.cli(Arguments, args=argv, prog="python -m sim.doctor")
    try:
        from sim.lab.doctor import check
    except ImportError as error:
        print(f"error: {error}. Run: pip install shortvideo-sim", file=sys.stderr)
        return 1
    found = check()
    if args.json:
        print(json_.dumps(found))
        return 0 if found["ok"] else 1
    for name, value in found["machine"].items():
        print(f"{name:<12} {value if value is not None else 'not installed'}")
    print()
    for each in found["checks"]:
        print(f"{'ok  ' if each['ok'] else 'FAIL'} {each['what']}: {each['said']}")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
