"""What the platform refuses, the check of an agent refuses, and nothing else: one rule for both."""

import pytest
import torch

from agents.base import ScoreAgent
from agents.slate_rules import ContractBroken, check_ids, check_logp
from agents.stage import Stage
from sim.seats.recommender.slate_check import BadSlate, check_slate
from sim.world.state import Slate

SLOTS = 5


class Newest(ScoreAgent):
    def score(self, observation, ids):
        return -observation.catalog.age[(ids - 1) % self.capacity].float()


@pytest.fixture
def page():
    """A second page, and a good slate for it."""
    stage, agent = Stage(viewers=12, capacity=90), Newest()
    agent.reset(stage.catalog, viewers=12, seed=0, device=torch.device("cpu"))
    first = agent.act(stage.observe(), SLOTS)
    stage.watch(stage.observe(), first)
    seen = stage.observe()
    slate = agent.act(seen, SLOTS)
    return seen, Slate(slate.ids, torch.full(slate.ids.shape, -0.5)), first


def with_id(at, value):
    def change(slate, seen, first):
        ids = slate.ids.clone()
        ids[3, at] = value(ids, seen, first) if callable(value) else value
        return Slate(ids, slate.logp)

    return change


def with_chance(value, all_of_them=False):
    def change(slate, seen, first):
        logp = slate.logp.clone()
        logp[slice(None) if all_of_them else 2, slice(None) if all_of_them else 1] = value
        return Slate(slate.ids, logp)

    return change


BAD = {
    "double": with_id(2, lambda ids, seen, first: ids[3, 0]),
    "never was": with_id(1, 10**9),
    "negative": with_id(1, -4),
    "not eligible": with_id(1, lambda ids, seen, first: seen.catalog.id[~seen.catalog.eligible][0]),
    "shown before": with_id(4, lambda ids, seen, first: first.ids[3, 0]),
    "gap": with_id(0, 0),
    "cast": lambda slate, seen, first: Slate(slate.ids.int(), slate.logp),
    "short": lambda slate, seen, first: Slate(slate.ids[:, 1:], slate.logp[:, 1:]),
    "no slate": lambda slate, seen, first: slate.ids,
    "probability": with_chance(0.5),
    "impossible": with_chance(-torch.inf),
    "partly unknown": with_chance(torch.nan),
}
GOOD = {
    "as it is": lambda slate, seen, first: slate,
    "empty end": with_id(4, 0),
    "unknown": with_chance(torch.nan, True),
    "no chances": lambda slate, seen, first: Slate(slate.ids),
    "rounded": with_chance(5e-5),
}


def checked(slate, seen):
    check_ids(slate, seen, SLOTS)
    check_logp(slate)


@pytest.mark.parametrize("name", BAD)
def test_both_refuse(page, name):
    seen, slate, first = page
    if name == "not eligible" and bool(seen.catalog.eligible.all()):
        seen.catalog.eligible[5] = False
    bad = BAD[name](slate, seen, first)
    with pytest.raises(BadSlate):
        check_slate(bad, seen, SLOTS, "mine", 0)
    with pytest.raises(ContractBroken):
        checked(bad, seen)


@pytest.mark.parametrize("name", GOOD)
def test_both_accept(page, name):
    seen, slate, first = page
    good = GOOD[name](slate, seen, first)
    check_slate(good, seen, SLOTS, "mine", 0)
    checked(good, seen)
