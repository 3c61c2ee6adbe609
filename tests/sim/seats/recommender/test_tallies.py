"""An episode's measures, by hand: mornings and pages are written out and counted."""

import pytest
import torch

from sim.seats.recommender.tallies import Tallies, Watched
from sim.world.state import EVENT_FLAGS, Response

ALL = torch.tensor([True, True])
ROW = torch.tensor([0, 1])
LIKE = 1 << EVENT_FLAGS.index("like")


def after(*mornings, held=None):
    """Tallies of two seats after some mornings, each a letter for a seat: "x" came, "." did not;
    `held` says from which day on a seat's viewer is gone."""
    tallies = Tallies(2, 4, torch.device("cpu"))
    tallies.clear(ALL)
    before = ALL
    for day, came in enumerate(mornings):
        here = torch.tensor([c == "x" for c in came])
        who = torch.tensor([held is None or day < end for end in held or (0, 0)])
        seats = (who | before).nonzero().squeeze(1)
        tallies.morning(seats, who[seats], here[seats])
        before = who
    return tallies


def rate(tallies):
    return [None if x != x else x for x in tallies.measures()["return_rate"].tolist()]


def test_nobody_can_come_back_on_an_episodes_first_day():
    assert rate(after("xx")) == [None, None]


def test_days_after_a_visit_on_which_the_viewer_came_again():
    assert rate(after("xx", "x.", "xx", "xx")) == [1.0, 0.5]
    assert rate(after("x.", "..", "..")) == [0.0, None]


def test_who_leaves_for_good_did_not_come_back_and_has_no_further_day():
    tallies = after("xx", "xx", "xx", "xx", held=(2, 9))
    assert rate(tallies) == [0.5, 1.0]  # came back on day 1, was gone on day 2
    assert tallies.measures()["days"].tolist() == [2, 4]


def test_a_seat_that_was_just_filled_begins_its_own_count():
    tallies = after("xx", "xx")
    new = torch.tensor([True, False])
    tallies.clear(new)
    tallies.morning(ROW[:1], ALL[:1], ALL[:1])
    assert tallies.measures()["days"].tolist() == [1, 2]
    assert rate(tallies) == [None, 1.0]
    tallies.morning(ROW, ALL, ALL)
    assert rate(tallies) == [1.0, 1.0]


def test_a_page_is_counted_per_impression():
    """20 s videos: seat 1 watches 30 s, 12 s and 2 s and regrets the second; seat 2 sees none."""
    watch = torch.tensor([[30.0, 12.0, 2.0], [0.0, 0.0, 0.0]])
    seen = watch > 0
    flags = torch.tensor([[LIKE, 0, 0], [0, 0, 0]], dtype=torch.int32)
    satisfaction = torch.tensor([[0.9, 0.3, 0.1], [0.0, 0.0, 0.0]])
    zero = torch.zeros(watch.shape)
    page = Response(seen, watch, flags, ~seen & seen, zero, zero, satisfaction)
    topic = torch.tensor([[0, 1, 1], [0, 0, 0]])
    tallies = after("xx")
    tallies.page(Watched(page, torch.full_like(watch, 20.0), topic, torch.tensor([2.5, 0.0]), ALL))
    found = {name: value[0].item() for name, value in tallies.measures().items()}
    assert found["watch_minutes"] == pytest.approx(44 / 60)
    assert found["finish_rate"] == found["quick_skip_rate"] == pytest.approx(1 / 3)
    assert found["long_view_rate"] == found["like_rate"] == pytest.approx(1 / 3)
    assert found["regret"] == pytest.approx(1 / 3) and found["regret_rate"] == pytest.approx(1 / 2)
    assert found["satisfaction"] == pytest.approx(1.3 / 3)
    assert found["topic_entropy"] == pytest.approx(0.918296, abs=1e-6)  # one of three, two of three
    assert (found["r"], found["l"], found["impressions"]) == (2.5, 1.0, 3.0)
    assert all(tallies.measures()[name][1].isnan() for name in ("finish_rate", "satisfaction"))


def test_pages_added_up_together_count_as_pages_added_up_one_by_one(monkeypatch):
    torch.manual_seed(0)
    found = []
    pages = [random_page() for _ in range(7)]
    for wait in (1, 3, 100):
        monkeypatch.setattr("sim.seats.recommender.tallies.WAIT", wait)
        tallies = after("xx")
        for page in pages:
            tallies.page(page)
        found.append(tallies.measures())
    for other in found[1:]:
        torch.testing.assert_close(other, found[0], rtol=1e-12, atol=0, equal_nan=True)
    assert (found[0]["l"] == 7).all() and (found[0]["topic_entropy"] > 0).all()


def random_page() -> Watched:
    shape = 2, 3
    seen, watch = torch.rand(shape) < 0.7, 30 * torch.rand(shape)
    flags, topic = torch.randint(0, 4, shape, dtype=torch.int32), torch.randint(0, 4, shape)
    zero = torch.zeros(shape)
    page = Response(seen, watch * seen, flags * seen, ~seen & seen, zero, zero, torch.rand(shape))
    return Watched(page, torch.full(shape, 20.0), topic, torch.randint(0, 9, (2,)).float(), ALL)
