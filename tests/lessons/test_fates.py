"""Fates of the same videos: luck alone differs, and its share is reckoned without bias."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
import torch

from sim.lab.run.arm import Arm
from sim.lab.teaching import lesson_02
from sim.lab.teaching.lesson_02 import betting, check
from sim.lab.teaching.lesson_02.variance import luck, scatter
from sim.lab.teaching.lesson_02.worlds import Fates, fates
from sim.presets.config import resolve
from sim.world.state import COUNTS, Truth


def made(views, quality=None, hook=None):
    """Fates with these impressions, (worlds, videos), under a recommender `a`."""
    views = torch.as_tensor(np.asarray(views), dtype=torch.float64)
    n = views.shape[1]
    traits = [torch.zeros(n) if x is None else torch.as_tensor(x) for x in (quality, hook)]
    ids = torch.arange(1, n + 1)
    return Fates(4, ids, ids * 0, ids.float(), *traits, {"a": views})


def tensors(thing, name="world"):
    if is_dataclass(thing):
        for field in fields(thing):
            yield from tensors(getattr(thing, field.name), f"{name}.{field.name}")
    elif isinstance(thing, torch.Tensor):
        yield name, thing


def test_worlds_are_the_same_to_the_last_digit_until_the_first_morning():
    """Every number of them, the videos' counts among them, which are naught."""
    one, two = (Arm("random", resolve(world="nano"), 0, future=future).world for future in (0, 7))
    for (name, a), (_, b) in zip(tensors(one), tensors(two), strict=True):
        assert torch.equal(torch.nan_to_num(a), torch.nan_to_num(b)), name
    assert int(one.videos.counts.sum()) == 0


def test_the_same_luck_has_the_same_fates_and_another_has_others():
    one, two = (fates(["popular"], "nano", 1, 2, 0).views["popular"] for _ in range(2))
    assert torch.equal(one, two)
    assert not torch.equal(one[0], one[1])


def test_how_a_recommender_begins_is_luck_as_well(monkeypatch):
    """A list by counts begins in an order of chance. Were it one order in all worlds, it would pass
    for the videos' own worth."""
    assert luck(fates(["counts"], "nano", 2, 3, 0), "counts").luck > 90
    monkeypatch.setattr("sim.lab.teaching.lesson_02.worlds.WORLDS_APART", 0)
    assert luck(fates(["counts"], "nano", 2, 3, 0), "counts").luck < 20


def test_counted_are_the_videos_of_the_last_eve_and_none_is_lost():
    found = fates(["random"], "nano", 2, 2, 0)
    world = Arm("random", resolve(world="nano"), 0).world
    posted = {int(i): int(day) for i, day in zip(world.videos.id, world.videos.uploaded,
                                                 strict=True)}  # fmt: skip
    assert len(found.video) > 50 and all(posted[int(i)] == -1 for i in found.video)
    assert (found.views["random"] > 0).all()


@pytest.mark.parametrize("worlds", [3, 20])
def test_shares_are_those_that_made_the_numbers(worlds):
    """ln(1 + n) of worth with variance 2, another own of 1, luck of 1: half, a quarter, a quarter.
    With a ratio of two estimates few videos shift it by a point or so; here are many."""
    found = []
    for seed in range(60):
        draw = np.random.default_rng(seed)
        quality, hook = draw.normal(size=(2, 400))
        own = quality + hook + draw.normal(size=400)
        y = 9 + own + draw.normal(size=(worlds, 400))
        found.append(luck(made(np.expm1(y), quality, hook), "a"))
    assert np.mean([one.worth for one in found]) == pytest.approx(50, abs=2)
    assert np.mean([one.rest for one in found]) == pytest.approx(25, abs=2)
    assert np.mean([one.luck for one in found]) == pytest.approx(25, abs=2)


def test_traits_that_tell_nothing_are_given_nothing():
    shares = []
    for seed in range(40):
        draw = np.random.default_rng(seed)
        y = 5 + draw.normal(size=80) + draw.normal(size=(4, 80))
        shares.append(luck(made(np.expm1(y), *draw.normal(size=(2, 80))), "a").worth)
    assert np.mean(shares) < 1.5  # half of them are above naught by chance, none below


def test_impressions_that_fall_each_by_itself_leave_no_snowball():
    draw = np.random.default_rng(0)
    found = luck(made(draw.poisson(30, size=(20, 80))), "a")
    assert found.luck > 95 and found.snowball < 5
    grown = luck(made(draw.poisson(30 * draw.gamma(1, size=(20, 80)))), "a")
    assert grown.snowball > 85


def test_the_scatter_of_counts_is_that_of_draws():
    means = torch.tensor([0.5, 4.0, 60.0])
    drawn = np.random.default_rng(0).poisson(means.numpy(), size=(200_000, 3))
    assert scatter(means).numpy() == pytest.approx(np.log1p(drawn).var(0), rel=0.02)


def test_where_all_worlds_agree_nothing_is_luck_and_where_videos_do_all_is():
    assert luck(made([[1, 5, 9, 9, 2]] * 4), "a").luck == 0
    assert luck(made([[1] * 5, [7] * 5]), "a").luck == 100


def test_the_interval_holds_the_true_share_nearly_always():
    held = 0
    for seed in range(20):
        draw = np.random.default_rng(seed)
        y = 6 + draw.normal(size=80) + draw.normal(size=(8, 80))
        low, high = lesson_02.bounds(made(np.expm1(y)), "a")
        held += low <= 50 <= high
    assert held >= 17  # of 95 in 100, 17 or more of 20 come in 98 cases of 100


FOUR = made([[1, 2, 3, 4], [4, 3, 2, 1], [1, 2, 4, 3]], quality=[0.0, 1.0, 2.0, 3.0])


