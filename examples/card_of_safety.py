"""The report card's rows of safety alone, of many seeds that were lived apart.

    python examples/card_of_safety.py --seed 30 --json 30.json
    python examples/card_of_safety.py --read 30.json 31.json 32.json

A card of 500 removals takes some eight seeds of `small`; here each may be lived by a process or a
machine of its own, and `--read` pools them as `python -m sim.facts` does.
"""

import argparse
import json
import math
from pathlib import Path

from sim.lab.facts import safety
from sim.lab.facts.card import targets
from sim.lab.run.arm import Arm
from sim.presets import config


def lived(seed: int, days: int, settings: list[str], agent: str = "house") -> dict[str, float]:
    """Each fact of a seed, and beside it its two counts."""
    params = config.resolve("small", settings=["threats=low", *settings])
    return safety.figures([c for day in Arm(agent, params, seed).run(days)
                           if (c := safety.of_day(day))])  # fmt: skip


def told(runs: list[dict[str, float]]) -> list[str]:
    """A line a fact: its share over all seeds, its standard error over them (of a ratio of sums),
    and the range that it is held to."""
    rows, n = {fact.id: fact for fact in targets("kuaishou")[0]}, len(runs)
    lines = []
    for fact in safety.PARTS:
        counts = [(run[f"{fact}#part"], run[f"{fact}#of"]) for run in runs]
        part, of = (sum(column) for column in zip(*counts, strict=True))
        share, (low, high) = part / max(of, 1), rows[fact].range
        miss = sum((p - share * m) ** 2 for p, m in counts)
        error = math.sqrt(miss * n / (n - 1)) / max(of, 1) if n > 1 else math.nan
        held = "holds" if low <= share <= high else "does not hold"
        count = f"{part:.0f} of {of:.0f}, {100 * share:.3g} % (standard error {100 * error:.2g})"
        lines.append(f"{rows[fact].what}: {count}; {100 * low:g}-{100 * high:g} %: {held}")
    return lines


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", nargs="+", type=int, default=[0])
    asked.add_argument("--days", type=int, default=35)
    asked.add_argument("--agent", default="house")
    asked.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    asked.add_argument("--json", help="a file that what was counted is written to")
    asked.add_argument("--read", nargs="+", help="pool these files of --json")
    args = asked.parse_args()
    kept = [json.loads(Path(file).read_text(encoding="utf-8")) for file in args.read or []]
    runs = [run for runs in kept for run in runs] or [
        lived(seed, args.days, args.set, args.agent) for seed in args.seed
    ]
    if args.json:
        Path(args.json).write_text(json.dumps(runs), encoding="utf-8")
    print("\n".join(told(runs)))


if __name__ == "__main__":
    main()
