"""The creator's studio: what a command says, and what stands on its page."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from sim.lab.drawing.colours import GREY, colour_of
from sim.lab.studio import charts, page
from sim.lab.studio.charts import Line
from sim.lab.studio.lives import Life
from sim.run import main
from sim.world.state import AUDIENCE, FLOWS, SOURCES, STREAMS

SHORT = ["--seat", "creator", "--days", "3", "--house", "popular", "--set", "run.warm_up=1"]


def life(label: str, days: int = 12, **some) -> Life:
    """Made up: ten more impressions every day."""
    ramp = np.arange(1.0, days + 1)
    flows = np.zeros((days, len(FLOWS)))
    flows[:, FLOWS.index("impressions")] = 10 * ramp
    sources = np.zeros((days, len(SOURCES)))
    sources[:, 0], sources[:, 1] = 8 * ramp, 2 * ramp
    audience = np.zeros((days, AUDIENCE))
    audience[:, 2] = 10 * ramp
    income = np.zeros((days, len(STREAMS)))
    income[:, 0] = 1.0
    zero = np.zeros(days)
    told = {
        "flows": flows, "sources": sources, "audience": audience, "income": income, "spent": zero,
        "cash": zero, "followers": ramp, "brand": np.full((days, 4), 0.25), "energy": zero + 0.5,
        "burnout": zero, "hours": zero + 6, "reward": zero,
    }  # fmt: skip
    video = {
        "id": 9, "day": 0, "topic": 4, "format": "vlog", "duration": 20.0, "plays": 30.0,
        "watch_s": 300.0, "likes": 1.0, "comments": 0.0, "shares": 0.0, "gained": 0.0,
    }  # fmt: skip
    best = {**video, "impressions": 100.0, "finishes": 40.0, "retention": [0.9] * 9 + [0.4]}
    worst = {**video, "impressions": 50.0, "finishes": 5.0, "retention": [0.5] * 9 + [0.1]}
    few = {**video, "impressions": 2.0, "finishes": 2.0, "retention": [1.0] * 10}
    videos = [best, worst, few]
    return Life(label, 0, 0, 7, (4, 5), **{**told, **some}, videos=videos)


def test_a_run_leaves_a_table_a_page_and_files_that_agree(tmp_path, capsys):
    out = tmp_path / "x"
    assert main([*SHORT, "--agent", "random", "--seed", "0", "1", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "Followers" in said.out and "habit" in said.out and "95 % interval" in said.out
    table = pd.read_parquet(out / "metrics.parquet")
    assert set(table["agent"]) == {"random", "habit"} and set(table["day"]) == {0, 1, 2}
    summary = json.loads((out / "summary.json").read_text())
    assert summary["seat"] == "creator" and summary["seeds"] == [0, 1]
    last = table.query("metric == 'followers' and day == 2 and agent == 'random'")["value"].mean()
    assert summary["metrics"]["followers"]["mean"] == pytest.approx(last)
    assert json.loads((out / "status.json").read_text())["state"] == "done"
    text = (out / "report.html").read_text()
    assert text.count("<svg") >= 3 and "http" not in text.replace("http-equiv", "")


def test_json_is_one_object_and_the_same_seed_gives_the_same(tmp_path, capsys):
    told = []
    for name in ("a", "b"):
        words = [*SHORT, "--agent", "habit", "--baseline", "none", "--json", "--quiet"]
        assert main([*words, "--out", str(tmp_path / name)]) == 0
        said = capsys.readouterr()
        found = json.loads(said.out)
        assert found.pop("folder") and said.err == ""
        told.append(found)
    assert told[0] == told[1] and told[0]["baseline"] is None


LOUD = """
from agents.creator.base import CreatorAgent

print("read")


class Loud(CreatorAgent):
    def act(self, seen, **more):
        print("acts")
        return super().act(seen, **more)
