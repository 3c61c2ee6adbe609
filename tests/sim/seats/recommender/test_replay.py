"""Seats in a world on record live as their viewers do in the world itself, bit for bit."""

import numpy as np
import pytest
import torch

from sim.presets.config import resolve
from sim.seats.clock import Clock, Task
from sim.seats.recommender.env import RecommenderEnv
from sim.seats.recommender.lives import Lives
from sim.seats.recommender.record import Record
from sim.seats.recommender.replay import Replay
from sim.seats.recommender.task import set_up
from sim.seats.resident import Resident
from sim.world.state import Slate

TINY = {"size.viewers": 60, "size.live": 400, "sessions.scale": 0.1}
OFTEN = TINY | {"reactions.share_by_ratio": [0.3] * 5, "reactions.follow_by_ratio": [0.2] * 5}
RESPONSE = ("seen", "watch", "flags", "left", "survey", "appeal", "satisfaction")


class Watched(Task):
    """Keeps what one viewer was shown and did."""

    def __init__(self, row):
        self.row, self.days = row, {}

    def page(self, clock, events):
        at = (events.request.row == self.row).nonzero().flatten().tolist()
        for i in at:
            what = {name: getattr(events.response, name)[i] for name in RESPONSE}
            self.days.setdefault(clock.day, []).append((events.ids[i], what))


# seats on record meet advertisements, but rest brands and grow no wearier of them
PAID = {"money": "on", "brands": "off", "ads.weary": 0.0}


@pytest.mark.parametrize(("row", "more"), [(3, {}), (17, {}), (3, PAID)])
def test_a_seat_that_shows_what_the_house_shows_sees_the_viewer_do_what_it_does(row, more):
    params, told = resolve("nano", settings=OFTEN | more), Watched(row)
    clock = Clock(params, Resident("house"), told)
    clock.start(5)
    for _ in range(6):
        clock.live()
    lives = Lives(Record(params, "house", 6, seed=5), torch.tensor([row]), torch.tensor([0]))
    pages = 0
    for day in range(6):
        assert int(lives.now.day) == day
        for ids, did in told.days.get(day, []):
            assert bool(lives.awake)
            shown, response = lives.watch(ids[None])
            assert torch.equal(shown[0], ids)
            for name in RESPONSE:
                assert torch.equal(getattr(response, name)[0], did[name]), name
            pages += 1
        assert not bool(lives.awake)
        if day < 5:
            lives.now = lives.night(lives.now)
    assert pages > 4


class Noted(Task):
    """Shows one viewer what a seat showed it, page by page."""

    def __init__(self, row, pages):
        self.row, self.pages = row, pages

    def slate(self, clock, own):
        chosen = self.pages.get((clock.day, clock.page))
        mine = clock.request.row == self.row
        if chosen is None or not bool(mine.any()):
            return None
        own |= mine
        return Slate(torch.where(mine[:, None], chosen, 0))


@pytest.mark.parametrize(
    "task",
    [
        {"settings": OFTEN},
        {"settings": TINY, "candidates": 12, "slots": 4},
        {"settings": TINY | PAID | {"ads.every": 3}},
    ],
)
def test_a_seat_on_record_sees_and_earns_what_the_same_seat_does_in_the_world(task):
    task = {"days": 5, "candidates": 30, "objective": "mix"} | task
    env, rng = RecommenderEnv(exact=True, **task), np.random.default_rng(0)
    seen, info = env.reset(seed=4)
    feed, pages, steps, over = env.seats, {}, [(seen, 0.0, False, False, info)], False
    actions = []
    while not over:
        k, slots = task["candidates"], env.action_space.shape[0]
        actions.append(rng.permutation(k)[:slots])
        pages[info["day"], info["page"]] = feed.choose(actions[-1])[0]
        steps.append(env.step(actions[-1]))
        info, over = steps[-1][4], steps[-1][2] or steps[-1][3]
    row = feed.row
    params, episode = set_up(**task)
    seats = Replay(params, episode, 1)
    seats.met, seats.record = (
        (4, 0),
        Record(params, "house", 5, seed=4, task=Noted(int(row), pages)),
    )
    seats._open(seats.record)
    seats.lives = Lives(seats.record, row, torch.zeros_like(row))
    seats._begin(torch.tensor([0]))
    own = RecommenderEnv(**task)
    own.seats, own._done = seats, False
    again = [(own._observe(), 0.0, False, False, own._info())]
    again += [own.step(action) for action in actions]
    assert len(steps) > 5
    for ours, theirs in zip(again, steps, strict=True):
        assert str(ours[1:]) == str(theirs[1:])
        for name, value in theirs[0].items():
            assert np.array_equal(ours[0][name], value), name
