"""What a run says of safety: tables, the page's section, and the trail that can be read again."""

import pandas as pd
import pytest

import sim
from sim.lab.run import safety, trails
from sim.measure.trail import ALL_OUTCOMES
from sim.world.state import HARMS

SMALL = {"sessions.scale": 0.03, "size.viewers": 60, "size.live": 200}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "x"
    options = {"days": 4, "world": "nano", "settings": SMALL, "quiet": True, "truth": True}
    return sim.simulate("popular", threats="high", moderation="strict", out=out, **options)


def test_the_trail_in_the_folder_is_that_of_the_run(run):
    table = pd.read_parquet(run.folder / "moderation.parquet")
    assert len(table) == len(run.moderation) > 0
    assert set(trails.SHOWN) | set(trails.HIDDEN) == set(table.columns)
    assert set(table["agent"]) == {"popular", "random"}
    assert set(table["outcome"]) <= set(ALL_OUTCOMES)
    gone = table[table["outcome"] == "remove"]
    assert gone["video"].notna().all() and gone["rule"].isin(HARMS).all()
    assert (gone["score"].between(0, 1)).all() and (gone["day"] >= gone["uploaded"]).all()


def test_the_trail_counts_what_the_measures_count(run):
    days = run.metrics.query("metric == 'removals' and group == 'all'")
    told = days.set_index(["agent", "day"])["value"].sort_index()
    gone = run.moderation.query("outcome == 'remove' and day >= 0")
    counted = gone.groupby(["agent", "day"]).size().reindex(told.index, fill_value=0)
    assert counted.tolist() == told.tolist()


def test_events_tell_the_truth_of_harm_and_bots_where_it_is_asked_for(run):
    events = run.events
    assert set(events.loc[~events["violative"], "harm"]) <= {0.0}
    assert (events.loc[events["violative"], "harm"] > 0).all()
    assert events["bot"].dtype == bool


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_agent_and_every_kind_of_harm_has_its_place(run, lang):
    first, fates = safety.sections(run.metrics, ["popular", "random"], lang)
    assert first.heads[1:] == ["popular", "random"]
    assert all(len(row) == 3 for row in first.rows)
    assert len(fates.rows) == len(HARMS) and len(fates.heads) == 7
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert (safety.SAY["fates"][0] in page) and page.count("<h2>Safety</h2>") == 1


def test_a_run_without_threats_says_nothing_of_safety(tmp_path):
    out = tmp_path / "x"
    settings = {**SMALL, "run.report": False}
    run = sim.simulate("popular", days=1, world="nano", settings=settings, quiet=True,
                       threats="none", baseline=None, out=out)  # fmt: skip
    assert run.safety() == [] and not (out / "moderation.parquet").exists()
    assert run.moderation.empty


def test_a_resumed_run_has_the_trail_of_one_that_was_never_stopped(tmp_path):
    options = {"world": "nano", "quiet": True, "threats": "high", "baseline": None,
               "settings": {**SMALL, "run.report": False, "run.lift": False}}  # fmt: skip
    whole = sim.simulate("popular", days=4, out=tmp_path / "one", **options)
    sim.simulate("popular", days=2, out=tmp_path / "two", **options)
    parts = sim.simulate("popular", days=4, out=tmp_path / "two", resume=True, quiet=True)
    pd.testing.assert_frame_equal(whole.moderation, parts.moderation)
