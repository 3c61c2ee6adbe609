"""Coming back, by hand: who came on which day is written out, and every share is counted."""

from dataclasses import replace
from itertools import count

import pytest
import torch
from worlds import moods, people, tiny

from sim.measure import Window, measure_day
from sim.presets.config import resolve
from sim.seats.clock import Clock
from sim.seats.resident import Resident
from sim.world.state import World


def day_of(world: World, day: int, came: str, ids: list[int] | None = None) -> World:
    """The world on a day: a letter for each row, "x" came, "." did not, "-" has no account."""
    ids = ids or list(range(1, len(came) + 1))
    here = torch.tensor([c == "x" for c in came])
    who = people(len(came), id=torch.tensor(ids), registered=torch.tensor([c != "-" for c in came]))
    mood = moods(len(came), present=here)
    return replace(world, day=torch.tensor(day), viewers=who, mood=mood)


def told(days, first: int = 0):
    """What each day measures of visits, of days (came, or (came, ids))."""
    window, out = None, []
    for day, each in zip(count(first), days):  # count has no end
        came, ids = each if isinstance(each, tuple) else (each, None)
        world = day_of(tiny(len(came)), day, came, ids)
        window = window or Window.empty(world)
        values = {m: v for m, g, v in measure_day(world, [], window) if g == "all"}
        out.append({m: values.get(m) for m in ("return_rate", "dau_over_mau")})
    return out


def returns(*days, first: int = 0):
    return [each["return_rate"] for each in told(days, first)]


def test_of_those_who_came_yesterday_some_come_back():
    assert returns("xxx.", "xx.x", "xxxx") == [None, 2 / 3, 1.0]


@pytest.mark.parametrize("first", [0, 17])
def test_nobody_can_come_back_on_the_first_day_that_was_seen(first):
    assert returns("xx", "x.", first=first) == [None, 1 / 2]


def test_who_left_for_good_did_not_come_back():
    assert returns("xxx.", "xx-.") == [None, 2 / 3]


def test_who_joined_yesterday_counts_and_who_joined_today_does_not():
    assert returns("xx.", ("xxx", [1, 2, 6])) == [None, 1.0]  # viewer 6 joined today
    assert returns("x..", ("x.x", [1, 2, 6]), ("x..", [1, 2, 6])) == [None, 1.0, 1 / 2]


def test_a_newcomer_on_the_row_of_one_who_left_does_not_come_back_in_the_others_place():
    assert returns("xx", ("xx", [1, 4])) == [None, 1 / 2]


def test_where_nobody_came_yesterday_nobody_is_asked():
    assert returns("..", "xx", "..", "..") == [None, None, 0.0, None]


def test_a_day_that_was_not_seen_is_no_yesterday():
    window = Window.empty(tiny(2))
    days = [(0, "xx"), (2, "xx"), (3, "x.")]
    rates = [
        {m: v for m, _, v in measure_day(day_of(tiny(2), day, came), [], window)}.get("return_rate")
        for day, came in days
    ]
    assert rates == [None, None, 1 / 2]


def test_stickiness_is_told_from_the_thirtieth_day_on():
    month = [each["dau_over_mau"] for each in told(["x."] * 32)]
    assert month == [None] * 29 + [1.0] * 3


def test_daily_over_monthly_viewers_in_closed_form():
    """Two of three come daily, the third once: (2 x 30 + 1) / 30 over 3; then she fades out."""
    days = ["xxx"] + ["xx."] * 31
    month = [each["dau_over_mau"] for each in told(days)]
    assert month[29] == pytest.approx((61 / 30) / 3)
    assert month[30] == month[31] == pytest.approx((60 / 30) / 2)


def test_a_month_counts_those_who_left_and_those_who_took_their_rows():
    """Viewer 2 leaves after ten days, viewer 4 takes the row and comes on the next twenty: each
    day has two viewers, the month three."""
    days = ["xx"] * 10 + [("xx", [1, 4])] * 22
    month = [each["dau_over_mau"] for each in told(days)]
    assert month[29] == pytest.approx(2 / 3)
    # viewer 2 was here last on day 9, which is still within the month that ends on day 38
    longer = [each["dau_over_mau"] for each in told(["xx"] * 10 + [("xx", [1, 4])] * 30)]
    assert longer[38] == pytest.approx(2 / 3) and longer[39] == pytest.approx(1.0)


def test_a_month_with_a_hole_is_not_told():
    window = Window.empty(tiny(1))
    for day in [*range(10), *range(11, 40)]:
        rows = measure_day(day_of(tiny(1), day, "x"), [], window)
        assert "dau_over_mau" not in {metric for metric, *_ in rows}
    rows = measure_day(day_of(tiny(1), 40, "x"), [], window)
    assert ("dau_over_mau", "all", 1.0) in rows


def test_counted_by_hand_from_the_ids_of_a_living_world():
    """A world with arrivals and leavers: sets of ids say the same as the measures."""
    settings = ("sessions.quit_base=0.05", "viewers.arrivals=0.05", "size.viewers=60")
    clock = Clock(resolve("nano", settings=settings), Resident("popular"))
    clock.start(3)
    window, came, new = Window.empty(clock.world), [], 0
    for day in range(32):
        events = clock.live()
        world = clock.world
        new += len(set(world.viewers.id.tolist()) - {i for ids in came for i in ids}) if day else 0
        came.append(set(world.viewers.id[world.mood.present].tolist()))
        values = {m: v for m, g, v in measure_day(world, events, window) if g == "all"}
        if day:
            assert values["return_rate"] == pytest.approx(len(came[-2] & came[-1]) / len(came[-2]))
        assert ("dau_over_mau" in values) == (day >= 29)
        if day >= 29:
            month = came[-30:]
            distinct = len(set().union(*month))
            assert values["dau_over_mau"] == pytest.approx(sum(map(len, month)) / 30 / distinct)
    assert max(max(ids) for ids in came) > len(clock.world.viewers.id)  # rows changed hands
