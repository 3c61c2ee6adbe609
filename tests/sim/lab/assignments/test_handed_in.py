"""A5 and A7 take a file of numbers: what is wrong in it is told, and marks are by hand."""

import pytest

from sim.lab.assignments.branding import Branding
from sim.lab.assignments.moderating import Moderating
from sim.lab.assignments.sitting import examined
from sim.lab.assignments.words import fault_text

NOTHING = {"nothing.harm": 20.0, "house.harm": 5.0, "house.wrongful": 1.0, "house.staff": 10.0,
           "house.pay": -10.0}  # fmt: skip
HABIT = {"followers": 2000.0, "monthly_income": 50.0, "brand_equity": 0.2, "ended": 0.0}


@pytest.mark.parametrize(
    ("exam", "text", "told"),
    [
        (Moderating(), "", "a policy says something"),
        (Moderating(), "hours = ", "TOML"),
        (Moderating(), "hours = -3", "hours"),
        (Moderating(), "hour = 3", "Did you mean"),
        (Moderating(), "[A]\nremove = 'all'", "remove"),
        (Moderating(), "[F]\nremove = 0.5", "policy.F"),
        (Branding(), "posts_per_week = 900", "line 1"),
        (Branding(), "\nposts_a_week = 3", "Did you mean"),
        (Branding(), "persona = 'prince'", "persona"),
        (Branding(), "[income]\nshop = 7", "line 2"),
        (Branding(), "= 3", "TOML"),
        (Branding(), "posts_per_week = nan", "posts_per_week"),
    ],
)
def test_a_file_that_cannot_be_followed_has_no_mark_and_is_told_why(exam, text, told):
    verdict = examined(exam, text, [9], {})
    assert verdict.score == 0 and verdict.fault is not None
    assert told in fault_text(verdict.fault, "en")
    assert all(mark.replay == exam.public[0] for mark in verdict.marks)


@pytest.mark.parametrize(
    ("figures", "met"),
    [
        ({"harm": 4.0, "wrongful": 1.0, "staff": 10.0, "pay": -8.0},
         {"harm_nothing", "harm_house", "wrongful", "staff", "pay_house"}),
        ({"harm": 20.0, "wrongful": 0.0, "staff": 0.0, "pay": -20.0}, set()),  # nothing is done
        ({"harm": 0.0, "wrongful": 990.0, "staff": 0.0, "pay": -500.0},
         {"harm_nothing", "staff"}),  # all is taken down
        ({"harm": 5.0, "wrongful": 1.0, "staff": 10.0, "pay": -10.0},
         {"harm_nothing", "wrongful", "staff"}),  # the house's own
        ({"harm": 1.0, "wrongful": 1.0, "staff": 90.0, "pay": -30.0},
         {"harm_nothing", "harm_house", "wrongful"}),  # staff without end
    ],
)  # fmt: skip
def test_marks_of_a_policy_are_against_nothing_and_the_house(figures, met):
    found = Moderating().values({1: figures}, {1: NOTHING})
    assert {k for k, (value, need) in found.items() if value is not None and value >= need} == met


@pytest.mark.parametrize(
    ("figures", "met"),
    [
        ({**HABIT, "followers": 3000.0, "monthly_income": 500.0, "brand_equity": 0.3},
         {"followers", "more_followers", "income", "brand", "lasting"}),
        (HABIT, set()),  # the habit's own
        ({**HABIT, "followers": 2200.0, "ended": 0.5}, {"followers"}),  # at the price of burnout
        ({**HABIT, "followers": 900.0, "monthly_income": 900.0}, {"income"}),  # sold out
    ],
)  # fmt: skip
def test_marks_of_a_plan_are_against_the_habit(figures, met):
    found = Branding().values({1: figures}, {1: HABIT})
    assert {k for k, (value, need) in found.items() if value is not None and value >= need} == met
