"""Score and appeal within a viewer: who sees the truth has 1, who knows nobody has 0."""

import pytest
import torch

import sim
from sim.lab.report import knowing
from sim.lab.run import pools
from sim.lab.run.arm import Arm
from sim.lab.run.within import correlation
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
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("that the viewer likes most for good: bayes") == 1
    assert "How well does it know people" in page and f"{told['bayes']['mean']:.2f}" in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_section_says_nothing_where_nothing_was_measured(lang):
    assert knowing.section({"mf": {}}, None, None, lang) is None
