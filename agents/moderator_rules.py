"""The rules that a moderator's agent keeps, tried on made-up desks."""

import math
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from agents.seat_rules import Rule, Seat, reported
from agents.slate_rules import ContractBroken
from sim.world.rng import key
from sim.world.state import (
    ACTIONS,
    HARMS,
    LANES,
    Backroom,
    Desk,
    Policy,
    Shift,
    blank_desk,
    wrong_policy,
)

VIDEOS = 40


def usual() -> Policy:
    """A plain policy: take down above .9, ask people above .3."""
    threshold = torch.ones(len(HARMS), len(ACTIONS))
    threshold[:, 0], threshold[:, 1] = 0.9, 0.3
    real = {"hours": 2.0, "confirm": 0.98, "sweep": 0.2, "strikes": 3.0, "days": 7.0}
    plain = {name: torch.tensor(value) for name, value in real.items()}
    confirmed = torch.zeros(len(HARMS), dtype=torch.int64)
    return Policy(threshold, confirmed, split=torch.ones(len(LANES)) / len(LANES), **plain)


def desk(day: int) -> Desk:
    """Figures drawn at random; none on day 0."""
    blank, draw = blank_desk(usual(), day, 60), key(day).fold(5)

    def real(stream: int, like: Tensor) -> Tensor:
        n = torch.arange(like.numel())
        return (20 * draw.fold(stream).uniform(n)).floor().view(like.shape) * (day > 0)

    names = ("cases", "lanes", "scores", "graded", "waiting")
    told: dict[str, Any] = {name: real(i, getattr(blank, name)) for i, name in enumerate(names)}
    for name in ("lanes", "graded"):  # no more is found than was looked at
        told[name] = torch.stack([told[name].amax(-1), told[name].amin(-1)], dim=-1)
    return replace(blank, **told)


def backroom(day: int) -> Backroom:
    name = torch.arange(1, VIDEOS + 1)
    draw = key(day).fold(6)
    harm = (draw.integer(name, 10) == 0) * (1 + draw.fold(1).integer(name, len(HARMS)))
    return Backroom(name, harm, draw.fold(2).uniform(name))


def _act(agent: Any, seen: Desk, explore: bool = True) -> Policy:
    secret = {"truth": backroom(seen.day)} if getattr(agent, "privileged", False) else {}
    policy = agent.act(seen, explore=explore, **secret)
    if wrong := wrong_policy(policy):
        raise ContractBroken(*wrong)
    return policy


def _live(agent: Any, days: range) -> list[Policy]:
    """Some days of acting and learning; pay hangs on what was decided."""
    told = []
    for day in days:
        seen = desk(day)
        policy = _act(agent, seen)
        pay = -policy.threshold.nan_to_num(1.0).mean() + 0.1 * math.sin(day)
        reported(agent.learn(Shift(seen, policy, pay, day == days[-1], desk(day + 1))))
        told.append(policy)
    return told


def same(a: Policy, b: Policy) -> bool:
    pairs = ((getattr(a, name), x) for name, x in vars(b).items())
    return all(torch.equal(x.nan_to_num(9.0), y.nan_to_num(9.0)) for x, y in pairs)


SEAT = Seat(
    live=_live, ask=lambda agent: _act(agent, desk(9), explore=False), same=same,
    decisions="policies", shown="desk", reset={},
)  # fmt: skip


def _catch(agent: Any, seed: int) -> None:
    """A privileged agent takes down videos that there are."""
    if not hasattr(agent, "catch"):
        return
    live, truth = SEAT.started(agent, seed), backroom(3)
    ids = live.catch(truth)
    if not isinstance(ids, Tensor) or not bool(torch.isin(ids, truth.video).all()):
        raise ContractBroken("catch names ids of truth.video", ids, "Return truth.video[some].")


RULES: tuple[Rule, ...] = (*SEAT.rules, _catch)
