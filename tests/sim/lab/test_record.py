"""Files of a run: every impression once, samples of whole viewers, numbers that check by hand."""

import json
import math

import numpy as np
import pandas as pd
import pytest
import torch

from sim.lab import stats
from sim.lab.run import checkpoint, record
from sim.lab.run.arm import Arm
from sim.lab.run.events import EventLog, Tale, level
from sim.lab.screen.tables import table_of
from sim.presets.config import resolve
from sim.presets.errors import BadInput
from sim.world.state import EVENT_FLAGS

COLUMNS = [
    "seed", "agent", "day", "step", "hour", "viewer", "slot", "video", "creator", "category",
    "upload_day", "duration_s", "watch_s", "like", "comment", "share", "follow", "collect", "hide",
    "report", "left", "ad", "source", "survey", "logp",
]  # fmt: skip


@pytest.fixture(scope="module")
def days():
    params = resolve("nano", settings={"sessions.scale": 0.05, "size.viewers": 200})
    return list(Arm("popular", params, 0).run(3))


def recorded(days, most=10**9, truth=False, folder=None):
    log = EventLog(most, truth)
    log.tales.append(Tale(0, "popular", folder))
    for day in days:
        log.add(log.tales[0], day)
    return log


def test_every_impression_is_a_row_and_the_columns_are_those_promised(days):
    table = recorded(days).frame()
    assert list(table) == COLUMNS
    per_day = [{m: v for m, g, v in day.measures if g == "all"} for day in days]
    assert table.groupby("day").size().tolist() == [m["impressions"] for m in per_day]
    likes = table.groupby("day")["like"].mean()
    assert likes.tolist() == pytest.approx([m["like_rate"] for m in per_day])
    assert not table.duplicated(["day", "viewer", "video"]).any()


def test_a_row_says_what_the_page_said(days):
    page = days[1].events[0]
    table = recorded(days).frame().query("day == 1 and step == 0").reset_index(drop=True)
    who, slot = page.response.seen.nonzero(as_tuple=True)
    assert table["viewer"].tolist() == page.request.viewer[who].tolist()
    assert table["video"].tolist() == page.ids[who, slot].tolist()
    np.testing.assert_array_equal(table["watch_s"], page.response.watch[who, slot].numpy())
    for flag in EVENT_FLAGS:
        assert table[flag].tolist() == page.response.did(flag)[who, slot].tolist()
    survey = page.response.survey[who, slot].numpy()
    assert table["survey"].isna().tolist() == (survey == 0).tolist()
    assert table["survey"].dropna().tolist() == survey[survey > 0].tolist()


def test_hidden_columns_are_written_only_when_asked_for(days):
    hidden = ["satisfaction", "appeal", "harm", "violative", "bot"]
    assert list(recorded(days, truth=True).frame()) == COLUMNS + hidden
    assert not set(hidden) & set(recorded(days).frame())
    satisfaction = torch.cat(
        [e.response.satisfaction[e.response.seen] for d in days for e in d.events]
    )
    np.testing.assert_array_equal(
        recorded(days, truth=True).frame()["satisfaction"], satisfaction.numpy()
    )


@pytest.mark.parametrize("on_disk", [False, True])
def test_beyond_the_limit_whole_viewers_are_kept_or_left_out(days, tmp_path, on_disk):
    full = recorded(days).frame()
    log = recorded(days, most=len(full) // 3, folder=tmp_path if on_disk else None)
    part = log.frame()
    assert 0 < len(part) <= len(full) // 3
    kept = set(part["viewer"])
    wanted = full[full["viewer"].isin(kept)].reset_index(drop=True)
    pd.testing.assert_frame_equal(part, wanted)
    said = log.sample()
    assert (said["rows"], said["of"]) == (len(part), len(full))
    assert said["viewers_kept"] in (0.5**2, 0.5**3, 0.5**4)
    if not on_disk:  # what is thinned away is let go of at once
        assert sum(map(len, log.tales[0].tables)) < 2 * len(part)
    share = len(kept) / full["viewer"].nunique()
    assert share == pytest.approx(said["viewers_kept"], rel=0.8)


def test_each_level_of_the_sample_holds_half_of_the_one_before():
    depth = level(torch.arange(1, 200_001))
    for k in range(1, 6):
        share = float((depth >= k).double().mean())
        assert share == pytest.approx(0.5**k, abs=4 * math.sqrt(0.5**k / 200_000))


def test_no_events_are_kept_at_a_limit_of_zero(days):
    log = recorded(days, most=0)
    assert len(log.frame()) == 0 and list(log.frame()) == COLUMNS
    assert log.sample()["viewers_kept"] == 0 and log.sample()["of"] > 0


def test_what_a_killed_run_wrote_after_its_checkpoint_is_forgotten(days, tmp_path):
    tale = recorded(days[:2], folder=tmp_path).tales[0]
    tale.close()
    (tmp_path / "events-000002.parquet").write_bytes(b"half a fi")
    tale.rewind(2)
    assert [part.name for part in tale.parts()] == ["events-000000.parquet"]
    tale.rewind(0)
    assert tale.parts() == []


@pytest.mark.parametrize("money", ["off", "on"])
def test_a_world_comes_back_from_a_checkpoint_as_it_was(tmp_path, money):
    params = resolve("nano", settings={"size.viewers": 60, "money": money})
    arm = Arm("mf", params, 0)
    arm.step()
    checkpoint.write(tmp_path / "x.pt", arm.state_dict())
    other = Arm("mf", params, 1)
    other.load_state_dict(checkpoint.read(tmp_path / "x.pt"))
    one, two = (checkpoint.pack(a.world) for a in (arm, other))

    def flat(tree):
        for name, value in tree.items():
            yield from flat(value) if isinstance(value, dict) else [(name, value)]

    for (name, a), (_, b) in zip(flat(one), flat(two), strict=True):
        assert a is b is None or torch.equal(a, b), name
    assert (one["money"] is None) == (money == "off") and other.day == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "x.pt"]


