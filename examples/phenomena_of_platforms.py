"""What becomes of accounts that all keep one plan, by the recommender that they live under, over
seeds, with the mechanism on and off.

    python examples/phenomena_of_platforms.py --which jeopardy --world plain --seed 0 1 2 3 4 5

*recommenders*: the same accounts with the same plan in twins of one world, under `popular`, `mf`
and `two_tower`. *exploration*: accounts without followers under `popular`, that tries what it knows
little of more or less; they begin to post on day 7. *jeopardy*: whether brands that fewer know have
fewer followers, who also come back less, though all post alike. Told is the mean and 95 % interval
over seeds; `--off` rests the mechanism: see `resting`, `explored` and ALIKE.
docs/creators.md has what was found.
"""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

import torch
from creator_trials import WORLDS, keep, told, trial
from torch import Tensor

from agents.recommender.mf import MF
from agents.recommender.popular import Popular
from agents.recommender.two_tower import TwoTower
from sim.presets import config
from sim.world.state import Catalog

Found = dict[str, float]
WEEK = 7
# nothing in a video that anybody likes better than another's, so that a ranking finds nothing
ALIKE = {"appeal.match": 0.0, "appeal.quality": 0.0, "appeal.hook": 0.0, "appeal.trend": 0.0}
SCARCE = {"size.viewers": 400, "size.live": 4000}  # more than anybody could use up
BONUSES = (0.0, 1.0, 10.0)
ENOUGH = 100  # views in all, by which a newcomer has been found
FEW = 3  # followers at least, to tell a share of them
TOLD = ("views", "first_day", "followers", "income", "first_bond", "joy")


def lucky(kind: type, more: int) -> Any:
    """An agent with luck of its own."""

    class Lucky(kind):  # type: ignore[misc, valid-type]
        def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: Any) -> None:
            super().reset(catalog, viewers=viewers, seed=seed + more, device=device)

    return Lucky()


AGENTS = {"popular": Popular, "mf": MF, "two_tower": TwoTower, "mf again": MF}
AGAINST = (("popular", "mf"), ("popular", "two_tower"), ("mf", "two_tower"), ("mf", "mf again"))


def resting(agent: Any) -> Any:
    """Draws from all that it may show, whatever its scores."""
    agent.temperature = 1e9
    for name in ("shortlist", "retrieved", "depth", "best", "pool_size"):
        if hasattr(agent, name):
            setattr(agent, name, 8192)
    return agent


