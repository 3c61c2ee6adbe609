"""Plans that a person writes: read to the line, lived in many futures, and told with their luck."""

import json
import tomllib
from dataclasses import replace

import numpy as np
import pytest
import torch
from test_studio import life

from agents.creator_rules import SEATS, TOPICS, board
from sim.lab.studio.plan import forecast, futures
from sim.lab.studio.plan.command import EXAMPLE
from sim.lab.studio.plan.fields import Goal, merged
from sim.lab.studio.plan.futures import chance, luck
from sim.lab.studio.plan.planned import Planned, due
from sim.lab.studio.plan.reading import PERSONAS, changed, parse, read
from sim.lab.studio.topics import topic_of
from sim.presets.errors import BadInput
from sim.run import main

SHORT = ["--seat", "creator", "--days", "2", "--house", "popular", "--set", "run.warm_up=1"]


def plan(**tables):
    return parse(tables, "mine", 47)


def test_the_printed_example_is_a_plan_and_uses_every_word(capsys, tmp_path):
    assert main(["--seat", "creator", "--plan", "example"]) == 0
    text = capsys.readouterr().out
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    found = read(tmp_path / "x.toml", 47)
    assert found.name == "Weekend kitchen" and found.goal == Goal("followers", 5000)
    assert found.in_week(4).posts_per_week == 5 and found.in_week(5).posts_per_week == 3
    assert found.in_week(5).hour == 18.5 and found.in_week(5).income.deals == 0.5
    words = set(tomllib.loads(text)) | {"topics"}
    assert words == {
        "name", "persona", "topics", "formats", "posts_per_week", "hour", "duration_s",
        "effort_quality", "effort_hook", "honesty", "trends", "replies_per_day",
        "community_per_week", "promotion_per_week", "income", "start", "goal", "change",
    }  # fmt: skip


BAD = {
    "posts_per_weak = 3": "line 1: unknown word of a plan; got 'posts_per_weak'. Did you mean 'po",
    "hour = 9\nposts_per_week = -2": "line 2: posts_per_week is a number from 0 to 70; got -2. The",
    "honesty = 1.5": r"line 1: honesty is a number from 0 to 1; got 1.5. The nearest is 1.",
    "hour = 9\n[start]\n\nhours = 30": "line 4: start.hours is a number from 0 to 24; got 30. The",
    "promotion_per_week = -10": "line 1: promotion_per_week is a number from 0 to 10,000,000; got",
    'persona = "foood"': "line 1: unknown persona; got 'foood'. Did you mean 'food'",
    'hour = 1\ntopics = { Foood = 1 }': "line 2: unknown topic; got 'Foood'. Did you mean 'Food'",
    'persona = "food"\ntopics = "Food"': "line 2: a plan has a persona or topics",
    "topics = { Food = -1 }": "line 1: a share of topics is a number from 0 up; got -1",
    "topics = [47]": "line 1: topics are numbered 0 to 46; got 47",
    "formats = { blog = 1 }": "line 1: unknown format; got 'blog'. Did you mean 'vlog'",
    "[income]\nads = 2": "line 2: income.ads is a number from 0 to 1; got 2",
    "[income]\nadds = true": "line 2: unknown setting; got 'income.adds'. Did you mean 'income.ads",
    '[goal]\nmetric = "fame"': "line 2: unknown value of goal.metric; got 'fame'",
    '[goal]\nmetric = "brand_equity"\nvalue = 3': "line 3: brand_equity lies in 0..1; got 3",
    "[[change]]\nhour = 3": "line 1: a change says from which week on",
    "[[change]]\nfrom_week = 3\n[[change]]\nfrom_week = 4\nhour = 25": "line 5: change.1.hour is a",
    "[[change]]\nfrom_week = 1": "line 2: change.0.from_week is a whole number from 2",
    "hour = @": "no TOML: Invalid value \\(at line 1",
}  # fmt: skip


