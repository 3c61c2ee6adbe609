"""From places to videos: known answers."""

import pytest
import torch

from sim.seats.recommender.action import repaired, slate
from sim.seats.recommender.slate_check import BadSlate

OFFERED = torch.tensor([[11, 12, 13, 0, 0], [21, 22, 23, 24, 25]])
AWAKE, VIEWER = torch.tensor([True, True]), torch.tensor([1, 2])
DAY = torch.tensor([5, 0])


def test_places_become_the_ids_that_stand_there_and_sleepers_get_none():
    places = torch.tensor([[2, 0], [4, 1]])
    assert slate(places, OFFERED, AWAKE, VIEWER, DAY).tolist() == [[13, 11], [25, 22]]
    asleep = slate(places, OFFERED, torch.tensor([False, True]), VIEWER, DAY)
    assert asleep.tolist() == [[0, 0], [25, 22]]


def test_where_fewer_are_offered_than_slots_all_must_be_shown_and_no_more_are_asked_for():
    places = torch.tensor([[3, 2, 0, 1], [0, 1, 2, 3]])
    assert slate(places, OFFERED, AWAKE, VIEWER, DAY)[0].tolist() == [13, 11, 12, 0]
    with pytest.raises(BadSlate, match=r"day 5, viewer 1.*a place holds a candidate"):
        slate(torch.tensor([[3, 4, 0, 1], [0, 1, 2, 3]]), OFFERED, AWAKE, VIEWER, DAY)


def test_the_first_bad_seat_is_named():
    with pytest.raises(BadSlate, match=r"day 0, viewer 2.*got \[7\]"):
        slate(torch.tensor([[0, 1], [7, 1]]), OFFERED, AWAKE, VIEWER, DAY)


def test_repair_keeps_first_mentions_in_order_and_fills_up_with_the_first_others():
    places = torch.tensor([[4, 2, 2], [3, 3, 9]])
    fixed = repaired(places, OFFERED)
    assert fixed.tolist() == [[2, 0, 1], [3, 0, 1]]


def test_a_good_slate_needs_no_repair():
    places = torch.tensor([[2, 0, 1], [4, 0, 3]])
    assert torch.equal(repaired(places, OFFERED), places)