def test_a_checkpoint_of_another_world_is_refused_by_the_field(tmp_path):
    arm = Arm("popular", resolve("nano", settings={"size.viewers": 60}), 0)
    other = Arm("popular", resolve("nano", settings={"size.viewers": 90}), 0)
    with pytest.raises(BadInput, match=r"checkpoint's id is \(117,\)"):
        other.load_state_dict(arm.state_dict())
    (tmp_path / "y.pt").write_bytes(b"nothing")
    with pytest.raises(BadInput, match="the checkpoint must load"):
        checkpoint.read(tmp_path / "y.pt")


def test_json_has_null_for_what_is_not_a_number():
    text = record.to_json({"a": [float("nan"), 1.5], "b": {"c": float("inf")}})
    assert json.loads(text) == {"a": [None, 1.5], "b": {"c": None}}


def test_the_interval_over_three_seeds_is_students():
    found = stats.mean_and_interval([1.0, 2.0, 3.0])
    assert found["mean"] == 2.0
    assert found["ci95"] == pytest.approx([2 - 2.484138, 2 + 2.484138], abs=1e-6)  # t(2) = 4.302653
    assert stats.mean_and_interval([7.0]) == {"mean": 7.0, "ci95": None}
    assert stats.mean_and_interval([7.0, float("nan")]) == {"mean": 7.0, "ci95": None}
    assert stats.mean_and_interval([]) == {"mean": None, "ci95": None}


def test_the_interval_of_shares_stays_between_0_and_1_and_holds_their_mean():
    for shares in ([0.01, 0.2, 0.02], [0.99, 0.7, 0.995], [0.5, 0.52, 0.49], [0.3, 0.3]):
        low, high = stats.mean_and_interval(shares, bounds=(0, 1))["ci95"]
        assert 0 < low <= np.mean(shares) <= high < 1
    wide = stats.mean_and_interval([0.0, 0.5, 1.0], bounds=(0, 1))["ci95"]
    assert wide == [0, 1]  # of log-odds that have no end the bounds themselves are left
    assert stats.mean_and_interval([1.0, 9.0], bounds=(0, float("inf")))["ci95"][0] == 0


def test_the_interval_of_shares_covers_what_it_says():
    """Of three seeds whose log-odds are normal, 95 of 100 intervals hold their middle."""
    draw = np.random.default_rng(0)
    odds = draw.normal(-2.0, 0.8, (2000, 3))
    middle = 1 / (1 + np.exp(2.0))
    ends = [stats.mean_and_interval(1 / (1 + np.exp(-x)), bounds=(0, 1))["ci95"] for x in odds]
    share = np.mean([low <= middle <= high for low, high in ends])
    assert 0.935 < share < 0.965


def long(agent, values, metric="watch_minutes"):
    """`values` by seed, each a list by day."""
    rows = [
        (seed, agent, day, metric, "all", value, "min")
        for seed, days in values.items()
        for day, value in enumerate(days)
    ]
    return pd.DataFrame(rows, columns=list(record.COLUMNS))


def test_a_difference_is_paired_by_seed():
    mine = long("a", {0: [9, 1, 3], 1: [9, 11, 13]})
    base = long("b", {0: [0, 0, 1], 1: [0, 10, 11], 2: [50, 50, 50]})
    found = stats.differences(mine, base)["all"]["watch_minutes"]
    assert found["mean"] == 1.5  # seed 0: 2 - 0.5, seed 1: 12 - 10.5; seed 2 has no pair
    assert found["ci95"] == [1.5, 1.5]  # though the seeds themselves lie 10 apart


def test_flows_are_means_after_the_first_third_and_stocks_the_last_days_value():
    values = {0: [100.0, 100.0, 1.0, 2.0, 3.0, 4.0]}
    assert stats.described(long("a", values))["all"]["watch_minutes"]["mean"] == 2.5
    assert stats.described(long("a", values, "followers"))["all"]["followers"]["mean"] == 4.0
    cut = stats.levels(long("a", values), days=3)
    assert cut["value"].tolist() == [50.5]