def recommenders(world: str, seed: int, off: bool, settings: Mapping[str, Any], how: Any) -> Found:
    """What the same accounts came to under one, less what they did under another, and how far two
    agree in whom they favour. `mf again` tells what luck makes of that."""
    laws, found, means = {**SCARCE, **settings}, {}, {}
    for more, (name, kind) in enumerate(AGENTS.items()):
        agent = resting(lucky(kind, more)) if off else lucky(kind, more)
        lived = trial(["base"], world, seed, laws, agent=agent, **how)
        last = slice(-max(1, len(lived.days) // 4), None)
        means[name] = {what: lived.mean(what, last) for what in TOLD}
        found |= {f"{what}, {name}": float(x.nanmean()) for what, x in means[name].items()}
    for one, other in AGAINST:
        for what in TOLD:
            gap = found[f"{what}, {one}"] - found[f"{what}, {other}"]
            found[f"{what}, {one} less {other}"] = gap
        both = (means[name]["views"] for name in (one, other))
        found[f"ranks by views, {one} with {other}"] = ranks(*both)
    return found


def explored(bonus: float, off: bool) -> Popular:
    """Tries what is known of few views through an upper bound of so many standard errors, and else
    not. Off: it makes nothing of views, so that nothing is less known than something else."""
    made = Popular()
    made.bonus, made.temperature = bonus, 0.0
    made.prior = 1e9 if off else made.prior
    return made


def exploration(world: str, seed: int, off: bool, settings: Mapping[str, Any], how: Any) -> Found:
    found = {}
    for bonus in BONUSES:
        agent = explored(bonus, off)
        laws = {**SCARCE, **settings}
        lived = trial(["base"], world, seed, laws, agent=agent, since=WEEK, **how)
        views = torch.stack([day["views"] for day in lived.days]).nansum(0)[:, 0]
        each = {
            f"chance of {ENOUGH} views": (views >= ENOUGH).float().mean(),
            "mean views": views.mean(),
            "median views": views.median(),
            "views of a post's first day": lived.mean("first_day", slice(None)).nanmean(),
            "followers": lived.days[-1]["followers"].mean(),
        }
        found |= {f"{name}, bonus {bonus:g}": float(x) for name, x in each.items()}
    for name in [name for name in found if name.endswith("bonus 0")]:
        for more in BONUSES[1:]:
            found[f"{name[:-1]}{more:g} less 0"] = found[f"{name[:-1]}{more:g}"] - found[name]
    return found


def jeopardy(world: str, seed: int, off: bool, settings: Mapping[str, Any], how: Any) -> Found:
    """Rank correlations over accounts: of the share of people that knows the name, as a fortnight
    begins, with followers, with the share of these that comes to it in that fortnight and on how
    many days; and of those who watched it in the first week with the share of them that did in the
    second."""
    laws = {**settings, **(ALIKE if off else {})}
    lived = trial(["base"], world, seed, laws, **{**how, "days": how["days"] - 2 * WEEK})
    known, fans = lived.days[-1]["awareness"][:, 0], lived._follows()
    weeks = [torch.stack([lived.live(1).watched for _ in range(WEEK)]).float() for _ in range(2)]
    here = ((lived.world.viewers.id == lived.names) & lived.world.viewers.registered)[:, None]
    days, fans = torch.cat(weeks).sum(0), fans & here
    first, again = ((week.sum(0) > 0) & here for week in weeks)
    n, reach = fans.sum(0), first.sum(0)
    some, came = n >= FEW, (fans & (days > 0)).sum(0) / n
    return {
        "followers with awareness": ranks(known, n),
        "share of followers who came with awareness": ranks(known, came, some),
        "days that followers came with awareness": ranks(known, (fans * days).sum(0) / n, some),
        "mean bond with awareness": ranks(known, lived.days[-1]["bond"][:, 0], some),
        "share of followers who came with followers": ranks(n, came, some),
        "share who came again with reach": ranks(reach, (first & again).sum(0) / reach),
    }


def ranks(one: Tensor, other: Tensor, at: Tensor | None = None) -> float:
    """Spearman's correlation, over accounts for which both are told."""
    one, other = one.double(), other.double()
    at = ~(one.isnan() | other.isnan()) & (torch.ones_like(one).bool() if at is None else at)
    return float(torch.corrcoef(torch.stack([rank(one[at]), rank(other[at])]))[0, 1])


def rank(x: Tensor) -> Tensor:
    """From 0; the mean of their places where several are equal."""
    return ((x[:, None] > x).sum(1) + (x[:, None] >= x).sum(1) - 1).double() / 2


WHICH: dict[str, tuple[Callable[..., Found], dict[str, int]]] = {  # with days and accounts
    "recommenders": (recommenders, {"days": 28, "pairs": 60}),
    "exploration": (exploration, {"days": 28, "pairs": 60}),
    "jeopardy": (jeopardy, {"days": 28, "pairs": 100}),
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--which", nargs="+", choices=WHICH, default=list(WHICH))
    asked.add_argument("--world", nargs="+", choices=WORLDS, default=["plain"])
    asked.add_argument("--seed", nargs="+", type=int, default=[0, 1, 2])
    asked.add_argument("--days", type=int, help="in place of those in WHICH")
    asked.add_argument("--off", action="store_true", help="rest the mechanism of each")
    asked.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    asked.add_argument("--json", help="a file to which each seed's figures are added")
    args = asked.parse_args()
    settings = dict(config.parse_setting(text) for text in args.set)
    for world in args.world:
        for which in args.which:
            ask, how = WHICH[which]
            how = {**how, "days": args.days or how["days"]}
            seeds = []
            for seed in args.seed:
                seeds.append(ask(world, seed, args.off, settings, how))
                about = {"world": world, "seed": seed, "which": which, "off": args.off}
                keep(args.json, {**how, **about, "found": seeds[-1]})
            for name in seeds[0]:
                mean, ends = told([found[name] for found in seeds])
                print(f"{world} {which} {name}: {mean:+.4f} [{ends[0]:+.4f}, {ends[1]:+.4f}]")


if __name__ == "__main__":
    main()
