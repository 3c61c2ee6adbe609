"""What a seat is offered hangs on the viewer, the moment and each video, and on little else."""

from dataclasses import replace

import pytest
import torch

from sim.seats.recommender.candidates import Asking, Counter, Pools
from sim.world.rng import Keyring, key
from sim.world.state import COUNTS, Catalog

COUNT = 10
VIEWERS = torch.arange(1, 41)


def listing(ids, capacity=None, heat=None):
    """A catalogue of these videos, alike in all but their heat, in a ring of `capacity` rows."""
    capacity = capacity or max(ids)
    row = torch.tensor([(i - 1) % capacity for i in ids])
    zero, one = torch.zeros(capacity, dtype=torch.int64), torch.ones(capacity)
    warm = one if heat is None else torch.zeros(capacity).index_put_((row,), torch.tensor(heat))
    return Catalog(
        id=zero.index_put((row,), torch.tensor(ids)),
        eligible=zero.index_fill(0, row, 1).bool(),
        age=zero, creator=zero, followers=zero, topic=zero, topic2=zero, duration=one,
        feature=torch.zeros(capacity, 64), counts=zero[:, None].repeat(1, len(COUNTS)), heat=warm,
    )  # fmt: skip


def served(catalog, viewers=VIEWERS, day=0, days=1, shown=()):
    """(viewers, COUNT) candidates on a day."""
    pools = Pools(days, catalog.capacity, torch.device("cpu"))
    pools.put(day, catalog)
    counter = Counter(pools, Keyring.of(key(3), days, 1), COUNT)
    when = torch.full_like(viewers, day)

    def before(ids, who):
        return torch.isin(ids, torch.tensor(shown, dtype=torch.int64))

    return counter.serve(Asking(when, when, viewers, before))


SMALL, LARGE = list(range(1, 101)), list(range(1, 1001))  # raced, and drawn from


@pytest.mark.parametrize("ids", [SMALL, LARGE], ids=["raced", "drawn"])
def test_the_size_of_the_ring_deals_nothing_anew(ids):
    later = [i + 60 for i in ids]  # rows of the smaller ring are used a second time
    ring = len(ids) + 20
    heat = [float(i % 7) for i in ids]
    ours, theirs = listing(later, ring, heat), listing(later, 3 * ring, heat)
    assert not torch.equal(ours.id[ours.eligible], theirs.id[theirs.eligible])
    assert torch.equal(served(ours), served(theirs))


def test_further_videos_take_places_and_re_deal_none():
    """All are alike, so clocks run by luck alone: of the old videos, the earliest still lead."""
    few, many = served(listing(SMALL[:60])), served(listing(SMALL))
    kept = 0
    for one, other in zip(few.tolist(), many.tolist(), strict=True):
        old = {i for i in other if i <= 60}
        assert old <= set(one)
        kept += len(old)
    assert 0.5 < kept / few.numel() < 0.7  # 60 of 100, sd .02


@pytest.mark.parametrize("ids", [SMALL, LARGE], ids=["raced", "drawn"])
def test_who_else_asks_and_how_many_days_there_are_deal_nothing_anew(ids):
    catalog = listing(ids)
    every = served(catalog)
    assert torch.equal(served(catalog, VIEWERS[7:9]), every[7:9])
    assert torch.equal(served(catalog, days=5), every)
    assert not torch.equal(served(catalog, VIEWERS + 100), every)


@pytest.mark.parametrize("ids", [SMALL, LARGE], ids=["raced", "drawn"])
def test_candidates_are_distinct_new_to_the_viewer_and_drawn_by_their_chances(ids):
    catalog = listing(ids, heat=[float(i % 2) for i in ids])
    got = served(replace(catalog), torch.arange(1, 401), shown=ids[:3])
    order = got.sort(dim=1).values
    assert (order[:, 1:] > order[:, :-1]).all() and (order > 3).all()
    # an odd id's chance is 2/3 even and fresh, and twice the third by heat: 4/3 against 2/3
    odd = (got % 2).double().mean()
    assert 0.6 < odd < 0.68  # 2/3 where draws are few of many, less where they use the pool up


def test_who_has_seen_most_is_offered_what_is_left_and_then_nothing():
    left = served(listing(LARGE), shown=LARGE[:-4])
    assert (left[:, :4].sort(dim=1).values == torch.tensor(LARGE[-4:])).all()
    assert (left[:, 4:] == 0).all()
