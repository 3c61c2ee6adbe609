"""What becomes of creators who do otherwise than others beside them, over seeds, with the
mechanism on and off.

    python examples/phenomena_of_creators.py --which consistent replies bait --world plain \
        --seed 0 1 2 3 4 5

Of each pair of accounts with about as many followers, one is dealt by lot to work otherwise than
the other: all post once a day about their own topic, or differ from that in one thing. The twin of
that world, with the same people and the same luck, is one where nobody differs. Told is what the
one thing makes of the accounts that differ: mean and 95 % interval over seeds of each seed's mean,
and, after it, over the accounts of all seeds; `--off` rests the mechanisms, by the settings in
WHICH. docs/creators.md has what was found.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from creator_trials import BRAND, WORLDS, Trial, keep, told, trial

from sim.presets import config


@dataclass(frozen=True)
class Comparison:
    one: str  # an arm of ARMS
    other: str
    rests: dict[str, Any]  # what rests its mechanism
    settings: dict[str, Any] = field(default_factory=dict)  # with the mechanism on and off
    pairs: int | None = None


WHICH: dict[str, Comparison] = {
    "consistent": Comparison("base", "scattered", {"brand.picks": 1, "appeal.topic_share": 0.0}),
    "replies": Comparison("replies", "base", {"brand.reply": 0.0, "brand.heard": 0.0}),
    "bait": Comparison("bait", "base", {"appeal.satisfaction_bait": 0.0}),
    # brands ask for every post of who has the usual followers
    "deals": Comparison(
        "secret", "base", {"deals.betrayed": 0.0}, {"deals.rate": 1.0, "deals.reach": 1.0}
    ),
    "flood": Comparison("flood", "base", {"brand.tire": 0.0, "careers.drain": 0.0}),
    # few, or all would want more places than pages have
    "promotion": Comparison("much", "little", {"promotion.sight": 0.0}, pairs=10),
}
TOLD = (
    "loyalty", "bond", "first_bond", "kept", "back", "fans_back", "waits", "sought", "returning",
    "joy", "followers", "brand_equity", *BRAND[:3], "views", "first_day", "income", "energy",
    "hours", "promoted", "promoted_joy",
)  # fmt: skip


def gaps(one: Trial, other: Trial) -> dict[str, list[float]]:
    """{measure and when: by account, one world less its twin}; `early` is the first quarter of the
    days, `late` the last."""
    n = max(1, len(one.days) // 4)
    when = {"early": slice(0, n), "late": slice(-n, None)}
    return {
        f"{name} {part}": (one.mean(name, at) - other.mean(name, at)).tolist()
        for name in TOLD
        for part, at in when.items()
    }


def twins(
    names: Iterable[str], world: str, seed: int, settings: Mapping[str, Any], off: bool, how: Any
) -> Iterator[tuple[str, dict[str, list[float]]]]:
    """(phenomenon, gaps); worlds of the same laws and arms are lived once."""
    lived: dict[str, Trial] = {}

    def once(arm: str, laws: dict[str, Any], own: dict[str, Any]) -> Trial:
        name = json.dumps([arm, laws, own], sort_keys=True)
        if name not in lived:
            lived[name] = trial([arm, "base"], world, seed, laws, **own)
        return lived[name]

    for which in names:
        asked = WHICH[which]
        laws = {**asked.settings, **settings, **(asked.rests if off else {})}
        own = {**how, "pairs": asked.pairs or how["pairs"]}
        yield which, gaps(once(asked.one, laws, own), once(asked.other, laws, own))


def show(world: str, found: dict[tuple[str, str], list[list[float]]]) -> None:
    """Over seeds (one mean a seed), then over the accounts of all of them."""
    for (which, name), seeds in found.items():
        mean, ends = told([told(seed)[0] for seed in seeds])
        every = told(list(chain(*seeds)))[1]
        print(
            f"{world} {which} {name}: {mean:+.4f} [{ends[0]:+.4f}, {ends[1]:+.4f}] "
            f"accounts [{every[0]:+.4f}, {every[1]:+.4f}]"
        )


def parser() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--which", nargs="+", choices=WHICH, default=list(WHICH))
    asked.add_argument("--world", nargs="+", choices=WORLDS, default=["plain"])
    asked.add_argument("--seed", nargs="+", type=int, default=[0, 1, 2])
    asked.add_argument("--agent", default="mf")
    asked.add_argument("--days", type=int, default=60)
    asked.add_argument("--pairs", type=int, default=30)
    asked.add_argument("--off", action="store_true", help="rest the mechanism of each")
    asked.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    asked.add_argument("--json", help="a file to which the differences are added")
    return asked


def main() -> None:
    args = parser().parse_args()
    settings = dict(config.parse_setting(text) for text in args.set)
    how = {"agent": args.agent, "days": args.days, "pairs": args.pairs}
    for world in args.world:
        found: dict[tuple[str, str], list[list[float]]] = {}
        for seed in args.seed:
            for which, made in twins(args.which, world, seed, settings, args.off, how):
                for name, values in made.items():
                    found.setdefault((which, name), []).append(values)
                small = {name: [round(x, 6) for x in values] for name, values in made.items()}
                about = {"world": world, "seed": seed, "which": which, "off": args.off}
                keep(args.json, {**how, **about, "gaps": small})
        show(world, found)


if __name__ == "__main__":
    main()
