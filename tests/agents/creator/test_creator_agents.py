"""Agents of the creator's seat: each keeps the contract, and does what it says."""

from dataclasses import replace

import pytest
import torch

from agents.check import ContractBroken, check_agent
from agents.creator.bandit import Bandit
from agents.creator.base import CreatorAgent
from agents.creator.imitator import Imitator
from agents.creator.planner import Planner
from agents.creator_rules import SEATS, TOPICS, backstage, board
from agents.registry import names
from sim.world.state import CHOICES, LEVERS, Choice, Lived


@pytest.mark.parametrize("name", names("creator"))
def test_every_agent_keeps_the_contract(name):
    check_agent(name, seat="creator")


class Wild(CreatorAgent):
    def act(self, seen, *, explore=True, **truth):
        return Choice.habit(SEATS, honesty=torch.full((SEATS,), 1.5))


class Restless(CreatorAgent):
    def act(self, seen, *, explore=True, **truth):
        self.days = self.days + 1
        return Choice.habit(SEATS)


class Global(CreatorAgent):
    def act(self, seen, *, explore=True, **truth):
        return Choice.habit(SEATS, hour=torch.rand(SEATS))


class Crowd(CreatorAgent):
    """Draws by place."""

    def act(self, seen, *, explore=True, **truth):
        place = torch.arange(len(seen.creator)) + len(seen.creator)
        return Choice.habit(len(place), hour=self.key.fold(seen.day).uniform(place))


class Forgetful(CreatorAgent):
    def reset(self, **how):
        super().reset(**how)
        self.paid = torch.zeros(SEATS)

    def learn(self, lived):
        self.paid = self.paid + lived.reward
        return {}

    def act(self, seen, *, explore=True, **truth):
        n = len(seen.creator)
        return Choice.habit(n, replies=self.paid[:n].abs())


@pytest.mark.parametrize(
    ("agent", "says"),
    [
        (Wild, r"honesty lies in 0..1, or is NaN, as by habit; got tensor\(\[1.5"),
        (Restless, "explore=False changes no state"),
        (Global, "the same seed gives the same choices|torch's global state"),
        (Crowd, "who else is seated changes no choice"),
        (Forgetful, r"N \+ N days equal 2N"),
    ],
)
def test_each_way_of_breaking_the_contract_is_named(agent, says):
    with pytest.raises(ContractBroken, match=says):
        check_agent(agent, seat="creator")


def started(agent):
    agent.reset(seats=SEATS, seed=0, device=torch.device("cpu"))
    return agent


def test_the_bandit_comes_to_the_level_that_pays():
    """Three posts a day pay, honest ones twice as much."""
    agent = started(Bandit())
    for day in range(120):
        choice = agent.act(board(day))
        pay = (choice.count == 3).float() * (1 + (choice.honesty == 1).float())
        over = torch.zeros(SEATS, dtype=torch.bool)
        agent.learn(Lived(board(day), choice, pay, over, board(day + 1)))
    last = agent.act(board(130), explore=False)
    assert last.count.tolist() == [3] * SEATS and last.honesty.tolist() == [1.0] * SEATS
    agent.on_seats(torch.tensor([0]))
    assert not float(agent.total["count"][0].abs().sum()) and float(agent.total["count"][1].sum())


def test_the_imitator_copies_the_only_hit():
    seen = board(3)
    views = torch.zeros_like(seen.hot_views)
    views[4] = 50
    choice = started(Imitator()).act(replace(seen, hot_views=views))
    assert choice.topic.tolist() == [int(seen.hot_topic[4])] * SEATS
    assert choice.duration.tolist() == [float(seen.hot_duration[4])] * SEATS


def test_the_planner_takes_the_topic_that_is_wanted_and_scarce_and_keeps_to_it():
    truth, agent = backstage(0), started(Planner())
    wants = torch.zeros_like(truth.wants)
    wants[:3, 2] = 4.0  # a few love it
    supply = torch.full((TOPICS,), 0.19)
    supply[2] = 0.05
    choice = agent.act(board(1), truth=replace(truth, wants=wants, supply=supply))
    assert choice.topic.tolist() == [2] * SEATS
    assert torch.equal(agent.act(board(2), truth=backstage(9)).topic, choice.topic)


def test_a_random_choice_uses_every_level():
    from agents.creator.random import Random

    agent = started(Random())
    told = {name: set() for name in LEVERS if name != "topic"}
    for day in range(60):
        choice = agent.act(board(day))
        for name in told:
            told[name] |= set(getattr(choice, name).tolist())
    assert {name: len(levels) for name, levels in told.items()} == {
        name: len(LEVERS[name]) for name in told
    }
    assert set(told) < set(CHOICES)
