"""What lesson 9 claims, over worlds on which nothing was tuned, and its check."""

from itertools import combinations
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from matplotlib.text import Annotation

import sim
from sim.lab import stats
from sim.lab.teaching import desk, desk_exam, policing, policing_pictures

SEEDS = (20, 21, 22, 23)


def ends(values):
    """The 95 % interval over worlds."""
    return stats.mean_and_interval(list(values))["ci95"]


def worlds(found, policy, column):
    return found[found["policy"] == policy].set_index("seed")[column]


def test_a_desk_has_four_of_each_kind_and_says_nothing_of_what_they_are():
    one, again = (desk.deal("nano", 3, days=2) for _ in range(2))
    assert one.video.tolist() == again.video.tolist()
    assert len(set(one.video.tolist())) == len(one.lane) == 4 * desk.EACH
    assert sorted(set(one.lane)) == sorted(desk.LANES)
    notes = desk.notes_of(one, "en")
    assert [f"{n:,} views" in line for (_, line), n in zip(notes, one.views, strict=True)] == [
        True
    ] * 16
    assert not any("harm" in line.lower() for lines in notes for line in lines)


def test_who_goes_by_reports_is_told_what_was_missed():
    videos = torch.arange(1, 5)
    laid = desk.Desk(videos, list(desk.LANES), [0] * 4, [9.0] * 4, [0.9, 0.1, 0.2, 0.3],
                     [0, 9, 1, 0], [5, 5, 500, 5], [1] * 4, [True, False, True, False])  # fmt: skip
    played = SimpleNamespace(swipes=lambda: [1, 0, 1, 1], lang="en")
    judged = desk.Judged(laid, played)
    table = judged.table()
    assert judged.taken_down() == [False, True, False, False]
    assert table.loc["all"].tolist() == [4, 1, 2, 0]
    assert table.loc["most reported"].tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize(("right", "harmful"), desk_exam.MACHINES)
def test_the_check_holds_closed_forms_and_names_the_usual_mistakes(right, harmful):
    exam = desk_exam.Exam((right, harmful))
    a, b = right / 1000, harmful / 1000
    bayes = 100 * a * b / (a * b + (1 - a) * (1 - b))
    assert exam.truth["precision"] == pytest.approx(bayes)
    assert exam.truth["minutes"] == pytest.approx(594)
    assert exam.right("precision", round(bayes, 1)) and not exam.right("precision", right / 10)
    assert "of all videos" in exam.hint("precision", right / 10, "en")
    assert "asked are the right ones" in exam.hint("precision", 100 - bayes, "en")
    assert not exam.right("wrongful", 100 * 6 / 210) and exam.right("wrongful", 4)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_name_of_the_first_figure_lies_on_another_where_ones_policy_is_like_a_line(lang):
    lines = {"none": 1.0, "0.5": 0.5, "0.1": 0.1, "0.02": 0.02}
    lay = {"none": (0.0, 1100.0), "0.5": (0.0, 190.0), "0.1": (5.4, 66.0), "0.02": (16.0, 45.0)}
    found = around(lay)
    yours = around({"yours": (5.3, 36.0)})
    figure = policing_pictures.frontier(found, policing_pictures.names(lines, lang), lang, yours)
    figure.draw_without_rendering()
    names = [x for x in figure.axes[0].texts if isinstance(x, Annotation)]
    boxes = [each.get_window_extent() for each in names]
    assert len(boxes) == 5
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def around(lay):
    """Two worlds of each policy, a little beside its mean."""
    return pd.DataFrame(
        [
            {"policy": name, "seed": seed, "wrongful": x * by, "harmful_views": y * by}
            for name, (x, y) in lay.items()
            for seed, by in enumerate((0.9, 1.1))
        ]
    )


def test_how_a_share_went_is_told_by_its_first_and_last_week():
    def weekly(first, last):
        return pd.DataFrame({"week": [1, 2, 3], "caught": [first, 50.0, last]})

    assert [policing.went(weekly(70.0, last)) for last in (40, 72, 90)] == ["fall", "stay", "rise"]


def test_what_a_lesson_lives_is_what_a_run_measures():
    policy = policing.lines(0.1)
    small = {"size.viewers": 40, "size.live": 500, **policy}
    run = sim.simulate(
        "popular", world="nano", days=2, seeds=3, baseline=None, threats="high",
        settings={"money": "off", **small},
        events_max=1, quiet=True,
    )  # fmt: skip
    told = run.metrics[run.metrics["group"] == "all"].pivot(
        index="day", columns="metric", values="value"
    )
    daily = policing._daily(small, 3, 2, "cpu")
    for name in ("violative_view_rate", "removals", "wrongful_removals", "queue_age"):
        assert daily[name].tolist() == told[name].tolist(), name
    assert daily["removals"].sum() > 0


@pytest.mark.slow
def test_a_line_trades_harmful_views_for_wrongful_removals():
    lines = {str(x): policing.lines(x) for x in (1.0, 0.5, 0.02)}
    found = policing.lived(lines, SEEDS, 12)
    low, _ = ends(worlds(found, "1.0", "harmful_views") - worlds(found, "0.5", "harmful_views"))
    assert low > 0
    low, _ = ends(worlds(found, "0.02", "wrongful") - worlds(found, "0.5", "wrongful"))
    assert low > 0


@pytest.mark.slow
def test_people_alone_come_late_though_their_queue_is_empty():
    found = policing.lived({str(h): policing.queue(h) for h in (0, 1)}, SEEDS, 12)
    none, all_of_it = (worlds(found, h, "harmful_views") for h in ("0", "1"))
    _, high = ends(100 * (1 - all_of_it / none))
    assert high < 80  # what a machine's line at .5 does
    assert worlds(found, "1", "queue_age").max() < 1 < worlds(found, "0", "queue_age").min()


@pytest.mark.slow
def test_a_fixed_line_wears_out_where_makers_adapt_and_does_not_where_they_may_not():
    moving, still = (policing.by_week(SEEDS, 6, 0.5, moves) for moves in (True, False))
    late = [each[each["week"] >= 5].groupby("seed")["caught"].mean() for each in (moving, still)]
    low, _ = ends(late[1] - late[0])
    assert low > 0
    first = moving[moving["week"] == 1].set_index("seed")["caught"]
    _, high = ends(late[0] - first)
    assert high < 0


@pytest.mark.slow
def test_where_harm_is_rare_most_removals_of_a_good_machine_are_wrong():
    assert policing.rare(SEEDS) < 50


@pytest.mark.slow
def test_most_reports_on_a_desk_are_of_those_hired_for_it_and_not_of_what_is_worst(monkeypatch):
    desks = [desk.deal("nano", seed) for seed in SEEDS]
    monkeypatch.setitem(desk.WATCHED, "bots.report", 0.0)  # brigades look, and report nothing
    without = [desk.deal("nano", seed) for seed in SEEDS]
    most, honest = ([lane(each, "reports", each.reports) for each in x] for x in (desks, without))
    low, _ = ends([1 - sum(b) / sum(a) for a, b in zip(most, honest, strict=True)])
    assert low > 0.5
    harm = {name: [sum(lane(each, name, each.harmful)) for each in desks]
            for name in ("reports", "machine")}  # fmt: skip
    low, _ = ends([b - a for a, b in zip(harm["reports"], harm["machine"], strict=True)])
    assert low > 0


def lane(laid, name, values):
    """Of the videos that lie there for one reason."""
    return [x for x, each in zip(values, laid.lane, strict=True) if each == name]