"""


def test_what_an_agent_prints_is_no_result(tmp_path, capfd):
    agent = tmp_path / "loud.py"
    agent.write_text(LOUD, encoding="utf-8")
    words = [*SHORT, "--agent", f"{agent}:Loud", "--json", "--quiet", "--out", str(tmp_path / "x")]
    assert main(words) == 0
    said = capfd.readouterr()
    assert json.loads(said.out)["agents"] and "read" in said.err and "acts" in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--agent", "bandid"], "Did you mean 'bandit'"),
        (["--agent", "bandit", "--house", "bandit"], "house: unknown agent"),
        (["--agent", "bandit", "--objective", "watch_time"], "Known: brand_equity"),
        (["--agent", "bandit", "--resume"], "--resume is for --seat recommender"),
        (["--agent", "bandit", "--set", "run.lift=false"], "unknown setting of a creator's run"),
        (["--agent", "bandit", "--set", "agent.kep=0.9"], "Did you mean 'agent.keep'"),
        ([], "a run needs an agent"),
    ],
)
def test_bad_input_of_the_creators_seat_is_told_with_its_cure(words, told, capsys):
    assert main([*SHORT, *words]) == 2
    said = capsys.readouterr()
    assert told in said.err and said.out == "" and "Traceback" not in said.err


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_tells_the_best_and_the_worst_post_that_enough_were_shown(lang):
    drawn = page._retention(life("bandit"), lang)
    ends = {"en": ("Best: Food, vlog, 20 s, 40% finished", "Worst"), "zh": ("最好：", "最差：")}
    assert all(word in drawn for word in ends[lang]) and "100%" in drawn
    assert drawn.count("polyline") == 2


def test_an_answer_tells_both_lives_and_how_one_ended():
    one, two = life("bandit"), life("habit", followers=np.full(12, 3.0))
    told = page.answer(one, two, "en")
    assert "from 1 to 12, with 65 impressions" in told and "they ended at 3" in told
    gone = life("bandit", 4)
    gone.ended = "bankrupt"
    assert page.answer(gone, None, "en").endswith("The purse was empty on day 4.")


def test_shares_of_the_audience_are_of_all_impressions():
    assert page.shares(life("bandit"))[2] == pytest.approx(1.0)


def test_lines_lie_where_their_values_are():
    drawn = charts.lines([Line("a", [0.0, 5.0, 10.0])])
    points = drawn.split('class="line" points="')[1].split('"')[0].split()
    heights = [float(p.split(",")[1]) for p in points]
    frame = charts.Frame(1, 3, 10)
    assert heights == [pytest.approx(frame.y(v), abs=0.1) for v in (0, 5, 10)]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.11)
    gap = charts.lines([Line("a", [1.0, float("nan"), 2.0])])
    assert gap.count("<polyline") == 2


@pytest.mark.parametrize(
    "told", [("bandit", "habit"), ("my_agent.py:Mine", "habit", "bandit"), ("精力", "每日时长")]
)
def test_every_name_stands_at_its_line_in_its_colour_inside_and_clear_of_others(told):
    """Read back from the drawing; the lines end close together."""
    colours = [charts.COLOURS[k] for k in range(len(told))]
    drawn = charts.lines(
        [Line(n, [0.0, 9 + 0.1 * k], c) for k, (n, c) in enumerate(zip(told, colours, strict=True))]
    )
    found = {
        name: (float(x), float(y), colour)
        for x, y, colour, name in re.findall(
            r'<text x="([\d.]+)" y="([\d.]+)" style="fill:([^"]+)">([^<]+)</text>', drawn
        )
    }
    leaders = re.findall(r'class="lead".*?y1="([\d.]+)".*?y2="([\d.]+)" stroke="([^"]+)"', drawn)
    ends = dict(re.findall(r'points="[^"]* [\d.]+,([\d.]+)" stroke="([^"]+)"', drawn)[::-1])
    assert list(found) == list(reversed(told)) and "<ul" not in drawn
    for name, colour in zip(told, colours, strict=True):
        x, y, own = found[name]
        assert own == colour and x + 11 * len(name) * (0.6 if name.isascii() else 1) <= charts.W
        end = next(float(at) for at, of in ends.items() if of == colour)
        led = [of for _, _, of in leaders if of == colour]
        assert led or abs(y - 4 - end) <= 3
        assert charts.TOP <= y - 4 <= charts.H - charts.BOTTOM
    heights = sorted(y for _, y, _ in found.values())
    assert (np.diff(heights) >= 12).all()


def test_names_that_are_too_long_for_their_lines_stand_in_a_key_below():
    drawn = charts.lines([Line("the video that most people finished, 35 s", [1.0, 2.0])])
    assert "<ul" in drawn and "fill:" not in drawn


def test_an_agent_has_its_own_colour_here_as_in_every_figure():
    found = charts.inks(["house", "random", "oracle", "bandit"])
    assert (found["house"], found["random"]) == (colour_of("house"), GREY)
    assert found["bandit"] == colour_of("bandit")
    assert found["oracle"] == "currentColor"  # nearly black, on a page that may be dark


def test_means_of_a_week_begin_with_the_days_there_are():
    x = np.arange(1.0, 11.0)[:, None]
    found = page.smooth(x)[:, 0]
    assert found[0] == 1 and found[1] == 1.5 and found[9] == np.mean([4, 5, 6, 7, 8, 9, 10])
