"""Objectives: paid from what can be observed, with answers that check by hand."""

from dataclasses import fields

import pytest
import torch

from sim.seats.recommender import reward as objectives
from sim.world.state import EVENT_FLAGS, Response

LIKE, SHARE, HIDE = (1 << EVENT_FLAGS.index(flag) for flag in ("like", "share", "hide"))


def paid(weights, watch=0.0, duration=30.0, flags=0, survey=0.0, left=False):
    columns = [torch.tensor([x]) for x in (watch, duration)]
    columns += [torch.tensor([flags], dtype=torch.int32), torch.tensor([survey])]
    return float(objectives.reward(*columns, torch.tensor([left]), objectives.parse(weights)))


def test_watch_time_is_paid_in_long_views_up_to_a_cap():
    assert paid("watch_time", watch=18.0) == 1.0
    assert paid("watch_time", watch=9.0) == 0.5
    assert paid("watch_time", watch=900.0) == paid("watch_time", watch=90.0) == 5.0


def test_completion_pays_for_the_end_and_not_a_moment_before():
    assert paid("completion", watch=30.0) == 1.0
    assert paid("completion", watch=29.9) == 0.0


def test_satisfaction_is_the_surveys_answer_where_there_is_one():
    assert [paid("satisfaction", survey=s, flags=HIDE) for s in (1.0, 3.0, 5.0)] == [0.0, 0.5, 1.0]


def test_without_a_survey_satisfaction_is_guessed_in_the_right_order():
    hidden, skipped, watched, liked = (
        paid("satisfaction", watch=w, flags=f)
        for w, f in ((20.0, HIDE), (1.0, 0), (20.0, 0), (20.0, LIKE))
    )
    assert 0 <= hidden < skipped < watched < liked <= 1


def test_retention_pays_for_what_holds_and_for_answers_and_not_against_the_end_of_a_session():
    skipped, half, long = (paid("retention", watch=w) for w in (1.0, 16.0, 18.0))
    assert skipped < 0 < half < long
    for how in ({"watch": 1.0}, {"watch": 20.0, "flags": LIKE}, {"survey": 2.0}):
        assert paid("retention", left=True, **how) == paid("retention", **how)
    answers = [paid("retention", survey=s) - skipped for s in (1.0, 3.0, 5.0)]
    assert answers == pytest.approx([-2.0, 0.0, 2.0])


def test_reactions_add_up():
    assert paid("reactions", flags=LIKE | SHARE) == 2.0
    assert paid("reactions", flags=LIKE | HIDE) == 0.0


def test_weights_add_up_the_parts():
    both = paid("watch_time=0.5,completion=2", watch=36.0)
    assert both == pytest.approx(0.5 * 2.0 + 2 * 1.0)
    assert sum(objectives.MIX.values()) == pytest.approx(1.0)
    assert objectives.parse("mix") == objectives.MIX


def test_nothing_hidden_is_paid_for():
    hidden = {"appeal", "satisfaction"}
    assert hidden <= {field.name for field in fields(Response)}
    assert not hidden & set(objectives.Seen._fields)


def test_an_agent_keeps_its_own_label_for_watch_time_alone():
    assert objectives.label({"watch_time": 2.0, "completion": 0.0}) is None
    assert objectives.label(objectives.MIX) is not None


@pytest.mark.parametrize(
    "text, told",
    [("wach_time", "Did you mean 'watch_time'"), ("watch_time=much", "weight is a number")],
)
def test_an_unknown_objective_is_told_with_the_cure(text, told):
    with pytest.raises(ValueError, match=told):
        objectives.parse(text)
