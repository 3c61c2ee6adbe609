"""An agent behind glass: it can spoil nothing, and what is no answer is told with its name."""

import re

import numpy as np
import pytest
import torch
from vandals import WAYS, Steady, tensors, vandal
from vandals import at_work as arm
from worlds import copy_of, differences, live_through, nano_rules

from agents.recommender.mf import MF
from sim.lab.run.arm import AgentFailed, Arm
from sim.presets.config import resolve
from sim.seats.guard import Guard
from sim.seats.recommender.view import log_of, observe
from sim.world import platform
from sim.world.state import lent

DAYS = 3
TINY = {"size.viewers": 60, "viewers.arrivals": 0.05}
NAN, INF = float("nan"), float("inf")


def told(some: Arm):
    """All that came of some days."""
    days = list(some.run(DAYS))
    shown = torch.cat([e.ids for day in days for e in day.events])
    return shown, [day.measures for day in days]


@pytest.mark.parametrize("way", WAYS, ids=lambda w: w.__name__)
@pytest.mark.parametrize("every", [1, 3])
def test_whatever_an_agent_writes_changes_nothing(way, every):
    ids, measures = told(arm(Steady, learn_every=every))
    other, others = told(arm(vandal(Steady, way), learn_every=every))
    assert torch.equal(ids, other) and len(ids) > 200
    assert repr(measures) == repr(others)


def test_what_an_agent_writes_does_not_come_back_to_it_on_the_next_page():
    """One that learns from all it is handed would learn otherwise."""
    ids, _ = told(arm(MF))
    other, _ = told(arm(vandal(MF, WAYS[2])))
    assert torch.equal(ids, other)


def test_a_copy_is_a_copy_of_every_field_and_of_nothing_that_is_not_looked_at():
    rules = nano_rules()
    world, _ = live_through(rules, days=1, pages=1)
    listing = platform.public(world, rules)
    copy = lent(lent(listing))
    assert "feature" not in vars(copy)
    assert differences(copy, listing) == []
    for one, other in zip(tensors(copy), tensors(listing), strict=True):
        assert one.data_ptr() != other.data_ptr()


def test_messages_hold_none_of_the_worlds_own_tensors():
    rules = nano_rules()
    world, events = live_through(rules, days=2, pages=2)
    before, listing = copy_of(world), platform.public(world, rules)
    kept, request = copy_of(listing), platform.ask(world, rules)
    asked = copy_of(request)
    seen = observe(world, rules, request, 1, 2, listing, torch.ones(len(request.row), 3).long())
    for message in (seen, log_of(events, world, listing), log_of(events[-1:], world, listing)):
        for way in WAYS:
            for x in tensors(message):
                way(x)
    assert differences(world, before) == differences(listing, kept) == []
    assert differences(request, asked) == []


class Meddles(Steady):
    """Writes what was shown behind the back of the object that answers for it."""

    def act(self, observation, slots, **how):
        slate = super().act(observation, slots, **how)
        if observation.day == 1:
            observation.shown._cells[0] = 7
        return slate


def test_who_writes_in_the_private_memory_of_what_was_shown_is_named():
    with pytest.raises(AgentFailed, match=r"'Meddles', day 1: act wrote into observation\.shown"):
        told(arm(Meddles))


def raises(kind, *words):
    with pytest.raises(AgentFailed, match=".*".join(map(re.escape, words))):
        told(arm(kind))


@pytest.mark.parametrize("odd", [NAN, INF])
@pytest.mark.parametrize("where", ["score", "coarse"])
def test_an_odd_score_names_agent_day_and_verb(odd, where):
    def score(self, observation, ids):
        fine = Steady.score(self, observation, ids)
        return fine.masked_fill(ids % 5 == 0, odd) if observation.day == 1 else fine

    kind = type("Odd", (Steady,), {"coarse": Steady.score, where: score})
    raises(kind, "'Odd', day 1: act raised ValueError", f"got {odd} for viewer ")


def test_minus_infinity_is_a_mask():
    class Masks(Steady):
        def score(self, observation, ids):
            return super().score(observation, ids).masked_fill(ids % 2 == 0, -INF)

    ids, _ = told(arm(Masks))
    assert len(ids) > 200


@pytest.mark.parametrize(
    "report, words",
    [
        ({"loss": NAN}, "reported loss = nan"),
        ({"loss": -INF}, "reported loss = -inf"),
        ({"rows": 3, "loss": torch.tensor([INF])}, "reported loss = inf"),
        ({"loss": torch.ones(2)}, "reported loss as Tensor"),
        ({"loss": "0.3"}, "reported loss as str"),
        ({"loss": None}, "reported loss as NoneType"),
        ({"loss": 1j}, "reported loss as complex"),
        ({"loss": 10**400}, "reported loss as int"),
        (None, "returned NoneType, not figures by name"),
        ([("loss", 0.3)], "returned list, not figures by name"),
    ],
)
def test_a_report_that_is_no_figure_names_agent_day_and_verb(report, words):
    class Reports(Steady):
        def learn(self, log):
            return report if int(log.day[0]) == 1 else {"loss": 0.5}

    raises(Reports, "'Reports', day 1: learn ", words)


def test_figures_of_any_kind_are_averaged_over_the_day():
    guard = Guard(Steady())
    figures = [1, 2.0, True, np.float32(4), torch.tensor(5.0, requires_grad=True), np.array([5])]
    reports = [guard._figure("x", value, 0) for value in figures]
    assert guard.means([{"x": value} for value in reports], 0) == {"x": 3.0}
    assert guard.means([{"x": 1e308}, {"x": 1e308}, {}], 0) == {"x": 1e308}


def test_a_figure_is_read_when_it_is_reported():
    class Running(Steady):
        """Reports the very tensor that it goes on writing."""

        def reset(self, catalog, **how):
            super().reset(catalog, **how)
            self.total = torch.zeros(())

        def learn(self, log):
            self.total += 1
            return {"logs": self.total}

    day = arm(Running).step()
    assert day.learned == {"logs": (1 + len(day.events)) / 2}


def test_propensities_that_carry_a_gradient_are_taken_without_it():
    class Graph(Steady):
        def act(self, observation, slots, **how):
            slate = super().act(observation, slots, **how)
            return type(slate)(slate.ids, slate.logp.double().requires_grad_())

    event = arm(Graph).step().events[0]
    assert event.logp.dtype == torch.float32 and not event.logp.requires_grad


def test_agents_are_told_which_rows_have_a_new_viewer():
    class Hears(Steady):
        def reset(self, catalog, *, viewers, **how):
            super().reset(catalog, viewers=viewers, **how)
            self.ids, self.new = torch.arange(1, viewers + 1), 0

        def on_viewers(self, reborn):
            self.ids[reborn] += len(self.ids)
            self.new += len(reborn)

        def act(self, observation, slots, **how):
            assert torch.equal(self.ids[observation.row], observation.viewer)
            return super().act(observation, slots, **how)

    leaving = {"sessions.quit_base": 0.1, "size.spare": 0.05, "viewers.arrivals": 0.2}
    params = resolve("nano", settings={"size.viewers": 60, **leaving})
    some = Arm(Hears, params, 0)
    list(some.run(8))
    assert torch.equal(some.agent.ids, some.world.viewers.id) and some.agent.new > 5
