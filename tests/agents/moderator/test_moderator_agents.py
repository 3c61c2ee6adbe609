"""Agents of the moderator's seat: each keeps the contract, and does what it says."""

from dataclasses import replace

import pytest
import torch

from agents.check import ContractBroken, check_agent
from agents.moderator.bandit import ARMS, Bandit
from agents.moderator.base import ModeratorAgent
from agents.moderator.cost_sensitive import CostSensitive, lowest
from agents.moderator.oracle import Oracle
from agents.moderator_rules import backroom, desk, usual
from agents.registry import create, names
from sim.world.state import ACTIONS, BINS, EDGES, HARMS, Shift, policy_with

REMOVE = ACTIONS.index("remove")


@pytest.mark.parametrize("name", names("moderator"))
def test_every_agent_keeps_the_contract(name):
    check_agent(name, seat="moderator")


class Wild(ModeratorAgent):
    def act(self, seen, *, explore=True, **truth):
        return replace(seen.usual, threshold=seen.usual.threshold + 0.5)


class Restless(ModeratorAgent):
    def act(self, seen, *, explore=True, **truth):
        self.days = self.days + 1
        return seen.usual


class Global(ModeratorAgent):
    def act(self, seen, *, explore=True, **truth):
        return policy_with(seen.usual, sweep=torch.rand(()))


class Forgetful(ModeratorAgent):
    def reset(self, **how):
        super().reset(**how)
        self.paid = torch.zeros(())

    def learn(self, shift):
        self.paid = self.paid + shift.reward.abs()
        return {}

    def act(self, seen, *, explore=True, **truth):
        return policy_with(seen.usual, hours=self.paid.clamp(max=100))


class Nameless(ModeratorAgent):
    def act(self, seen, *, explore=True, **truth):
        return "strict"


class Inventive(ModeratorAgent):
    privileged = True

    def catch(self, truth):
        return truth.video[:1] + 10_000


@pytest.mark.parametrize(
    ("agent", "says"),
    [
        (Wild, r"threshold lies in 0\.\.1"), (Restless, "changes no state"),
        (Global, "the same seed"), (Forgetful, "N \\+ N days"),
        (Nameless, "act returns a Policy"), (Inventive, "catch names ids"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_told(agent, says):
    with pytest.raises(ContractBroken, match=says):
        check_agent(agent, seat="moderator")


def started(kind, **settings):
    agent = create(kind, "moderator")
    for name, value in settings.items():
        setattr(agent, name, value)
    agent.reset(seed=0, device=torch.device("cpu"))
    return agent


def test_nothing_does_nothing_and_everything_takes_all_down():
    nothing, everything = started("nothing").act(desk(3)), started("everything").act(desk(3))
    assert bool((nothing.threshold == 1).all()) and float(nothing.hours) == 0
    assert bool((everything.threshold[:, REMOVE] == 0).all())


def test_a_threshold_is_the_same_for_every_kind_and_day():
    agent = started("threshold", score=0.7)
    for day in (0, 5):
        policy = agent.act(desk(day))
        assert torch.allclose(policy.threshold[:, REMOVE], torch.tensor(0.7))
        assert float(policy.hours) == float(usual().hours)


def found(share, bins=slice(None), many=1000.0):
    """A desk on which people looked at many of every bin and found this share in some."""
    graded = torch.zeros(len(HARMS), BINS, 2)
    graded[..., 0] = many
    graded[:, bins, 1] = share * many
    return replace(desk(3), graded=graded)


def test_a_cost_sensitive_policy_draws_the_line_where_people_find_enough():
    """At equal costs: a bin where six of ten are violations is worth it, one of four is not."""
    agent = started(CostSensitive, wrong=1.0)
    policy = agent.act(found(0.6, slice(5, None)))
    assert torch.allclose(policy.threshold[:, REMOVE], torch.tensor(EDGES[4]))
    policy = agent.act(found(0.4, slice(5, None)))
    assert bool((policy.threshold[:, REMOVE] == 1).all())


def test_it_is_the_stricter_the_less_a_wrong_removal_costs():
    seen = found(0.3, slice(3, None))
    lax, strict = (started(CostSensitive, wrong=w).act(seen) for w in (4.0, 0.2))
    assert bool((strict.threshold[:, REMOVE] < lax.threshold[:, REMOVE]).all())


def test_before_anybody_looked_the_score_is_believed():
    policy = started(CostSensitive, wrong=1.0).act(found(0.0, many=0.0))
    assert torch.allclose(policy.threshold[:, REMOVE], torch.tensor(EDGES[3]))


def test_the_lowest_threshold_is_that_above_which_every_bin_is_fit():
    fit = torch.zeros(len(HARMS), BINS, dtype=torch.bool)
    fit[0] = True
    fit[1, -1] = True
    fit[2, 0] = True  # below a bin that is not: never
    told = [round(x, 6) for x in lowest(fit).tolist()]
    assert told == [0.0, EDGES[-1], 1.0, 1.0, 1.0]


def test_a_bandit_comes_to_play_the_arm_that_pays():
    agent = started(Bandit, hold=1)
    for day in range(300):
        policy = agent.act(desk(day))
        strict = float(policy.threshold[0, REMOVE])
        pay = -abs(torch.tensor(strict) - EDGES[2])  # best at the third edge
        agent.learn(Shift(desk(day), policy, pay, False, desk(day + 1)))
    best = agent.act(desk(0), explore=False)
    assert float(best.threshold[0, REMOVE]) == pytest.approx(EDGES[2])
    assert agent.count.shape == (ARMS,)


def test_the_oracle_takes_down_violations_alone():
    truth = backroom(4)
    caught = set(started(Oracle).catch(truth).tolist())
    assert caught == set(truth.video[truth.harm > 0].tolist()) and caught
    with pytest.raises(ValueError, match="privileged"):
        started(Oracle).act(desk(0))
