"""What policies of moderation do to a platform under attack: lines of the machine, hours and order
of the queue, and what is left of a fixed line after weeks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from sim.lab.run.arm import Arm
from sim.lab.teaching.desk import ACTS, Desk
from sim.measure import safety, trail
from sim.presets.config import resolve
from sim.world.state import HARMS

WORLD = {"size.viewers": 200, "size.live": 3000}  # of nano: enough uploads for a rate
REST = {"policy.hours": 0.0, "policy.sweep": 0.0}
WEEK = 7
NEVER = 1.0  # a line that no score is above


def lines(remove: float, review: float = NEVER) -> dict[str, Any]:
    """Settings of a policy that has one line for all kinds of harm, and does nothing else."""
    both = {"remove": remove, "review": review}
    told = {f"policy.{harm}.{act}": both.get(act, NEVER) for harm in HARMS for act in ACTS}
    return {**REST, **told}


def queue(hours: float, first: str = "reports", review: float = 0.02) -> dict[str, Any]:
    """Settings of a policy without a machine that removes: people work off what it suspects and
    what was reported, `hours` for 1,000 uploads. First come most `reports`, or (`views`) what the
    machine suspects, and of that what most will see."""
    split = {f"policy.split.{lane}": float(lane == first) for lane in ("reports", "views", "audit")}
    return {**lines(NEVER, review), **split, "policy.hours": hours}


def chosen(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of the policy that a learner wrote."""
    line, hours = float(answers["remove"]), float(answers["hours"])
    return {**queue(hours, answers["first"]), **_removing(line)}


def _removing(line: float) -> dict[str, float]:
    return {f"policy.{harm}.remove": line for harm in HARMS}


def lived(
    policies: Mapping[str, Mapping[str, Any]],
    seeds: Sequence[int],
    days: int,
    device: str = "cpu",
    world: Mapping[str, Any] = WORLD,
) -> pd.DataFrame:
    """A row a policy and seed: of 10,000 views those of harmful videos, harmless videos taken down
    in a week, the queue's mean age in days, and hours of staff in a week. The first three days are
    left out."""
    rows = []
    for name, policy in policies.items():
        for seed in seeds:
            told = _told(_daily({**world, **policy}, seed, days, device))
            rows.append({"policy": name, "seed": seed, **told})
    return pd.DataFrame(rows)


def _daily(settings: Mapping[str, Any], seed: int, days: int, device: str) -> pd.DataFrame:
    """A row a day of a platform under attack, a column a measure of safety. The clock alone is
    wound: what a run measures besides takes as long as the days themselves."""
    params = resolve("nano", settings={"threats": "high", **settings})
    clock, rows = Arm("popular", params, seed, device).clock, []
    for _ in range(days):
        events = clock.live()
        told = safety.measured(clock.world, events)
        rows.append({metric: value for metric, group, value in told if group == "all"})
    return pd.DataFrame(rows)


SETTLED = 3  # days: from then on a policy is judged


def _told(daily: pd.DataFrame) -> dict[str, float]:
    late = daily.iloc[SETTLED:]
    return {
        "harmful_views": 10_000 * float(late["violative_view_rate"].mean()),
        "wrongful": WEEK * float(late["wrongful_removals"].mean()),
        "queue_age": float(late["queue_age"].mean()),
        "hours": WEEK * float(late["staff_hours"].mean()),
    }


def by_week(seeds: Iterable[int], weeks: int, remove: float, moves: bool, device="cpu"):
    """Of the harmful videos posted in each week, the share that a fixed line takes down at once; a
    row a week and seed. `moves`: whether makers may change what they post."""
    still = {} if moves else {"actors.move": 0.0, "actors.imitate": 0.0}
    settings = {**WORLD, **lines(remove), **still}
    return pd.concat([_weekly(_daily(settings, s, WEEK * weeks, device), s) for s in seeds])


def _weekly(daily: pd.DataFrame, seed: int) -> pd.DataFrame:
    summed = daily.groupby(daily.index // WEEK + 1).sum()
    caught = summed["removals"] - summed["wrongful_removals"]
    share = 100 * caught / summed["violative_uploads"]
    return pd.DataFrame({"seed": seed, "week": share.index, "caught": share.to_numpy()})


RARE = {  # one upload in a thousand is harmful, and the machine is right 99 times in 100
    "threats": "low", "classifier.accuracy": 0.99, "classifier.by_severity": 0.0,
    "actors.supply": 0.001, "actors.mix": [1.0, 0.0, 0.0, 0.0, 0.0, 0.0], "actors.move": 0.0,
    "actors.imitate": 0.0, "bots.share": 0.0, "policy.strikes": 0,
    "size.viewers": 30, "size.live": 14_000,
}  # fmt: skip


def rare(seeds: Sequence[int], device: str = "cpu", days: int = 10) -> float:
    """Of 100 videos that a machine takes down which judges 99 of 100 rightly, those that are
    harmful, where harm is rare; over all seeds together."""
    gone = torch.cat([_taken(seed, days, device) for seed in seeds])
    return 100 * float((trail.column(gone, "harm") > 0).double().mean())


def _taken(seed: int, days: int, device: str) -> Tensor:
    """What the machine takes down, as rows of the audit trail, from the eve of the first day."""
    policy = {**lines(NEVER), "policy.A.remove": 0.5, **RARE}
    clock = Arm("random", resolve("nano", settings=policy), seed, device).clock
    rows = [trail.rows(clock.world)]
    for _ in range(days):
        clock.live()
        rows.append(trail.rows(clock.world))
    table = torch.cat(rows)
    return table[trail.is_(table, "machine", "remove")]


def reported(desks: Sequence[Desk]) -> float:
    """Of 100 videos that viewers reported most, those that are harmful; over all desks."""
    told = [
        bad for each in desks for lane, bad in zip(each.lane, each.harmful, strict=True)
        if lane == "reports"
    ]  # fmt: skip
    return 100 * sum(told) / len(told)


def fewer(found: pd.DataFrame, policy: str, than: str) -> float:
    """By how many per cent harmful views are fewer under one policy than under another."""
    means = found.groupby("policy")["harmful_views"].mean()
    return 100 * (1 - float(means[policy] / means[than]))


SAME = 5  # points of per cent within which a share counts as unchanged


def went(weekly: pd.DataFrame) -> str:
    """How the share that a line catches went from the first week to the last."""
    means = weekly.groupby("week")["caught"].mean()
    change = means.iloc[-1] - means.iloc[0]
    return "stay" if abs(change) < SAME else "rise" if change > 0 else "fall"
