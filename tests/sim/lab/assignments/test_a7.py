"""A7: which plans pass, which fail, by what, and on which public seed to see it."""

import tomllib

import pytest
from made_exams import PUBLIC, Marked, loses_what_it_got_wrong, met

from sim.lab.assignments.branding import Branding
from sim.lab.assignments.command import STARTERS, starter
from sim.lab.assignments.told import text

FEW = [9001]  # of a test: where marks are made they are drawn
MANY = [9001, 9002, 9003, 9004, 9005, 9006]
ALL = set(Branding.points)
LUCK = {"more_brand", "more_followers"}  # that a right plan may miss
EARNS = "\n[income]\nads = 1\nshop = 1\nmembership = 1\ndeals = 1\ngifts = 1\nmerchandise = 1\n"
RIGHT = {
    "serves its followers": "posts_per_week = 7\neffort_quality = 0.8\neffort_hook = 0.7\n"
                            "honesty = 1\nreplies_per_day = 10\ncommunity_per_week = 3" + EARNS,
    "stands for one thing": "persona = 'comedy'\nposts_per_week = 7\neffort_quality = 0.8\n"
                            "honesty = 1" + EARNS,
    "posts often": "posts_per_week = 10\neffort_quality = 0.3\neffort_hook = 0.4\nhonesty = 1"
                   + EARNS,
}  # fmt: skip
WRONG = {  # and the marks that it has at most; the first five are lived in the ordinary suite
    "posts nothing": ("posts_per_week = 0", {"plan", "lasting", "followers"}),
    "bait": ("posts_per_week = 14\neffort_quality = 0\neffort_hook = 1\nhonesty = 0" + EARNS
             + "disclose = 0", ALL - {"brand", "more_brand"}),
    "buys reach": ("posts_per_week = 7\npromotion_per_week = 1000",
                   ALL - {"income_habit", "income_daily"}),
    "day and night": ("posts_per_week = 60\neffort_quality = 1\neffort_hook = 1\n"
                      "replies_per_day = 50\ncommunity_per_week = 20",
                      {"plan", "followers", "income_habit", "brand"}),
    "a post a day": ("posts_per_week = 7", ALL - {"income_daily"}),
    "the habit": ("name = 'as ever'", {"plan", "lasting", "followers", "brand"}),
}  # fmt: skip


class Short(Branding):
    """The exam with one public seed."""

    public = PUBLIC


marked = Marked(Short())


@pytest.mark.parametrize("name", RIGHT)
def test_each_of_three_different_right_plans_has_all_but_what_luck_may_cost(name):
    verdict = marked(RIGHT[name], FEW)
    assert met(verdict) >= ALL - LUCK, text(verdict, "plan.toml", "en")


@pytest.mark.parametrize("name", list(WRONG)[:5])
def test_each_wrong_plan_loses_what_it_got_wrong(name):
    plan, has = WRONG[name]
    verdict = marked(plan, FEW)
    loses_what_it_got_wrong(verdict, has, text(verdict, "plan.toml", "zh"), FEW)


def test_both_starters_are_the_same_plan():
    plans = [tomllib.loads(starter(Branding(), lang)) for lang in ("en", "zh")]
    assert [{**plan, "name": ""} for plan in plans] == [{**plans[0], "name": ""}] * 2
    assert len(list(STARTERS.glob("A7_*"))) == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", [*RIGHT, *WRONG])
def test_over_six_seeds_each_plan_has_its_marks_and_wrong_ones_no_others(name):
    wrong = name in WRONG
    plan, has = WRONG[name] if wrong else (RIGHT[name], ALL)
    found = met(marked(plan, MANY))
    assert found <= has if wrong else found >= has - LUCK, found