def test_places_count_from_the_least_shown_and_equals_share_them():
    assert FOUR.rank("a")[0].tolist() == pytest.approx([0, 100 / 3, 200 / 3, 100])
    assert made([[5, 5, 9]]).rank("a")[0].tolist() == [25, 25, 100]
    assert FOUR.tops("a", 0.25).tolist() == [[False] * 3 + [True], [True] + [False] * 3,
                                             [False, False, True, False]]  # fmt: skip


def test_bets_and_winners_are_counted_over_worlds():
    assert lesson_02.share_on_top(FOUR, "a", [3]) == pytest.approx(100 / 3)
    assert lesson_02.best(FOUR, 2) == [3, 2]
    assert lesson_02.again(FOUR, "a", 0.5) == pytest.approx(100 * 2 / 6)
    assert lesson_02.top_share(FOUR, "a", 0.25) == pytest.approx(40)
    assert lesson_02.times(made([[1, 3], [3, 7]]), "a") == pytest.approx(2)


def test_the_video_that_is_followed_is_the_best_bet_that_was_shown_in_every_world():
    found = made([[5, 5, 0], [5, 5, 9]], quality=[0.0, 1.0, 2.0])
    assert lesson_02.chosen(found, [1, 2, 3], "a") == 1
    assert lesson_02.chosen(found, [3], "a") in (0, 1)
    assert lesson_02.extremes(replace(found, views={"a": found.views["a"]}), 2)["a"].tolist() == [
        9, 0,
    ]  # fmt: skip


def test_one_list_goes_by_counts_and_the_other_by_worth_alone():
    world = Arm("random", resolve(world="nano"), 0)
    counts, catalog = lesson_02.Counts(), world.clock.listing
    counts.reset(catalog, viewers=300, seed=0, device=torch.device("cpu"))
    catalog.counts[:, COUNTS.index("views")] = torch.arange(len(catalog.id)).flip(0)
    assert counts.value(catalog, 1.0).argsort(descending=True)[:3].tolist() == [0, 1, 2]
    jury = lesson_02.Jury()
    jury.reset(catalog, viewers=300, seed=0, device=torch.device("cpu"))
    truth = Truth(lambda row: torch.stack([row * 1.0, row * 3.0]), lambda row: row * 0.0)
    ids = catalog.id[torch.tensor([4, 2, 9])]
    assert jury.score(None, ids, truth).tolist() == [8, 4, 18]
    assert jury.score(None, ids.expand(2, -1), truth).tolist() == [[8, 4, 18]] * 2


def test_the_scout_s_cards_are_of_all_grades_and_the_same_every_time(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one, two = (lesson_02.bets("02 one", "nano", 0) for _ in range(2))
    assert one.played.cards.video.tolist() == two.played.cards.video.tolist()
    assert len(set(one.played.cards.video.tolist())) == betting.CARDS
    assert set(one.quality.tolist()) == {1, 2, 3, 4, 5}
    assert len(one.on()) == int((one.quality >= betting.GOOD).sum())
    stars = betting.stars(torch.tensor([0.3, -1.0, 2.0, 0.0, 1.0])).tolist()
    assert stars == [3, 1, 5, 2, 4]


EXAM = check.Exam(266, 6, *check.SETS[0])
RIGHT = {"times": 44.3, "luck": 3.0, "share": 37.5}


@pytest.mark.parametrize(
    "answers",
    [RIGHT, {"times": 266 / 6, "luck": 12 / 4, "share": 300 / 8}, {**RIGHT, "times": 44.33}],
)
def test_right_answers_pass_the_check(answers):
    assert all(right for right, _ in EXAM.verdicts(answers, "en"))


WRONG = {
    "nothing": {},
    "naughts": {"times": 0, "luck": 0, "share": 0},
    "upside down": {**RIGHT, "times": 6 / 266},
    "a difference": {**RIGHT, "times": 260},
    "not halved": {**RIGHT, "luck": 6.0},
    "the sum": {**RIGHT, "luck": 12.0},
    "not squared": {**RIGHT, "luck": 2.0},
    "the other share": {**RIGHT, "share": 62.5},
    "a fraction": {**RIGHT, "share": 0.375},
    "luck by own": {**RIGHT, "share": 60.0},
    "words": {"times": "44.3", "luck": "3", "share": "37.5"},
    "true": {"times": True, "luck": True, "share": True},
}


@pytest.mark.parametrize("answers", WRONG.values(), ids=WRONG)
def test_wrong_answers_fail_and_are_told_why_but_not_the_right_number(answers):
    told = EXAM.verdicts(answers, "en")
    assert not all(right for right, _ in told)
    for right, sentence in told:
        assert right or not any(str(number) in sentence for number in RIGHT.values())


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [
        ("times", 6 / 266, "other way round"), ("times", 260, "difference"),
        ("luck", 6, "halved"), ("luck", 12, "the sum"), ("luck", 9, "For each video"),
        ("share", 62.5, "videos' own"), ("share", 0.375, "fraction"), ("share", 60, "the whole"),
    ],
)  # fmt: skip
def test_a_wrong_number_is_told_which_step_was_missed(key, value, hint):
    assert hint in EXAM.hint(key, value, "en")
    assert EXAM.hint(key, value, "zh") != EXAM.hint(key, value, "en")


def test_no_two_neighbours_tables_have_the_same_answers():
    answers = {tuple(check.Exam(9, 3, *one).truth.values()) for one in check.SETS}
    assert len(answers) == len(check.SETS)
    for table, _ in check.SETS:
        wrong = check.Exam(9, 3, table, 5.0)._wrong("luck").values()
        assert check.within(table) not in wrong  # the right number is no missed step