@pytest.mark.parametrize("text", BAD, ids=lambda t: t.replace("\n", "; "))
def test_a_bad_plan_is_told_with_its_line_the_limit_and_the_cure(text, tmp_path, capsys):
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=BAD[text]):
        read(tmp_path / "bad.toml", 47)
    assert main([*SHORT, "--plan", str(tmp_path / "bad.toml")]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "bad.toml" in said.err and "Traceback" not in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--plan", "nowhere.toml"], "--plan names a file that can be read"),
        (["--plan", str(EXAMPLE), "--agent", "bandit"], "--plan is who decides"),
        (["--plan", str(EXAMPLE), "--what-if", "posts_per_weak=3"], "--what-if: unknown word"),
        (["--plan", str(EXAMPLE), "--what-if", "posts_per_week=99"], "got 99. The nearest is 70"),
        (["--plan", str(EXAMPLE), "--set", "run.futures=1"], "run.futures is a whole number"),
        (["--agent", "bandit", "--what-if", "hour=3"], "--what-if changes a plan"),
    ],
)
def test_bad_words_about_a_plan_are_refused(words, told, capsys):
    assert main([*SHORT, *words]) == 2
    said = capsys.readouterr()
    assert told in said.err and said.out == ""


def test_every_persona_stands_for_topics_that_there_are():
    for shares in PERSONAS.values():
        assert sum(shares.values()) == pytest.approx(1)
        assert all(0 <= topic_of(name, 47) < 47 for name in shares)
    assert topic_of("美食", 47) == topic_of("food", 47) == topic_of("4", 47) == 4


@pytest.mark.parametrize("per_week", [0, 0.5, 3, 5, 7, 21])
def test_weeks_have_as_many_posts_as_the_plan_says(per_week):
    posts = [due(per_week, day) for day in range(14)]
    assert sum(posts) == int(2 * per_week) and max(posts) - min(posts) <= 1


def test_an_account_does_what_the_plan_says_and_leaves_the_rest_to_habit():
    shares = {"0": 1, "3": 3}
    made = plan(topics=shares, posts_per_week=14, honesty=0.25, income={"ads": True, "deals": 0.5},
                promotion_per_week=700)  # fmt: skip
    agent = Planned(made, scale=100)
    agent.reset(seats=SEATS, seed=0, device=torch.device("cpu"))
    topics = []
    for day in range(400):
        choice = agent.act(replace(board(day), seated=torch.full((SEATS,), day)))
        topics += choice.topic.tolist()
    assert choice.count.tolist() == [2] * SEATS and choice.honesty.tolist() == [0.25] * SEATS
    assert choice.promotion.tolist() == [1.0] * SEATS  # 700 a week / 7 days / scale
    assert choice.ads.tolist() == [1.0] * SEATS and choice.deals.tolist() == [0.5] * SEATS
    assert bool(choice.hour.isnan().all()) and choice.format.tolist() == [-1] * SEATS
    assert set(topics) == {0, 3} and TOPICS > 3
    assert np.mean(np.array(topics) == 3) == pytest.approx(0.75, abs=4 * (0.1875 / 2000) ** 0.5)


def test_a_change_of_position_is_whole_and_income_is_changed_word_by_word():
    old = plan(persona="food", income={"ads": 1, "shop": 0}, hour=9).conduct
    new = plan(topics={"Travel": 1}, income={"shop": 1}).conduct
    now = merged(old, new)
    assert now.persona is None and now.topics == {"20": 1.0}
    assert now.income.ads == 1 and now.income.shop == 1 and now.hour == 9


def test_what_if_changes_one_thing_by_any_of_its_names():
    tables = {"persona": "food", "income": {"ads": 1.0}, "start": {"followers": 10}}
    first = parse(tables, "mine", 47)
    assert changed(first, tables, "posts_per_week=3", 47).conduct.posts_per_week == 3
    assert changed(first, tables, "ads=0.25", 47).conduct.income.ads == 0.25
    assert changed(first, tables, "income.deals=1", 47).conduct.income.deals == 1
    assert changed(first, tables, "start.followers=99", 47).start.followers == 99
    other = changed(first, tables, "topics={ Travel = 1 }", 47).conduct
    assert other.persona is None and other.topics == {"20": 1.0}
    assert tables["income"] == {"ads": 1.0}  # the first plan stays as it was


