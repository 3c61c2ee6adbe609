"""What lesson 10 says about posting, titles, selling and luck holds in worlds on which nothing was
chosen. The small form lives a month in few worlds; the slow one three months."""

import re
from pathlib import Path

import numpy as np
import pytest

from sim.lab import stats
from sim.lab.teaching import building, lesson_10
from sim.lab.teaching.lesson_10 import planning, reading

SOURCE = Path(__file__).parents[2] / "lessons" / "10_brand.py"
PLAN = planning.SAYS.scripted_answers("plan")
SEEDS, WORLDS, DAYS = (20, 21), 6, 90  # of the slow form


def lives(seeds, worlds, days, **settings):
    plans = lesson_10.plans_of(PLAN)
    return [lesson_10.fates(plans, worlds, days, seed, settings=settings) for seed in seeds]


@pytest.fixture(scope="module")
def month():
    return lives((20, 21), 3, 28)


@pytest.fixture(scope="module")
def quarter():
    return lives(SEEDS, WORLDS, DAYS)


def gaps(found, twin, what):
    """A twin less those who live the plan, future by future over all seeds."""
    each = []
    for one in found:
        table = reading.outcome(one, what)
        base = table[:, one.own].mean(1)
        each.append(table[:, one.of(twin)] - base)
    return np.concatenate(each)


def ends(values):
    return stats.mean_and_interval(values.tolist())["ci95"]


def test_posting_more_brings_views(month):
    for found in month:
        views = reading.outcome(found, "views").mean(0)
        assert views[found.of("posts_35")] > 1.5 * views[found.own].mean()


@pytest.mark.slow
def test_over_three_months_too_and_worn_out_creators_make_the_difference(quarter):
    assert ends(gaps(quarter, "posts_35", "trust"))[1] < 0
    rested = lives(SEEDS, WORLDS, DAYS, **planning.SWITCHES["tired"])
    saved = gaps(rested, "posts_35", "trust") - gaps(quarter, "posts_35", "trust")
    assert ends(saved)[0] > 0


@pytest.mark.slow
def test_tempting_titles_cost_trust_and_only_where_they_let_down(quarter):
    assert ends(gaps(quarter, "title_tempting", "trust"))[1] < 0
    kind = lives(SEEDS, WORLDS, DAYS, **planning.SWITCHES["bait"])
    saved = gaps(kind, "title_tempting", "trust") - gaps(quarter, "title_tempting", "trust")
    assert ends(saved)[0] > 0


@pytest.mark.slow
def test_work_in_the_opening_costs_trust(quarter):
    assert ends(gaps(quarter, "work_opening", "trust"))[1] < 0


@pytest.mark.slow
def test_tempting_titles_bring_views_and_few_followers(quarter):
    assert ends(gaps(quarter, "title_tempting", "views"))[0] > 0
    usual = np.mean([reading.own(one, "followers").mean() for one in quarter])
    assert ends(gaps(quarter, "title_tempting", "followers"))[1] < usual / 2


@pytest.mark.slow
def test_followers_and_income_are_mostly_luck_and_views_and_trust_are_not(quarter):
    luck = {x: [reading.share_of_luck(one, x) for one in quarter] for x in reading.OUTCOMES}
    assert min(luck["followers"] + luck["income"]) > 50 > max(luck["views"] + luck["trust"])


def test_both_languages_of_lesson_10_quote_the_same_figures():
    def figures(lang):
        cells = [cell["source"] for cell in building.read(SOURCE) if cell["lang"] == lang]
        return sorted(re.findall(r"\d+\.\d+", "\n".join(cells).split("\n### ")[0]))

    assert figures("en") == figures("zh")
