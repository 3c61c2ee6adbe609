"""Fakes promote a creator on a platform whose recommender learns from them; a defence undoes it.

    python examples/poisoning.py --agent mf --seed 10 11 12

Three arms on each seed: nobody attacks; fifteen fake accounts of 300 open the target's videos, see
them through and like them; the same against a recommender that learns nothing from accounts that
behave as no person does (agents/defences.py). Told is the target's share of what people are shown
in the feed from the third day of the attack on, with 95 % intervals over seeds, paired.
"""

import argparse

from agents.defences import Distrust
from sim.lab.stats import mean_and_interval
from sim.presets import config
from sim.seats.viewer.poison import Attack, Poisoned

ARMS = ("quiet", "attacked", "defended")


def share(agent: str, arm: str, seed: int, days: int = 9, world: str = "nano") -> float:
    """The target's share of what people are shown in the last two thirds of the days."""
    attack = Attack(start=days + 1) if arm == "quiet" else Attack()
    made: Distrust | str = agent
    if arm == "defended":
        made = Distrust()
        made.inner = agent
    told = Poisoned(config.resolve(world), made, attack, seed).live(days)
    late = told[days // 3 :]
    return sum(late) / len(late)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--agent", nargs="+", default=["mf", "ncf"])
    asked.add_argument("--seed", nargs="+", type=int, default=list(range(10, 15)))
    asked.add_argument("--days", type=int, default=9)
    args = asked.parse_args()
    for agent in args.agent:
        found = {arm: [share(agent, arm, s, args.days) for s in args.seed] for arm in ARMS}
        for arm in ARMS:
            print(agent, arm, _told(found[arm]))
        for name, a, b in (("attack", "attacked", "quiet"), ("defence", "defended", "attacked")):
            gap = [x - y for x, y in zip(found[a], found[b], strict=True)]
            print(agent, f"{name}, points", _told(gap), flush=True)


def _told(values: list[float]) -> str:
    found = mean_and_interval(values)
    ends = found["ci95"] or (float("nan"), float("nan"))
    return f"{100 * found['mean']:+.2f} % [{100 * ends[0]:+.2f}, {100 * ends[1]:+.2f}]"


if __name__ == "__main__":
    main()
