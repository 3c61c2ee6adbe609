"""The rules that a moderator's agent keeps, tried on made-up desks."""

import copy
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

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


def _started(agent: Any, seed: int) -> Any:
    fresh = copy.deepcopy(agent)
    fresh.reset(seed=seed, device=torch.device("cpu"))
    return fresh


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
        _reported(agent.learn(Shift(seen, policy, pay, day == days[-1], desk(day + 1))))
        told.append(policy)
    return told


def _reported(report: Any) -> None:
    if not isinstance(report, Mapping):
        cure = "Return {} where there is nothing to report."
        raise ContractBroken("learn returns figures by name", type(report).__name__, cure)
    for name, value in report.items():
        if not math.isfinite(float(value)):
            cure = "Look for a division by 0, or a logarithm of 0."
            raise ContractBroken(f"what learn reports is finite, {name} too", float(value), cure)


def same(a: Policy, b: Policy) -> bool:
    pairs = ((getattr(a, name), x) for name, x in vars(b).items())
    return all(torch.equal(x.nan_to_num(9.0), y.nan_to_num(9.0)) for x, y in pairs)


def _days(agent: Any, seed: int) -> None:
    _live(_started(agent, seed), range(8))


def _repeats(agent: Any, seed: int) -> None:
    first = _live(_started(agent, seed), range(6))
    with torch.random.fork_rng(devices=[]):
        torch.nn.Linear(3, 3)  # whoever draws from torch's own state finds another one
        second = _live(_started(agent, seed), range(6))
    if not all(map(same, first, second)):
        cure = "Draw from the seed given to reset, and forget everything in reset."
        raise ContractBroken("the same seed gives the same policies", "policies that differ", cure)


def _evaluation(agent: Any, seed: int) -> None:
    """explore=False is greedy and leaves no trace."""
    live = _started(agent, seed)
    _live(live, range(4))
    before = _bytes(live)
    one, two = (_act(live, desk(9), explore=False) for _ in range(2))
    if not same(one, two):
        cure = "Where explore is False take the best, or draw by the desk's day alone."
        raise ContractBroken("explore=False gives one answer", "two that differ", cure)
    if before != _bytes(live):
        cure = "Change counters and statistics only where explore is True."
        raise ContractBroken("explore=False changes no state", "a changed state_dict", cure)


def _resume(agent: Any, seed: int) -> None:
    live = _started(agent, seed)
    _live(live, range(4))
    try:
        state = torch.load(io.BytesIO(_bytes(live)), weights_only=True)
    except Exception as error:
        cure = "Keep tensors, numbers, strings, and dicts or lists of these."
        raise ContractBroken("state_dict loads with weights_only=True", error, cure) from error
    twin = _started(agent, seed)
    twin.load_state_dict(state)
    if not all(map(same, _live(live, range(4, 8)), _live(twin, range(4, 8)))):
        cure = "Save counters and statistics too, and clone what you load."
        rule = "N + N days equal 2N: a loaded agent goes on as the saved one"
        raise ContractBroken(rule, "policies that differ", cure)


def _catch(agent: Any, seed: int) -> None:
    """A privileged agent takes down videos that there are."""
    if not hasattr(agent, "catch"):
        return
    live, truth = _started(agent, seed), backroom(3)
    ids = live.catch(truth)
    if not isinstance(ids, Tensor) or not bool(torch.isin(ids, truth.video).all()):
        raise ContractBroken("catch names ids of truth.video", ids, "Return truth.video[some].")


def _bytes(agent: Any) -> bytes:
    file = io.BytesIO()
    torch.save(agent.state_dict(), file)
    return file.getvalue()


RULES: tuple[Callable[[Any, int], None], ...] = (_days, _repeats, _evaluation, _resume, _catch)
