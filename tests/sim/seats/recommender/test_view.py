"""What logs tell of an impression besides what came of it: when, from where, and after what."""

from dataclasses import replace

import pytest
import torch
from worlds import nano_rules, random_slate

from agents.recommender.popular import Popular
from sim.lab.run.arm import Arm, Habits
from sim.seats.recommender.view import log_of, observe, past
from sim.world import platform
from sim.world.rng import key
from sim.world.state import SOURCES


@pytest.fixture(scope="module")
def lived():
    """Three pages of a day: who asked, the observation, what was watched before, what came of it.
    Some were sent a video by a friend for the first."""
    rules, root = nano_rules("size.viewers=60", "size.history=8"), key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    sent = world.videos.id[platform.public(world, rules).eligible][0]
    inbox = world.memory.inbox.index_fill(0, torch.arange(0, 60, 2), int(sent))
    world = replace(world, memory=replace(world.memory, inbox=inbox))
    pages = []
    for page in range(3):
        request = platform.ask(world, rules)
        seen = observe(world, rules, request, 0, page, platform.public(world, rules))
        before = past(world, request)
        slate = random_slate(world, rules, request, key(5))
        world, events = platform.answer(world, rules, request, slate, root, donate=True)
        pages.append((seen, before, events))
    return world, rules, pages


def log(lived, *which):
    world, rules, pages = lived
    _, before, events = zip(*(pages[i] for i in which), strict=True)
    return log_of(list(events), world, platform.public(world, rules), list(before))


def test_a_log_tells_page_hour_and_source(lived):
    _, _, pages = lived
    told = log(lived, 0, 1, 2)
    n = [int(events.response.seen.sum()) for _, _, events in pages]
    assert len(told) == sum(n) > 100
    for page, some in enumerate(torch.arange(len(told)).split(n)):
        assert (told.page[some] == page).all()
    hour = {int(v): float(h) for v, h in zip(pages[0][0].viewer, pages[0][0].hour, strict=True)}
    assert told.hour.tolist() == [hour[int(v)] for v in told.viewer]
    events = pages[0][2]
    sent = (events.source == SOURCES.index("share")) & events.response.seen
    assert int(sent.sum()) > 3
    assert torch.equal(told.source[: n[0]], events.source[events.response.seen])
    assert (told.source[: n[0]] == SOURCES.index("share")).sum() == sent.sum()


@pytest.mark.parametrize("which", [(0,), (1,), (2,), (0, 1, 2), (1, 2)])
def test_a_log_tells_what_each_viewer_had_watched_when_the_page_was_asked_for(lived, which):
    told = log(lived, *which)
    for page in which:
        seen = lived[2][page][0]
        here = told.page == page
        at = torch.searchsorted(seen.viewer, told.viewer[here])
        assert torch.equal(seen.viewer[at], told.viewer[here])
        for name in ("history", "history_watch", "history_liked"):
            assert torch.equal(getattr(told, name)[here], getattr(seen, name)[at])


def test_what_was_watched_of_one_page_is_history_on_the_next(lived):
    one, two = log(lived, 0), log(lived, 1)
    for row in range(0, len(two), 7):
        mine = (one.viewer == two.viewer[row]).nonzero().squeeze(1)[-8:]
        assert len(mine) and two.history[row, -len(mine) :].tolist() == one.video[mine].tolist()
        watch = two.history_watch[row, -len(mine) :]
        assert torch.equal(watch, one.watch[mine])
        assert torch.equal(two.history_liked[row, -len(mine) :], one.did("like")[mine])


def test_visits_are_those_of_one_viewer_and_one_page(lived):
    told = log(lived, 0, 1, 2)
    pair = told.viewer * 10 + told.page
    assert len(pair.unique()) == len(told.visit.unique())
    assert all(len(pair[told.visit == v].unique()) == 1 for v in told.visit.unique()[::9])
    assert int(told.visit.max()) < len(told.visit_history)


@pytest.mark.parametrize("every", [1, 3])
def test_the_clock_hands_over_histories_as_they_were_seen(every):
    class Remembers(Popular):
        def reset(self, catalog, **how):
            super().reset(catalog, **how)
            self.seen, self.rows = {}, 0

        def act(self, observation, slots, **how):
            for i, viewer in enumerate(observation.viewer.tolist()):
                self.seen[viewer, observation.day, observation.page] = observation.history[i]
            return super().act(observation, slots, **how)

        def learn(self, log):
            times = zip(log.viewer.tolist(), log.day.tolist(), log.page.tolist(), strict=True)
            for row, when in enumerate(times):
                assert torch.equal(log.history[row], self.seen[when])
            self.rows += len(log)
            return {}

    params = nano_rules("size.viewers=30", "size.pages=6").params
    some = Arm(Remembers, params, 0, habits=Habits(learn_every=every))
    list(some.run(2))
    assert some.agent.rows > 300
