"""The rules that a creator's agent keeps, tried on made-up dashboards."""

import copy
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from agents.seat_rules import Rule, Seat, reported
from agents.slate_rules import ContractBroken
from sim.world.rng import key
from sim.world.state import (
    AUDIENCE,
    CHOICES,
    FLOWS,
    HOT,
    POINTS,
    SOURCES,
    STREAMS,
    VIDEO_FLOWS,
    WEEK,
    Backstage,
    Choice,
    Dashboard,
    Lived,
    take,
    wrong_choice,
)

SEATS, TOPICS, RECENT, VIEWERS = 5, 6, 4, 30


def board(day: int, fresh: bool = False) -> Dashboard:
    """Figures drawn at random; with `fresh` those of accounts that have none yet."""
    draw, seat = key(day).fold(3), torch.arange(1, SEATS + 1)

    def real(stream: int, *columns: int) -> Tensor:
        x = draw.fold(stream).uniform(seat, *columns)
        return torch.zeros_like(x) if fresh else 40 * x

    def whole(stream: int, below: int, *columns: int) -> Tensor:
        return draw.fold(stream).integer(seat, below, *columns)

    places = torch.arange(1, HOT + 1)
    return Dashboard(
        day=day, creator=seat, seated=torch.full_like(seat, day), main=whole(0, TOPICS),
        second=whole(1, TOPICS), followers=whole(2, 1 if fresh else 50),
        flows=real(3, WEEK, len(FLOWS)), sources=real(4, len(SOURCES)),
        groups=real(5, AUDIENCE), income=real(6, len(STREAMS)), spent=real(7), unanswered=real(8),
        video=whole(9, 1 if fresh else 999, RECENT), video_age=whole(10, 7, RECENT),
        video_topic=whole(11, TOPICS, RECENT), video_duration=1 + real(12, RECENT),
        video_format=whole(16, 4, RECENT),
        video_flows=real(13, RECENT, len(VIDEO_FLOWS)), retention=real(14, RECENT, POINTS) / 40,
        cash=real(15), energy=real(16) / 40, hours=real(17) / 4,
        trends=torch.zeros(TOPICS) if fresh else draw.fold(22).uniform(torch.arange(TOPICS)),
        hot_topic=draw.fold(19).integer(places, TOPICS), hot_duration=places.float() * 9,
        hot_format=places % 4,
        hot_views=torch.zeros_like(places) if fresh else draw.fold(20).integer(places, 500),
    )  # fmt: skip


def backstage(day: int) -> Backstage:
    draw = key(day).fold(4)
    wants = draw.fold(0).normal(torch.arange(VIEWERS), TOPICS)
    supply = torch.full((TOPICS,), 1 / TOPICS)
    skill = draw.fold(1).normal(torch.arange(SEATS))
    return Backstage(
        wants, supply, skill, budget=skill.exp() * 2, hours=torch.tensor([4.0, 3.0, 2.0, 1.0]),
        quality=torch.tensor([1.0, 0.9, 0.7, 0.6]), hook=torch.tensor([0.6, 0.7, 0.8, 1.0]),
        bend=torch.tensor(3.0), wear=torch.tensor(0.5), tired=torch.tensor(1.0),
        appeals=torch.tensor([0.48, 0.36, 0.9, 0.7]),
    )  # fmt: skip


def _act(agent: Any, seen: Dashboard, explore: bool = True) -> Choice:
    secret = {"truth": backstage(seen.day)} if getattr(agent, "privileged", False) else {}
    choice = agent.act(seen, explore=explore, **secret)
    wrong = wrong_choice(choice, SEATS, TOPICS)
    if wrong:
        raise ContractBroken(*wrong)
    return choice


def _live(agent: Any, days: range) -> list[Choice]:
    """Some days of acting and learning; pay hangs on what was chosen."""
    told = []
    for day in days:
        seen, after = board(day, fresh=day == 0), board(day + 1)
        choice = _act(agent, seen)
        pay = choice.count.float() - 0.1 * choice.effort_hook.nan_to_num(0.5) + 0.01 * seen.hours
        over = torch.arange(SEATS) == day
        report = agent.learn(Lived(seen, choice, pay, over, after))
        reported(report)
        if hasattr(agent, "on_seats"):
            agent.on_seats(over.nonzero().squeeze(1))
        told.append(choice)
    return told


def same(a: Choice, b: Choice) -> bool:
    """Habit equals habit."""
    pairs = ((getattr(a, name), getattr(b, name)) for name in CHOICES)
    return all(torch.equal(x.nan_to_num(-9.0), y.nan_to_num(-9.0)) for x, y in pairs)


SEAT = Seat(
    live=_live, ask=lambda agent: _act(agent, board(9), explore=False), same=same,
    decisions="choices", shown="dashboard", reset={"seats": SEATS},
)  # fmt: skip


def _alone(agent: Any, seed: int) -> None:
    """Who else is seated changes nobody's choice, before anything is learned."""
    whole, some = SEAT.started(agent, seed), copy.deepcopy(agent)
    some.reset(seats=2, seed=seed, device=torch.device("cpu"))
    seen, truth, told = board(3), backstage(3), getattr(agent, "privileged", False)
    own = replace(truth, skill=truth.skill[:2], budget=truth.budget[:2])
    one = whole.act(seen, **({"truth": truth} if told else {}))
    two = some.act(_few(seen, 2), **({"truth": own} if told else {}))
    if not same(take(one, slice(0, 2)), two):
        cure = "Key each account's draw by seen.creator, not by its place."
        raise ContractBroken("who else is seated changes no choice", "choices that differ", cure)


def _few(seen: Dashboard, n: int) -> Dashboard:
    shared = ("day", "trends", "hot_topic", "hot_format", "hot_duration", "hot_views")
    rows = {k: v if k in shared else v[:n] for k, v in vars(seen).items()}
    return Dashboard(**rows)


RULES: tuple[Rule, ...] = (*SEAT.rules, _alone)