def test_what_got_worse_follows_the_direction_of_each_measure():
    gaps = {
        "creator_gini": {"mean": 0.1, "ci95": None},
        "satisfaction": {"mean": -0.1, "ci95": [-0.2, -0.05]},
        "return_rate": {"mean": -0.1, "ci95": [-0.3, 0.1]},
        "miscalibration": {"mean": 0.1, "ci95": [0.05, 0.2]},
        "watch_minutes": {"mean": 1.0, "ci95": None},
        "regret": {"mean": -0.1, "ci95": [-0.2, -0.1]},
        "coverage": {"mean": None, "ci95": None},
    }
    found = {each["metric"]: each["sure"] for each in stats.worse(gaps)}
    wanted = {
        "satisfaction": True, "return_rate": False, "creator_gini": None, "miscalibration": True,
    }  # fmt: skip
    assert list(found.items()) == list(wanted.items())  # those that matter most first


@pytest.mark.parametrize("metric", ["topic_entropy", "homogeneity", "impressions", "learn_loss"])
def test_where_good_or_bad_is_a_matter_of_view_nothing_got_worse(metric):
    for mean in (-1.0, 1.0):
        assert stats.worse({metric: {"mean": mean, "ci95": [mean - 0.1, mean + 0.1]}}) == []


def summary(**more):
    metrics = {"watch_minutes": {"mean": 2.0, "ci95": None, "unit": "min"}}
    gaps = {"watch_minutes": {"mean": -0.5, "ci95": None}}
    agent = {"metrics": metrics, "difference": gaps, "worse": stats.worse(gaps)}
    return {
        "agent": "mf", "baseline": "random", "world": "nano", "platform": "kuaishou", "days": 6,
        "seeds": [0], "metrics": metrics, "difference": gaps, "baseline_metrics": {},
        "agents": {"mf": agent}, "privileged": [], "notes": [],
        "events": {"rows": 10, "of": 40, "viewers_kept": 0.25}, **more,
    }  # fmt: skip


def test_the_table_says_the_difference_what_got_worse_and_of_whom_the_events_are():
    text = table_of(summary()).text()
    assert "days 3 to 6" in text and "−0.500" in text
    worse = "Worse than random on this one seed, which judges nothing: Watch time per user per day"
    assert f"{worse} −0.500." in text
    assert "1 viewer in 4: 10 of 40 impressions" in text
    assert (
        "比 random 差（一个随机种子不足以下结论）：人均每日观看时长 −0.500。"
        in table_of(summary(), "zh").text()
    )


def test_several_agents_on_several_seeds_have_their_intervals_and_one_agent_its_verdicts():
    gaps = {"watch_minutes": {"mean": 0.5, "ci95": [0.25, 0.75], "sure": True}}
    agent = {"metrics": summary()["metrics"], "difference": gaps, "worse": []}
    both = summary(agents={"mf": agent, "ncf": agent}, seeds=[0, 1])
    assert table_of(both).text().count("(+0.250 .. +0.750)") == 2
    assert table_of(both).text().count("(+0.500 ●)") == 2
    one = summary(agents={"mf": agent}, difference=gaps, seeds=[0, 1])
    row = next(line for line in table_of(one).text().splitlines() if "Watch time" in line)
    assert row.endswith("+0.500  +0.250 .. +0.750  ●")
    for asked in (both, one):
        assert "● better, ■ worse, ▲ changed" in table_of(asked).text()


def test_minutes_of_a_small_world_are_said_to_be_that_and_scaled_beside():
    text = table_of(summary(size={"scale": 0.12})).text()
    assert "has 12 % of a real day's time" in text and "watch time would be mf 17 min." in text
    assert "真实的 12%" in table_of(summary(size={"scale": 0.12}), "zh").text()
    assert "real day" not in table_of(summary(size={"scale": 1.0})).text()


def test_what_the_seeds_disagree_on_is_not_said_to_be_worse():
    gaps = {
        "watch_minutes": {"mean": -0.5, "ci95": [-1.0, 0.1]},
        "satisfaction": {"mean": -0.5, "ci95": [-0.6, -0.4]},
    }
    agent = {"metrics": {}, "difference": gaps, "worse": stats.worse(gaps)}
    text = table_of(summary(agents={"mf": agent}, seeds=[0, 1])).text()
    assert (
        "Worse than random: Satisfaction −0.500. "
        "Within the noise of the seeds: Watch time per user per day −0.500." in text
    )
    calm = {**agent, "worse": stats.worse({"watch_minutes": gaps["watch_minutes"]})}
    text = table_of(summary(agents={"mf": calm}, seeds=[0, 1])).text()
    assert "Nothing watched for is surely worse than under random. Within the noise" in text


def test_columns_line_up_in_chinese_as_well():
    from rich.cells import cell_len

    several = {**summary()["agents"], "two_tower": summary()["agents"]["mf"]}
    text = table_of(summary(agents=several, privileged=["mf"]), "zh").text()
    lines = text.splitlines()
    head = next(n for n, line in enumerate(lines) if line.startswith("推荐算法"))
    assert len({cell_len(line) for line in lines[head : head + 3]}) == 1
    assert "mf *" in text and "* 上界" in text
