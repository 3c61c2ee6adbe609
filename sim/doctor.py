"""`python -m sim.doctor`: is my machine all right?"""

import json as json_
import sys
from dataclasses import dataclass

from sim.lab.door.door import Lang, asked
from sim.lab.door.said import complain, spoken


@dataclass(frozen=True)
class Arguments:
    """Print versions, device and threads, and try small things with known answers.

    Exit codes: 0 all is well, 1 something is not.
    """

    lang: Lang = None
    """en or zh: all that is said, help and errors too; the system's language if left out (by
    LC_ALL, LC_MESSAGES, LANG)."""
    json: bool = False
    """One JSON object on stdout and nothing else there."""


def main(argv: list[str] | None = None) -> int:
    args = asked(Arguments, argv, "doctor")
    try:
        from sim.lab.doctor import check
    except ImportError as error:
        complain(f"{error}. Run: pip install shortvideo-sim", args.lang)
        return 1
    found = check()
    if args.json:
        print(json_.dumps(found))
        return 0 if found["ok"] else 1
    for name, value in found["machine"].items():
        print(f"{name:<12} {spoken('not installed' if value is None else str(value), args.lang)}")
    print()
    for each in found["checks"]:
        what, said = (spoken(each[key], args.lang) for key in ("what", "said"))
        print(f"{'ok  ' if each['ok'] else 'FAIL'} {what}: {said}")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
