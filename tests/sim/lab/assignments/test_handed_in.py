"""A5 and A7 take a file of numbers: what is wrong in it is told with its line and its cure; marks
are as reckoned by hand."""

import pytest

from sim.lab.assignments.branding import Branding
from sim.lab.assignments.moderating import Moderating
from sim.lab.assignments.sitting import examined
from sim.lab.assignments.words import fault_text

BASES = {"nothing.harm": 100.0, "house.harm": 20.0, "house.wrongful": 1.0, "house.open": 1000.0,
         "house.staff": 0.4, "strict.harm": 1.0}  # fmt: skip
GOOD = {"harm": 2.0, "wrongful": 1.0, "open": 1000.0, "barred": 0.0, "staff": 0.4}
BOUNDS = {"wrongful", "open", "barred", "staff"}
OWN = {"followers": 3000.0, "monthly_income": 1000.0, "brand_equity": 0.2}
LIFE = {f"{who}.{key}": x for who in ("habit", "daily") for key, x in OWN.items()}
KEPT = {"lasting", "followers", "brand"}


@pytest.mark.parametrize(
    ("exam", "text", "told"),
    [
        (Moderating(), "", "line 1: the file says something"),
        (Moderating(), "# 3\n", "prints a file to start from"),
        (Moderating(), "hours = 1\n\nhours = 2", "line 3: the file is TOML"),
        (Moderating(), "\n[A]\nremove = 2", "line 3: policy.A.remove is a number from 0 to 1"),
        (Moderating(), "hours = 1\nA = { remove = 2 }", "line 2"),
        (Moderating(), "hours = 1\n[F]\nremove = 0.5", "line 2: unknown setting"),
        (Moderating(), "moderation = 'strict'", "unknown setting"),
        (Moderating(), "hours = nan", "a number"),
        (Moderating(), "strikes = 1e400", "a whole number"),
        (Moderating(), "a" + ".a" * 150 + " = 1", "nested"),
        (Moderating(), "hours = " + "[" * 150 + "]" * 150, "nested"),
        (Moderating(), "hours =\n" + "[\n" * 5000, "TOML"),
        (Moderating(), "a" + ".a" * 9000 + " = 1", "a line has at most 400 characters"),
        (Moderating(), "#\n" * 100_000, "at most 16384 characters"),
        (Moderating(), "\0\1\2", "TOML"),
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
        (Branding(), "[[change]]\nfrom_week = 2\n" * 21, "line 1: a plan changes at most 20"),
        (Branding(), "[[change]]\nfrom_week = 1", "from_week"),
        (Branding(), "change = 3", "change"),
        (Branding(), "topics = { 1 = -1 }", "line 1"),
        (Branding(), "[start]\nfollowers = 'many'", "line 2"),
        (Branding(), "posts_per_week = nan", "posts_per_week"),
    ],
)
def test_a_file_that_cannot_be_followed_has_no_mark_and_is_told_why(exam, text, told):
    verdict = examined(exam, text, [9], {})
    assert verdict.score == 0 and verdict.fault is not None
    assert told in fault_text(verdict.fault, "en")
    chinese = fault_text(verdict.fault, "zh")
    assert "得到的是" in chinese and "line" not in chinese
    assert all(mark.replay == exam.public[0] for mark in verdict.marks)


@pytest.mark.parametrize(
    ("figures", "met"),
    [
        (GOOD, {"harm_nothing", *BOUNDS, "harm_house", "harm_strict"}),
        ({**GOOD, "harm": 9.0}, {"harm_nothing", *BOUNDS, "harm_house"}),
        ({**GOOD, "harm": 20.0}, {"harm_nothing", *BOUNDS}),  # the house's own
        ({**GOOD, "harm": 90.0, "wrongful": 0.0, "staff": 0.0}, set()),  # next to nothing is done
        ({**GOOD, "harm": 0.0, "open": 10.0}, set()),  # nothing is shown
        ({**GOOD, "wrongful": 9.0}, {"harm_nothing", *BOUNDS} - {"wrongful"}),
        ({**GOOD, "staff": 0.8}, {"harm_nothing", *BOUNDS} - {"staff"}),
        ({**GOOD, "barred": 2.0, "open": 970.0}, {"harm_nothing", "wrongful", "staff"}),
    ],
)
def test_marks_of_a_policy_are_against_nothing_the_house_and_bounds(figures, met):
    found = Moderating().values({1: figures}, {1: BASES})
    assert {k for k, (value, need) in found.items() if value is not None and value >= need} == met


@pytest.mark.parametrize(
    ("figures", "met"),
    [
        ({"followers": 3600.0, "monthly_income": 3000.0, "brand_equity": 0.21, "worn": 0.0},
         {*KEPT, "income_habit", "income_daily", "more_brand", "more_followers"}),
        ({**OWN, "worn": 0.0}, KEPT),  # the habit's own
        ({"followers": 4000.0, "monthly_income": 5000.0, "brand_equity": 0.22, "worn": 1.0},
         {"followers", "brand", "income_habit"}),  # day and night
        ({"followers": 3000.0, "monthly_income": 5000.0, "brand_equity": 0.15, "worn": 0.0},
         {"lasting", "followers", "income_habit", "income_daily"}),  # sold out
        ({"followers": 2000.0, "monthly_income": 0.0, "brand_equity": 0.19, "worn": 0.0},
         {"brand"}),  # who does nothing is not worn out
    ],
)  # fmt: skip
def test_marks_of_a_plan_are_against_the_habit(figures, met):
    found = Branding().values({1: figures}, {1: LIFE})
    assert {k for k, (value, need) in found.items() if value is not None and value >= need} == met
