"""What lesson 10 says about posting, titles, selling and luck holds in worlds on which nothing was
chosen. The small form lives a month in few worlds; the slow one three months."""

import re
from pathlib import Path

import numpy as np
import pytest

from sim.lab import stats
from sim.lab.studio import lesson_10
from sim.lab.studio.lesson_10 import planning, reading
from sim.lab.teaching import building

SOURCE = Path(__file__).parents[2] / "lessons" / "10_brand.py"
PLAN = planning.SAYS.scripted_answers("plan")
SEEDS, WORLDS, DAYS = (20, 21, 22, 23), 4, 90  # of the slow form
WATCHED = 1000  # views a day from which on there is anything for people to judge an account by


def lives(seeds, worlds, days, **settings):
    plans = lesson_10.plans_of(PLAN)
    return [lesson_10.fates(plans, worlds, days, seed, settings=settings) for seed in seeds]


@pytest.fixture(scope="module")
def month():
    return lives((20, 21), 3, 28)


@pytest.fixture(scope="module")
def quarter():
    return lives(SEEDS, WORLDS, DAYS)


@pytest.fixture(scope="module")
def watched(quarter):
    """Accounts that people are shown, by seed; what is said of trust is said of them."""
    views = {
        seed: reading.own(one, "views").mean() for seed, one in zip(SEEDS, quarter, strict=True)
    }
    found = {seed: quarter[SEEDS.index(seed)] for seed, n in views.items() if n > WATCHED}
    assert len(found) >= 2, views
    return found


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
def test_over_three_months_too_in_every_world(quarter):
    for found in quarter:
        views = reading.outcome(found, "views").mean(0)
        assert views[found.of("posts_35")] > 1.5 * views[found.own].mean()


@pytest.mark.slow
def test_worn_out_creators_lose_trust_and_views(watched):
    assert ends(gaps(watched.values(), "posts_35", "trust"))[1] < 0
    for found in watched.values():
        assert found.held[:, found.of("posts_35"), -1].max() == 0  # all gave up
    rested = lives(watched, WORLDS, DAYS, **planning.SWITCHES["tired"])
    for what in ("trust", "views"):
        saved = gaps(rested, "posts_35", what) - gaps(watched.values(), "posts_35", what)
        assert ends(saved)[0] > 0, what


@pytest.mark.slow
@pytest.mark.parametrize("twin", ["title_tempting", "work_opening"])
def test_what_promises_more_than_it_holds_costs_trust(watched, twin):
    assert ends(gaps(watched.values(), twin, "trust"))[1] < 0


@pytest.mark.slow
def test_tempting_titles_bring_views(quarter):
    assert ends(gaps(quarter, "title_tempting", "views"))[0] > 0


@pytest.mark.slow
def test_followers_are_more_a_matter_of_luck_than_views(quarter, watched):
    """The bound was set under an earlier fit, when these seeds had been seen. Now luck is 48 to 100
    of 100 parts in followers and 2 to 10 in views: 10, 22, 30 and 37 times. On seeds 30 to 32, on
    which nothing was set, it was under that fit 99, 79 and 68 in followers and 7, 10 and 7 in
    views: 14, 8 and 10 times."""
    for found in quarter:
        luck = {x: reading.share_of_luck(found, x) for x in reading.OUTCOMES}
        assert luck["followers"] > 5 * luck["views"]
    for found in watched.values():
        assert reading.share_of_luck(found, "trust") < reading.share_of_luck(found, "followers")


def test_both_languages_of_lesson_10_quote_the_same_figures():
    def figures(lang):
        cells = [cell["source"] for cell in building.read(SOURCE) if cell["lang"] == lang]
        return sorted(re.findall(r"\d+\.\d+", "\n".join(cells).split("\n### ")[0]))

    assert figures("en") == figures("zh")
