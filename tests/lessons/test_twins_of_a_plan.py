"""Twins of a plan: alike but for one thing, in futures that differ by luck alone; and the check."""

import itertools

import numpy as np
import pytest

from sim.lab.studio import lesson_10
from sim.lab.studio.lesson_10 import lived, planning, reading, twins
from sim.lab.studio.lesson_10.check import SETS, Exam

PLAN = planning.SAYS.scripted_answers("plan")


def options(key):
    row = next(row for row in planning.SAYS.told["plan"] if row["key"] == key)
    return [name for name, _ in row["options"]]


def test_every_answer_of_the_panel_makes_a_plan():
    keys = [row["key"] for row in planning.SAYS.told["plan"]]
    assert sorted(keys) == sorted(planning.TWINS)
    for answers in itertools.product(*(options(key) for key in keys)):
        plan = planning.plan_of(dict(zip(keys, answers, strict=True)))
        assert plan.start.followers == 500


@pytest.mark.parametrize("key", sorted(planning.TWINS))
def test_a_twin_differs_in_its_one_thing_whatever_the_plan_says(key):
    for option in options(key):
        mine = {**PLAN, key: option}
        twins_of = planning.changed(mine)
        (name,) = [twin for twin in twins_of if twin.startswith(f"{key}_")]
        other = twins_of[name]
        assert {k for k in mine if mine[k] != other[k]} == {key}
        assert name == f"{key}_{other[key]}" and planning.name_of(name, "en")
        assert planning.name_of(name, "zh") != planning.name_of(name, "en")
    table = lesson_10.told(PLAN, "en")
    assert len(table) == len(planning.TWINS) and (table.iloc[:, 0] != table.iloc[:, 1]).all()


def test_twins_begin_alike_without_posts_and_futures_share_the_past():
    past = twins.Past(3, 2, "cpu", 4)
    one, two = (twins._begun(past) for _ in range(2))
    assert one is not two and one.row.tolist() == two.row.tolist()
    creators = one.world.creators
    for name in twins.OWN:
        mine = getattr(creators, name)[one.row]
        assert (mine == mine[:1]).all(), name
    followers = (one.world.memory.follows[..., None] == creators.id[one.row]).any((0, 1))
    assert not followers.any()
    videos = one.world.videos
    theirs = (videos.creator[:, None] == creators.id[one.row]).any(1)
    assert theirs.any() and videos.removed[theirs].all()


@pytest.fixture(scope="module")
def few():
    plans = {name: planning.plan_of(PLAN, name) for name in ("you_0", "you_1")}
    silent = {**PLAN, "posts": "35"}
    return {**plans, "posts_35": planning.plan_of(silent, "posts_35")}


def test_one_future_is_the_same_again_and_another_is_not(few):
    one, again = (lesson_10.fates(few, 2, 3, 5) for _ in range(2))
    for name in lived.KEPT:
        assert np.array_equal(getattr(one, name), getattr(again, name)), name
    assert not np.array_equal(one.views[0], one.views[1])
    assert one.followers.shape == (2, 3, 3) and one.first(1).views.shape == (1, 3, 3)


def test_a_plan_goes_with_its_twin_through_every_future(few):
    """Which account has which plan is dealt anew; five a day are told from one a day by views."""
    found = lesson_10.fates(few, 3, 8, 5)
    views = reading.outcome(found, "views")
    assert (views[:, found.of("posts_35")] > views[:, found.own[0]]).all()


def made(table):
    """Fates of which only followers matter: (futures; two of the plan and a twin)."""
    days = np.repeat(np.asarray(table, float)[:, :, None], 9, axis=2)
    flat = dict.fromkeys(("trust", "views", "energy", "known", "held"), np.zeros_like(days))
    return lived.Fates(("you_0", "you_1", "posts_35"), followers=days,
                       income=np.zeros((*days.shape, 7)), **flat)  # fmt: skip


def test_luck_is_what_differs_within_a_plan():
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 1, (400, 3))
    assert reading.share_of_luck(made(noise), "followers") > 95
    apart = noise + np.array([0, 0, 2 * 2**0.5])  # variance of two true means: 4
    assert reading.share_of_luck(made(apart), "followers") == pytest.approx(100 / 5, abs=4)
    assert reading.share_of_luck(made(noise * 0 + np.array([0, 0, 1])), "followers") == 0


def test_a_sign_is_told_only_where_luck_is_ruled_out():
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 1, (40, 3))
    ahead, same, behind = (made(noise + np.array([0, 0, step])) for step in (3, 0, -3))
    told = [lesson_10.went(x, "posts", "followers") for x in (ahead, same, behind)]
    assert told == ["more", "same", "less"]
    assert lesson_10.times(made([[100, 100, 1], [300, 300, 1]])) == pytest.approx(3)


@pytest.mark.parametrize("numbers", SETS)
def test_the_check_of_lesson_10_holds_closed_forms_and_names_mistakes(numbers):
    exam = Exam(*numbers)
    within, between, stars, people, paid = numbers
    assert exam.truth["luck"] == pytest.approx(100 * within / (within + between))
    none = 100 * (1 - stars / 100) ** people
    assert exam.right("stars", round(100 - none, 1)) and not exam.right("stars", round(none, 1))
    assert exam.truth["views"] * 30 * paid == pytest.approx(3000)
    assert "the other" not in exam.hint("luck", 100 * between / (within + between), "en")
    hints = [("luck", 100 * between / (within + between), "what was done"),
             ("stars", stars, "one person"), ("stars", none, "no star"),
             ("stars", min(100, stars * people), "added up"),
             ("views", 3000 / paid, "30 days"), ("views", 1, "RMB a day")]  # fmt: skip
    for key, wrong, words in hints:
        assert words in exam.hint(key, wrong, "en"), (key, wrong)
