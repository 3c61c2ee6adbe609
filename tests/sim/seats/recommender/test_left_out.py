"""What a world on record leaves out: the same seats and policy in it and in the world that answers.

As the figures of docs/interface.md, "What the record leaves out", were measured.
"""

import numpy as np
import pytest
import torch

from sim.seats.recommender.features import FIXED, VIDEO
from sim.seats.recommender.feed import Feed
from sim.seats.recommender.lives import Lives
from sim.seats.recommender.record import Record
from sim.seats.recommender.replay import Replay
from sim.seats.recommender.task import set_up

VIEWS, FOLLOWERS = FIXED + 1, FIXED + 2  # columns, ln(1 + n)
SMALL = np.log1p(9.5)  # ten followers and more are no small creator's


class Chosen(Feed):
    """Seats for viewers of choice."""

    def fill(self, which, rng):
        self.row[:], self.held[:] = self.wanted, True
        self.viewer[:] = self.world.viewers.id[self.row]
        every = torch.arange(self.seats)
        self.tallies.clear(every)
        self._count(every)
        self._look()


def answering(seed, rows, task):
    seats = Chosen(*set_up(exact=True, **task), len(rows))
    seats.wanted = rows
    seats.start(seed, np.random.default_rng(0))
    return seats


def recorded(seed, rows, task):
    """The lives that these viewers lead in the world itself."""
    params, episode = set_up(**task)
    seats = Replay(params, episode, len(rows))
    seats.record = Record(params, "house", episode.days, seed=seed)
    seats._open(seats.record)
    seats.lives = Lives(seats.record, rows, torch.zeros_like(rows))
    seats._begin(torch.arange(len(rows)))
    return seats


def most_viewed(seats, table, mask):
    return table[..., VIEWS].masked_fill(~mask, -1)


def at_random(seats, table, mask):
    """The same draw for a viewer's page in either world."""
    when = torch.stack([seats.viewer, seats.day, seats.pages], 1).tolist()
    luck = [np.random.default_rng(name).random(table.shape[1]) for name in when]
    return torch.from_numpy(np.stack(luck)).masked_fill(~mask, -1)


def play(seats, policy):
    """Minutes a day, return rate, and the share of what was shown that was small creators'."""
    shown = small = 0
    while bool((seats.held & ~seats.over).any()):
        seen, awake = seats.observe(), seats.awake
        table, mask = seen["candidates"].unflatten(1, (-1, VIDEO)), seen["candidate_mask"] > 0
        place = policy(seats, table, mask).topk(seats.rules.params.size.slots, dim=1).indices
        told = table[..., FOLLOWERS].gather(1, place)[awake]
        shown, small = shown + told.numel(), small + int((told < SMALL).sum())
        seats.serve(seats.choose(place.numpy(), seats.seats))
        seats.run_on()
    measures = seats.tallies.measures()
    mean = {name: float(measures[name].nanmean()) for name in ("watch_minutes", "return_rate")}
    return mean | {"small": small / shown}


def compare(seed, seats, policy, **task):
    """(in the world that answers, on record), for some viewers who come on the first day."""
    task = {"world": "nano", "days": 14} | task
    first = Record(set_up(**task)[0], "house", 1, seed=seed)
    first.reach(0)
    came = np.flatnonzero(first.dawn[1].present.numpy())
    rows = torch.from_numpy(np.sort(np.random.default_rng(seed).permutation(came)[:seats]))
    return [play(make(seed, rows, task), policy) for make in (answering, recorded)]


def test_on_the_first_page_nothing_is_left_out():
    """Nobody has moved anybody yet, however many sit."""
    task = {"world": "nano", "days": 1}
    rows = torch.arange(60)
    pages = []
    for make in (answering, recorded):
        seats = make(0, rows, task)
        pages.append((seats.observe(), seats.offered, seats.awake))
    assert pages[0][2].sum() > 10
    torch.testing.assert_close(pages[0], pages[1], rtol=0, atol=0)


@pytest.mark.slow
@pytest.mark.parametrize("policy", [most_viewed, at_random], ids=lambda f: f.__name__)
def test_what_is_left_out_is_small_even_where_a_fifth_of_the_viewers_sit(policy):
    pairs = [compare(seed, 60, policy) for seed in (0, 1, 2, 3)]
    # the means measured, and three standard errors of four seeds
    for name, most in (("watch_minutes", 0.18), ("return_rate", 0.015), ("small", 0.1)):
        gap = np.mean([record[name] - world[name] for world, record in pairs])
        assert abs(gap) < most, name
