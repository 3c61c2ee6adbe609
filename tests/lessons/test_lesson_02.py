"""What lesson 2 says about luck and quality holds over several sets of people and videos.

The small form lives two days in three worlds of three seeds; the slow one as the lesson does.
"""

import re
from pathlib import Path

import pytest
import torch

from sim.lab.drawing import intervals as numbers
from sim.lab.teaching import building, lesson_02

SOURCE = Path(__file__).parents[2] / "lessons" / "02_quality.py"
AGENTS = ("random", "popular", "mf", "counts", "jury")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((2, 3, range(3)), id="small form"),
        pytest.param((4, 20, range(5)), id="as in the lesson", marks=pytest.mark.slow),
    ],
)
def found(request):
    days, worlds, seeds = request.param
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    all_seeds = [lesson_02.fates(AGENTS, "nano", days, worlds, seed) for seed in seeds]
    torch.set_num_threads(before)
    return all_seeds


def each(found, measure, agent):
    return [measure(one, agent) for one in found]


def more(found, measure, one, two):
    """By how much a measure is larger under one recommender than under two, paired by seed."""
    both = zip(each(found, measure, one), each(found, measure, two), strict=True)
    return numbers.interval([a - b for a, b in both])


def share(part):
    return lambda found, agent: getattr(lesson_02.luck(found, agent), part)


def test_by_chance_all_is_luck_and_next_to_nothing(found):
    assert min(each(found, share("luck"), "random")) > 90
    assert max(each(found, share("snowball"), "random")) < 5
    assert max(each(found, lesson_02.times, "random")) < 1.5
    for agent in ("popular", "mf", "counts"):
        assert more(found, lesson_02.times, agent, "random").lo > 0


def test_luck_grows_where_a_recommender_learns_from_what_it_showed(found):
    for agent in ("popular", "mf", "counts"):
        assert min(each(found, share("snowball"), agent)) > 30
        assert more(found, share("snowball"), agent, "random").lo > 0


def test_a_list_by_counts_is_nearly_all_snowball_and_leaves_quality_nothing(found):
    assert min(each(found, share("luck"), "counts")) > 75
    assert max(each(found, share("worth"), "counts")) < 10
    for one in found:
        assert lesson_02.times(one, "counts") > lesson_02.times(one, "popular")


def test_with_the_loop_switched_off_luck_is_nearly_gone_and_inequality_is_not(found):
    assert max(each(found, share("luck"), "jury")) < 15
    assert min(each(found, share("worth"), "jury")) > 50
    assert more(found, lesson_02.top_share, "jury", "random").lo > 20
    for one in found:
        assert lesson_02.top_share(one, "jury") > lesson_02.top_share(one, "mf")


def test_few_take_most_in_whatever_world(found):
    for one in found:
        lowest = min(one.views["popular"].sort(1, descending=True).values[:, : len(one.video) // 10]
                     .sum(1) / one.views["popular"].sum(1))  # fmt: skip
        assert lowest > 0.25 > 0.2 > lesson_02.top_share(one, "random") / 100


def best_and_worst(found, agent):
    few = round(len(found.video) / 10)
    worst = (-found.quality).topk(few).indices.tolist()
    best = lesson_02.best(found, few)
    return (lesson_02.share_on_top(found, agent, places, 0.1) for places in (best, worst))


def test_the_best_reach_the_top_far_more_often_than_the_worst(found):
    for agent in ("popular", "mf"):
        pairs = [tuple(best_and_worst(one, agent)) for one in found]
        assert all(best > worst for best, worst in pairs)
        assert max(worst for _, worst in pairs) < 15


def test_between_the_best_and_the_worst_nearly_anything_happens(found):
    """Of the middle fifth by quality, some end in the top and in the bottom quarter, in each set of
    people."""
    for one in found:
        order = one.quality.argsort()
        middle = order[int(0.4 * len(order)) : int(0.6 * len(order))]
        ends = one.rank("popular")[:, middle]
        assert bool((ends > 75).any()) and bool((ends < 25).any())


def test_mf_gives_quality_more_than_popular_and_its_worlds_lie_further_apart(found):
    if found[0].worlds < 20:
        pytest.skip("three worlds tell too little")
    assert more(found, share("worth"), "mf", "popular").lo > 0
    assert more(found, lesson_02.times, "mf", "popular").lo > 0


def test_both_languages_quote_the_same_figures():
    def figures(lang):
        cells = [cell["source"] for cell in building.read(SOURCE) if cell["lang"] == lang]
        text = "\n".join(cells).split("\n### ")[0].replace("14,341", "14341")
        return sorted(re.findall(r"\d+\.\d+|\d{2,}", text))

    assert figures("en") == figures("zh")
    assert len(figures("en")) >= 15
