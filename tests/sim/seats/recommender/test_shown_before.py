"""What was shown before is answered under numpy as the world itself knows it."""

from types import SimpleNamespace

import pytest
import torch

from sim.seats.recommender.view import ShownBefore
from sim.world import catalog
from sim.world.rng import key

VIEWERS, RING = 30, 5000


def world(cells: int, day: int) -> SimpleNamespace:
    """Memories with stamps of any day of the cycle, of videos of any age."""
    some = torch.arange(VIEWERS)
    stamps = key(1).fold(day).integer(some, catalog.CYCLE + 1, cells)
    shown = stamps.where(key(2).uniform(some, cells) < 0.5, 0).to(torch.uint8)
    uploaded = day - key(3).integer(torch.arange(RING), 320) + 10
    memory = SimpleNamespace(shown=shown)
    videos = SimpleNamespace(uploaded=uploaded)
    return SimpleNamespace(memory=memory, videos=videos, day=torch.tensor(day))


@pytest.mark.parametrize("day", [0, 3, 249, 250, 251, 1000])
@pytest.mark.parametrize("cells", [RING, 4096, 1024])
@pytest.mark.parametrize("many", [1, 40])
def test_what_lies_at_hand_is_read_as_catalog_was_shown_reads_it(cells, day, many):
    here = world(cells, day)
    who = torch.tensor([4, 4, 0, 29, 7])
    ids = 1 + key(4).fold(day).integer(who, 3 * RING, many)
    shown = ShownBefore(here, who)
    answer = catalog.was_shown(here.memory.shown, who, ids, here.videos.uploaded, here.day)
    assert torch.equal(shown(ids), answer)
    some = torch.tensor([3, 1])
    assert torch.equal(shown(ids[some], some), answer[some])
    assert many == 1 or (answer.any() and not answer.all())