def test_a_chance_has_wilsons_interval():
    found = chance([5.0] * 20 + [1.0] * 30, Goal("followers", 5))
    assert found.share == 0.4
    # Newcombe (Statistics in Medicine 1998), table I: 20 of 50 by method 3
    assert found.ends == pytest.approx((0.2761, 0.5382), abs=2e-4)
    assert chance([0.0] * 50, Goal("followers", 1)).ends[0] == 0


def test_the_share_of_luck_is_that_of_the_variance_within_plans():
    rng = np.random.Generator(np.random.PCG64(0))
    alike = [rng.normal(0, 1, 4000), rng.normal(0, 1, 4000)]
    assert luck(alike) > 0.99
    apart = [rng.normal(0, 1, 4000), rng.normal(2, 1, 4000)]  # variances 1 within, 2 between
    assert luck(apart) == pytest.approx(1 / 3, abs=0.03)
    assert luck([[1.0, 1.0], [2.0, 2.0]]) == 0.0
    assert luck([[1.0, 2.0]]) is None and luck([[1.0, 1.0], [1.0, 1.0]]) is None


def test_a_fan_spreads_from_the_middle_and_an_early_end_stays():
    lives = [life("x", 10, followers=np.full(10, float(k))) for k in range(21)]
    found = futures.fan(lives, 10.0)
    assert found.shape == (5, 10) and found[:, 3].tolist() == [10, 50, 100, 150, 190]
    short = life("x", 4, followers=np.array([1.0, 2.0, 3.0, 4.0]))
    assert futures.fan([short, life("x", 6, followers=np.full(6, 4.0))], 1.0)[2, -1] == 4


def test_a_month_of_income_is_the_last_thirty_days_less_what_was_spent():
    told = life("x", 40, spent=np.full(40, 0.25))
    assert futures.outcome(told, "monthly_income", 100.0) == pytest.approx(30 * 0.75 * 100)
    assert futures.outcome(life("x", 10), "monthly_income", 1.0) == pytest.approx(30.0)


def test_differences_between_plans_are_paired_by_future():
    noise = [3.0, 50.0, 7.0, 400.0]
    one = [life("a", 2, followers=np.array([0.0, x])) for x in noise]
    two = [life("b", 2, followers=np.array([0.0, x + 5])) for x in noise]
    groups = [forecast.Group("a", plan(), one), forecast.Group("b", plan(), two)]
    found = forecast.forecast(groups, Goal("followers", 40), 1.0)
    gap = found["plans"][1]["against_first"]["followers"]
    assert gap["mean"] == pytest.approx(5) and gap["ci95"] == pytest.approx([5, 5])
    assert found["plans"][0]["chance"]["share"] == 0.5


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_plan_is_lived_in_its_futures_beside_one_change(lang, tmp_path, capsys):
    out = tmp_path / "x"
    words = ["--plan", str(EXAMPLE), "--what-if", "posts_per_week=21", "--set", "run.futures=3"]
    assert main([*SHORT, *words, "--out", str(out), "--lang", lang]) == 0
    said = capsys.readouterr()
    assert "Weekend kitchen" in said.out and "posts_per_week=21" in said.out
    found = json.loads((out / "forecast.json").read_text())
    first, other = found["plans"]
    assert first["futures"] == other["futures"] == 3 and found["audience_scale"] == 1000
    assert first["followers"]["quantiles"][2] >= 1000  # 2,000 begin with it
    assert other["against_first"]["followers"]["ci95"] is not None
    assert (out / "plan-1.toml").read_text() == EXAMPLE.read_text()
    page = (out / "report.html").read_text()
    assert page.count("<svg") == 2 and "nan" not in page.lower().replace("nano", "")
