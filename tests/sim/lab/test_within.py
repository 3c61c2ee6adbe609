"""Score and appeal within a viewer: who sees the truth has 1, who knows nobody has 0."""

import actors
import pytest
import torch
from worlds import differences

import sim
from agents.base import ScoreAgent
from sim.lab.drawing.intervals import Interval
from sim.lab.report import knowing
from sim.lab.run import pools
from sim.lab.run.arm import Arm
from sim.lab.run.chance import reseed
from sim.lab.run.within import correlation
from sim.measure.metrics import measure
from sim.presets.config import resolve
from sim.world.rng import key

SMALL = {"size.viewers": 120, "size.live": 200}


def table(seed, viewers=60, videos=80):
    return key(seed).normal(torch.arange(viewers), videos)


def found(agent, days=2):
    arm = Arm(agent, resolve("nano", settings=SMALL), seed=0)
    for _ in arm.run(days):
        pass
    rows, note = pools.measure(arm)
    assert note is None
    return rows[-1]["within"]


def test_what_is_alike_for_all_viewers_or_all_videos_does_not_count():
    one, other = table(1), table(2)
    videos, viewers = 9 * torch.arange(80.0), 100 * torch.arange(60.0)[:, None]
    assert correlation(2 * one + videos + viewers, one) == pytest.approx(1)
    assert correlation(-one, one + videos) == pytest.approx(-1)
    assert abs(correlation(other, one)) < 4 / (60 * 80) ** 0.5
    assert correlation(one + other, one) == pytest.approx(0.5**0.5, abs=0.03)


def test_who_scores_all_alike_knows_nothing_of_a_viewer():
    flat = torch.arange(80.0).expand(60, -1)
    assert correlation(flat, table(1)) == correlation(0 * flat, table(1)) == 0


def test_the_oracle_knows_everybody_and_popularity_nobody():
    assert found("oracle") == pytest.approx(1, abs=1e-3)
    assert found("popular") == 0


def test_an_agent_without_scores_has_none():
    assert found("random") is None


def test_a_run_tells_how_well_it_knows_people(tmp_path):
    run = sim.simulate(
        ["bayes", "random"], world="nano", settings=SMALL, days=3, out=tmp_path, quiet=True
    )
    told = run.summary["within_viewer"]
    assert set(told) == {"bayes"} and -1 < told["bayes"]["mean"] < 1
    assert {"match", "favourites"} <= set(run.summary["metrics"])
    rows = run.metrics[run.metrics["metric"] == "knows_viewer"]
    assert rows["agent"].tolist() == ["bayes"] * 3 and rows["day"].tolist() == [0, 1, 2]
    last = rows["value"].iloc[-1]
    assert run.summary["metrics"]["knows_viewer"] == {
        "mean": last, "ci95": None, "ci95_viewers": None, "unit": "correlation"
    }  # fmt: skip
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("that the viewer likes most for good: bayes") == 1
    words = measure("knows_viewer")
    assert "How well does it know people" in page and words.show(last) in page
    assert words.name("en") in page and "last day" in page and words.hidden


def test_of_several_seeds_it_has_its_interval():
    run = sim.simulate("bayes", world="nano", settings=SMALL, days=2, seeds=[0, 1], quiet=True)
    told = run.summary["metrics"]["knows_viewer"]
    low, high = told["ci95"]
    assert -1 <= low < told["mean"] < high <= 1


@pytest.mark.parametrize("agent", [actors.Global, "mf", "gru", "bayes_ts"])
def test_a_look_changes_nothing(agent):
    """Neither what the world becomes nor what the agent draws."""
    worlds = []
    for looked_at in (True, False):
        arm = Arm(agent, resolve("nano", settings=SMALL), seed=0)
        if not looked_at:
            arm.resident.looker = None
        reseed(0, 0)
        known = [{m for m, *_ in day.measures} for day in arm.run(2)]
        assert all(("knows_viewer" in day) == looked_at for day in known)
        worlds.append(arm.world)
    assert differences(*worlds) == []


def test_by_the_day_the_oracle_knows_everybody_and_popularity_nobody():
    for agent, known in (("oracle", 1), ("popular", 0)):
        arm = Arm(agent, resolve("nano", settings=SMALL), seed=0)
        values = [x for day in arm.run(2) for m, _, x in day.measures if m == "knows_viewer"]
        assert values == pytest.approx([known, known], abs=1e-3)


class Shy(ScoreAgent):
    """Scores while it ranks a page, and at no other time."""

    ranking = False

    def act(self, observation, slots, **more):
        self.ranking = True
        slate = super().act(observation, slots, **more)
        self.ranking = False
        return slate

    def score(self, observation, ids):
        if not self.ranking:
            raise ValueError("not now")
        return torch.zeros(len(observation.viewer), ids.shape[-1])


def test_an_agent_that_cannot_be_asked_has_none_and_it_is_said_once():
    run = sim.simulate([Shy], world="nano", settings=SMALL, days=2, baseline=None, quiet=True)
    assert run.state == "done" and "knows_viewer" not in run.summary["metrics"]
    assert sum("how well it knows viewers was not measured" in n for n in run.info()["notes"]) == 1


def test_a_summary_from_before_it_was_measured_by_the_day_is_still_told():
    levels = {"mf": {"favourites": Interval(0.2, None, None)}}
    old = {"mf": {"mean": 0.4321, "ci95": None}}
    found = knowing.section(levels, None, old, "en")
    assert found["rows"][-1]["cells"][0]["value"] == "0.43"
    assert "after the last day" in found["legend"]
    new = {"mf": {**levels["mf"], "knows_viewer": Interval(0.4, None, None)}}
    found = knowing.section(new, None, old, "en")
    assert [row["unit"] for row in found["rows"]].count("correlation") == 1
    assert "last day's first page" in found["legend"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_section_says_nothing_where_nothing_was_measured(lang):
    assert knowing.section({"mf": {}}, None, None, lang) is None
