import numpy as np
import pytest
import torch
from scipy import stats
from worlds import authors, blank_memory, nano, stock

from sim.world import catalog
from sim.world.rng import key
from sim.world.state import row_of

LIFE = nano().catalog
RING = 300_000  # beyond the exact memory's size


def day(n):
    return torch.tensor(n)


def test_a_video_may_be_shown_during_its_life_and_never_removed():
    uploaded = torch.tensor([1, 0, -6, -7, 0, 0])
    removed = torch.tensor([False] * 4 + [True, False])
    name = torch.tensor([1, 2, 3, 4, 5, 0])  # the last row was never used
    videos = stock(6, uploaded=uploaded, removed=removed, id=name)
    assert LIFE.life == 7
    live = catalog.eligible(videos, day(0), LIFE)
    assert live.tolist() == [False, True, True, False, False, False]
    some = torch.tensor([2, 0])
    assert catalog.eligible(videos, day(0), LIFE, some).tolist() == [True, False]


def test_the_public_face_tells_followers_and_age():
    creators = authors(3, followers=torch.tensor([10, 20, 30]))
    videos = stock(2, creator=torch.tensor([3, 1]), uploaded=torch.tensor([-2, 0]))
    face = catalog.public(videos, creators, day(1), LIFE)
    assert face.followers.tolist() == [30, 10] and face.age.tolist() == [3, 1]
    assert face.capacity == 2


def remembered(memory, rows, ids, seen=None, on=0, capacity=10):
    ids = torch.tensor(ids)
    seen = ids > 0 if seen is None else torch.tensor(seen)
    stamp(memory, torch.tensor(rows), ids, seen, on, capacity)


def stamp(memory, rows, ids, seen, on, capacity):
    row = row_of(ids, capacity).clamp(min=0)
    cells = catalog.cells_of(ids, row, memory.shown.shape[1], capacity)
    catalog.remember(memory, rows, cells, seen, day(on))


def known(memory, row, ids, uploaded=0, on=0, capacity=10):
    days = torch.full((capacity,), uploaded)
    ids, viewer = torch.tensor([ids]), torch.tensor([row])
    return catalog.was_shown(memory.shown, viewer, ids, days, day(on))[0].tolist()


def test_exact_memory_knows_what_was_seen_and_nothing_else():
    memory = blank_memory(3, 10)
    remembered(memory, [0, 2], [[1, 5, 10], [2, 0, 0]])
    every = list(range(1, 11))
    assert [i for i, old in zip(every, known(memory, 0, every), strict=True) if old] == [1, 5, 10]
    assert not any(known(memory, 1, every))
    assert [i for i, old in zip(every, known(memory, 2, every), strict=True) if old] == [2]


def test_what_was_delivered_but_not_reached_is_not_remembered():
    memory = blank_memory(1, 10)
    remembered(memory, [0], [[1, 2]], seen=[[True, False]])
    assert known(memory, 0, [1, 2]) == [True, False]


def test_exact_memory_is_forgotten_when_the_row_is_reborn():
    memory = blank_memory(2, 10)
    remembered(memory, [0, 1], [[3, 4], [3, 4]])
    catalog.forget(memory, torch.tensor([2, 3]), torch.tensor([True, False]), 10)
    for viewer in (0, 1):
        assert known(memory, viewer, [13, 4]) == [False, True]  # 13 took the row of 3


def test_the_whole_pool_is_looked_up_alike():
    memory = blank_memory(2, 10)
    remembered(memory, [0, 1], [[3, 4], [9, 1]])
    ids = torch.arange(1, 11)
    whole = catalog.was_shown_all(memory.shown, torch.tensor([0, 1]), row_of(ids, 10))
    assert whole.tolist() == [known(memory, v, ids.tolist()) for v in (0, 1)]


def test_memory_is_exact_where_the_pool_is_small():
    assert catalog.cells_for(8192, 10**6) == 8192
    assert catalog.cells_for(8193, 300_000) == 4096
    assert catalog.cells_for(10**6, 10**6) == 1024


def bloom(cells: int, shown_a_day: int, days: int, viewers: int = 100):
    """A filter after some days, with the ids that it was told."""
    memory = blank_memory(viewers, cells)
    rows = torch.arange(viewers)
    ids = 1 + key(5).integer(rows, RING // 2, days, shown_a_day)
    for d in range(days):
        stamp(memory, rows, ids[:, d], ids[:, d] > 0, d, RING)
    return memory, rows, ids


def looked_up(memory, rows, ids, uploaded, today):
    days = torch.full((RING,), uploaded)
    return catalog.was_shown(memory.shown, rows, ids, days, day(today))


def test_the_filter_never_forgets_what_was_shown_since_the_upload():
    memory, rows, ids = bloom(4096, 40, 7)
    assert looked_up(memory, rows, ids.flatten(1), uploaded=0, today=6).all()


@pytest.mark.parametrize(("age", "cells"), [(1, 4096), (7, 4096), (7, 1024)])
def test_the_filter_wrongly_knows_a_new_video_as_often_as_stated(age, cells):
    """The mean of (1 - (1 - 1/64)^(2 k))^2 over k videos in its line, Poisson(64 n / cells), with
    n shown since the upload."""
    memory, rows, _ = bloom(cells, 40, 7)
    fresh = RING // 2 + 1 + key(6).integer(rows, RING // 2, 2000)
    wrong = looked_up(memory, rows, fresh, uploaded=7 - age, today=6)
    k = np.arange(400)
    in_line = stats.poisson.pmf(k, 64 * 40 * age / cells)
    chance = float(in_line @ (1 - (1 - 1 / 64) ** (2 * k)) ** 2)
    error = 4 * (chance / wrong.numel()) ** 0.5
    assert abs(float(wrong.float().mean()) - chance) < error + 0.1 * chance


def test_the_filter_forgets_what_is_older_than_the_video():
    memory, rows, ids = bloom(4096, 40, 3)
    later = looked_up(memory, rows, ids.flatten(1), uploaded=3, today=9)
    assert not later.any()


def test_the_filter_lives_through_the_cycle_of_its_stamps():
    memory = blank_memory(1, 4096)
    rows, ids = torch.tensor([0]), torch.tensor([[77]])
    for d in (248, 249, 250, 251, 499, 500):
        stamp(memory, rows, ids, ids > 0, d, RING)
        assert looked_up(memory, rows, ids, uploaded=d - 2, today=d + 3).all()
        assert not looked_up(memory, rows, ids, uploaded=d + 1, today=d + 3).any()
        memory = blank_memory(1, 4096)
