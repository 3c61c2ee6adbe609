"""Does a rabbit hole form? What the easily harmed are shown of what harms them, over time.

    python examples/rabbit_hole.py --agent mf bayes --seed 20 21 22 [--off] [--json FILE]

Told is the share of harms B and D in what the feed shows the most vulnerable tenth over that in
what it shows the less vulnerable half, in the first and in the last quarter of the days, and last
less first; mean and 95 % interval (t) over seeds. Craving is far stronger than the preset's (HARD),
and `--off` rests it (`harms.tempt=0`). docs/threats.md has what was found.
"""

import argparse
import json
from typing import Any

import torch

from sim.lab.run.arm import Arm, Day
from sim.lab.stats import mean_and_interval
from sim.presets import config
from sim.world.state import HARMS, row_of

WORLD: dict[str, Any] = {
    "threats": "low", "moderation": "none", "bots.share": 0.0, "actors.supply": 0.05,
    "size.viewers": 800, "size.live": 1000, "sessions.scale": 0.12,
}  # fmt: skip
# ten times the craving of a dose, that fades slowly and draws strongly, to what looks distinct
HARD = {
    "harms.crave": [0.3, 1.5, 0.5, 1.5, 0.0], "harms.crave_keep": 0.97, "harms.tempt": 4.0,
    "actors.mark": 2.0,
}  # fmt: skip
KINDS = [1 + HARMS.index(name) for name in "BD"]


def shown(day: Day) -> torch.Tensor:
    """(2 groups, 2): of what the feed showed the less vulnerable half and the most vulnerable
    tenth, how much was of KINDS, and how much there was."""
    threats, counts = day.world.threats, torch.zeros(2, 2)
    soft = threats.vulnerability[:, [kind - 1 for kind in KINDS]].mean(1)
    half, tenth = soft[~threats.bot].quantile(torch.tensor([0.5, 0.9]))
    for page in day.events:
        seen = page.response.seen & (page.source == 0)
        bad = torch.isin(threats.harm[row_of(page.ids, len(threats.harm))], torch.tensor(KINDS))
        who = soft[page.request.row]
        for i, some in enumerate((who < half, who > tenth)):
            counts[i] += torch.stack([(seen & bad)[some].sum(), seen[some].sum()])
    return counts


def ratio(days: list[torch.Tensor]) -> float:
    low, high = torch.stack(days).sum(0)
    return float(high[0] / high[1] / (low[0] / low[1]))


def hole(agent: str, seed: int, days: int, settings: dict[str, Any]) -> dict[str, float]:
    made = Arm(agent, config.resolve("nano", settings={**WORLD, **HARD, **settings}), seed)
    found = [shown(day) for day in made.run(days)]
    first, last = ratio(found[: days // 4]), ratio(found[-(days // 4) :])
    craving = made.world.threats.craving[:, [kind - 1 for kind in KINDS]].mean()
    return {
        "first": first,
        "last": last,
        "last less first": last - first,
        "craving": float(craving),
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--agent", nargs="+", default=["mf"])
    asked.add_argument("--seed", nargs="+", type=int, default=[0, 1, 2])
    asked.add_argument("--days", type=int, default=42)
    asked.add_argument("--off", action="store_true", help="craving draws to nothing")
    asked.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    asked.add_argument("--json", help="a file to which what was found is added, a line a seed")
    args = asked.parse_args()
    settings = dict(config.parse_setting(text) for text in args.set)
    settings |= {"harms.tempt": 0.0} if args.off else {}
    for agent in args.agent:
        found = [hole(agent, seed, args.days, settings) for seed in args.seed]
        for name in found[0]:
            told = mean_and_interval([one[name] for one in found])
            print(agent, "off" if args.off else "on", name, told["mean"], told["ci95"])
        for seed, one in zip(args.seed, found, strict=True) if args.json else ():
            with open(args.json, "a", encoding="utf-8") as out:
                row = {"agent": agent, "off": args.off, "seed": seed, "found": one}
                out.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
