"""What lesson 0 says about the platform holds over several seeds, with its interval.

The small form runs a few worlds of 300 viewers. The slow one runs more of them, and worlds of the
size that the lesson shows.
"""

import re
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import sim
from agents.recommender.popular import Popular
from sim.lab.drawing import intervals as numbers
from sim.lab.teaching import building, tables, teach
from sim.lab.teaching.examining import rates_of
from sim.world.state import COUNTS

LEARNERS = ("popular", "ncf")
SOURCE = Path(__file__).parents[2] / "lessons" / "00_first_run.py"


def simulate(world, days, seeds, agents=("ncf", "popular", "oracle"), **more):
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    options = {
        "seeds": range(seeds),
        "quiet": True,
        "truth": True,
        "events_max": 20_000_000,
        "settings": {"money": "off", "threats": "none"},  # as the lesson's own runs
        **more,
    }
    run = sim.simulate(list(agents), world=world, days=days, **options)
    torch.set_num_threads(before)
    return run


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("nano", 7, 5), id="small form"),
        pytest.param(("nano", 7, 12), id="many seeds", marks=pytest.mark.slow),
        pytest.param(("small", 7, 4), id="as in the lesson", marks=pytest.mark.slow),
    ],
)
def run(request):
    return simulate(*request.param)


def change(run, metric, agent, baseline="random"):
    return numbers.differences(run.metrics, agent, baseline)[metric]


def level(run, metric, agent):
    return numbers.interval(numbers.levels(run.metrics)[metric, agent])


@pytest.mark.parametrize("agent", [*LEARNERS, "oracle"])
@pytest.mark.parametrize("metric", ["watch_minutes", "satisfaction"])
def test_all_hold_people_longer_than_chance_and_satisfy_them_more(run, agent, metric):
    assert change(run, metric, agent).lo > 0


def test_more_of_what_is_shown_is_regretted_and_less_of_what_is_watched(run):
    assert change(run, "regret", "ncf").lo > 0
    assert change(run, "regret_rate", "ncf").hi < 0


def test_the_counts_of_the_lesson_give_the_rates_of_the_measures(run):
    """All days of the run, where the measures leave the first third out."""
    shown, watched = rates_of(*tables.three(run.events, "ncf"))
    assert shown == pytest.approx(100 * level(run, "regret", "ncf").mean, rel=0.25)
    assert watched == pytest.approx(100 * level(run, "regret_rate", "ncf").mean, rel=0.25)


def test_one_list_for_everybody_makes_few_stars(run):
    for seed in run.summary["seeds"]:
        rows = run.events[run.events["seed"] == seed]
        tops = {a: 1 - curve[90] for a, curve in numbers.lorenz(rows, "video").items()}
        assert tops["popular"] > 0.5 > 0.25 > tops["random"]
    assert change(run, "shared_videos", "popular", "ncf").lo > 0


def test_what_holds_everybody_comes_before_what_holds_one(run):
    table = teach.behind(run)
    mine, quality, hook = (dict(table.loc[row]) for row in table.index)
    assert min(quality[a] for a in LEARNERS) > quality["random"] + 0.3
    assert min(hook[a] for a in LEARNERS) > hook["random"] + 0.3
    assert mine["ncf"] < (mine["random"] + mine["oracle"]) / 2  # it has only begun


def test_a_recommender_that_knows_people_shows_fewer_topics(run):
    """From chance to the oracle by way of ncf: more favourites, fewer topics, more satisfaction."""
    order = ("random", "ncf", "oracle")
    for one, two in pairwise(order):
        assert change(run, "favourites", two, one).lo > 0
        assert change(run, "satisfaction", two, one).lo > 0
    assert change(run, "topic_entropy", "oracle").hi < 0
    assert change(run, "topic_entropy", "oracle", "ncf").hi < 0


def test_popular_does_not_come_to_know_people(run):
    assert abs(change(run, "favourites", "popular").mean) < 0.02


def test_about_one_video_in_a_hundred_is_asked_about(run):
    asked = run.events["survey"].notna().mean()
    assert asked == pytest.approx(0.01, abs=0.002)


def test_being_shown_does_not_by_itself_move_a_video_up_the_list():
    """popular asks what share of plays was long: more plays of the same kind leave a video's worth,
    and fewer make it worth a trial."""
    shown = SimpleNamespace(
        id=torch.arange(1, 4), eligible=torch.ones(3, dtype=torch.bool), capacity=3,
        counts=torch.zeros(3, len(COUNTS), dtype=torch.int64),
    )  # fmt: skip
    views, long = COUNTS.index("views"), COUNTS.index("long_views")
    agent = Popular()
    agent.reset(shown, viewers=1, seed=0, device=torch.device("cpu"))
    shown.counts[:, views] = torch.tensor([1000, 2000, 10])
    shown.counts[:, long] = torch.tensor([100, 200, 1])
    greedy, tried = agent.value(shown, 0.0), agent.value(shown, 1.0)
    assert greedy[0] == pytest.approx(float(greedy[1]), abs=0.002)
    assert tried[2] > tried[0] > tried[1]


@pytest.mark.slow
def test_a_recommender_gets_what_it_is_rewarded_for_where_that_can_be_seen():
    """The lever, as in the lesson: completion and reactions rise where they are paid for, and cost
    time and satisfaction; satisfaction, of which few are asked, rises, and favourites fall."""
    runs = {
        objective: simulate("small", 7, 4, ["ncf"], baseline=None, objective=objective, truth=None,
                            events_max=1)
        for objective in ("watch_time", "completion", "reactions", "satisfaction")
    }  # fmt: skip

    def gain(metric, objective):
        one, two = (
            numbers.levels(runs[o].metrics)[metric, "ncf"] for o in (objective, "watch_time")
        )
        return numbers.interval((one - two).tolist())

    assert gain("finish_rate", "completion").lo > 0
    assert gain("like_rate", "reactions").lo > 0
    for objective in ("completion", "reactions"):
        assert gain("watch_minutes", objective).hi < 0
        assert gain("satisfaction", objective).hi < 0
    assert gain("satisfaction", "satisfaction").lo > 0
    assert gain("regret", "satisfaction").hi < 0
    assert gain("favourites", "satisfaction").hi < 0


@pytest.mark.slow
def test_which_of_the_two_holds_people_longer_depends_on_how_many_there_are_to_learn_from():
    few, many = simulate("nano", 7, 12, LEARNERS), simulate("small", 7, 4, LEARNERS)
    gap = [change(run, "watch_minutes", "ncf", "popular").mean / level(run, "watch_minutes",
           "popular").mean for run in (few, many)]  # fmt: skip
    assert change(many, "watch_minutes", "ncf", "popular").lo > 0
    assert gap[1] > gap[0] + 0.1


def test_both_languages_quote_the_same_figures():
    def figures(lang):
        cells = [cell["source"] for cell in building.read(SOURCE) if cell["lang"] == lang]
        text = "\n".join(cells).split("\n### ")[0]  # without the sources
        return sorted(re.findall(r"\d*\.\d+", text))

    assert figures("en") == figures("zh")
    assert len(figures("en")) >= 8
