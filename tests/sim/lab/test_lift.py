"""Lift by pool: what the oracle's, chance's and an agent's pages are worth, and that asking for
them leaves no trace in a run."""

import html
import json

import actors
import pandas as pd
import pytest
import torch
from worlds import copy_of, differences

import sim
from sim.lab.run import pools as lift
from sim.lab.run.arm import Arm
from sim.lab.run.summary import lift_by_pool
from sim.presets.config import resolve
from sim.world import platform

SMALL = {"sessions.scale": 0.03, "size.viewers": 150, "run.report": False}


def lived(agent, days=2, seed=0, **settings):
    arm = Arm(agent, resolve("nano", settings=settings), seed)
    for _ in arm.run(days):
        pass
    return arm


@pytest.fixture(scope="module")
def crowd():
    return lived("random", seed=1, **{"size.viewers": 1500})


@pytest.fixture(scope="module")
def rows(crowd):
    return lift.measure(crowd)[0]


def lifts(rows, who, rate):
    return [row[who][rate] / row["random"][rate] for row in rows]


def test_pools_go_from_a_page_to_all_there_is(rows):
    assert [row["pool"] for row in rows] == [10, 30, 100, 300, "all"]
    assert [row["videos"] for row in rows[:3]] == [10, 30, 100]
    assert 299 < rows[3]["videos"] <= 300  # who watches most has not so many fresh ones left
    assert 300 < rows[4]["videos"] < 600
    assert {row["viewers"] for row in rows} == {lift.VIEWERS}


@pytest.mark.parametrize("rate", lift.RATES)
def test_the_oracles_lift_grows_with_the_pool_from_one(rows, rate):
    found = lifts(rows, "oracle", rate)
    assert found[0] == pytest.approx(1, abs=0.15)  # of ten videos all ten are shown
    assert found[1] > 1.3 and found[2] > 1.2 * found[1]
    assert found[4] > 2.5 and found[4] > found[2]


@pytest.mark.parametrize("rate", lift.RATES)
def test_chance_has_a_lift_of_one_whatever_the_pool(rows, rate):
    assert lifts(rows, "agent", rate) == pytest.approx([1] * 5, abs=0.15)


def test_the_oracle_asked_like_any_agent_reaches_its_own_ceiling():
    rows, note = lift.measure(lived("oracle"))
    assert note is None
    for row in rows:
        assert row["agent"] == pytest.approx(row["oracle"])


def test_an_agent_that_prefers_what_is_dull_does_worse_than_chance():
    rows, note = lift.measure(lived(Dull))
    assert note is None
    found = lifts(rows, "agent", "long_view_rate")
    assert found[0] == pytest.approx(1, abs=0.15)
    assert max(found[1:]) < 0.6 and max(found[2:]) < 0.5  # the dullest of thirty are dull enough


class Dull(actors.Cheat):
    """The oracle upside down."""

    def act(self, observation, slots, *, truth=None, **more):
        self.truth = truth
        return super().act(observation, slots, truth=truth, **more)

    def score(self, observation, ids):
        rows = (ids - 1) % self.capacity
        return -self.truth.appeal(rows.expand(len(observation.viewer), -1))


def test_a_pool_holds_fresh_eligible_videos_each_once_and_grows_by_adding(crowd):
    trial = lift._trial(crowd, crowd.clock.root.fold(lift.LIFT))
    listing = platform.public(crowd.world, crowd.clock.rules)
    most = len(trial.video)
    assert torch.equal(trial.video, listing.eligible.nonzero().squeeze(1))
    everything = trial.pool(most)
    assert (trial.fresh < most).any()  # some have seen some of them
    for n in (10, 100, most):
        pool = trial.pool(n)
        assert torch.equal(pool, everything[:, :n])
        used = pool > 0
        assert torch.equal(used.sum(1), trial.fresh.clamp(max=n))
        row = (pool - 1) % listing.capacity
        assert listing.eligible[row[used]].all()
        old = platform.shown_before(crowd.world, trial.request.row, pool)
        assert not (old & used).any()
        ordered = pool.sort(dim=1).values
        assert not ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] > 0)).any()


def test_asking_moves_neither_the_world_nor_the_callers_chance():
    arm = lived("two_tower")
    world, day = copy_of(arm.world), arm.day
    before = torch.random.get_rng_state()
    one = lift.measure(arm)
    assert differences(arm.world, world) == [] and arm.day == day
    assert torch.equal(torch.random.get_rng_state(), before)
    assert lift.measure(arm) == one


def test_blocks_of_viewers_change_no_result(monkeypatch):
    arm = lived("two_tower")
    whole = lift.measure(arm)
    monkeypatch.setattr(lift, "CELLS", 5000)
    assert lift.measure(arm) == whole


def test_a_large_world_offers_no_more_than_the_largest_pool(monkeypatch):
    monkeypatch.setattr(lift, "SIZES", (30, 200))
    rows, _ = lift.measure(lived("popular", days=1))
    assert [row["pool"] for row in rows] == [10, 30, 200]
    assert rows[-1]["videos"] <= 200


def run(agent, **more):
    settings = {**SMALL, **more.pop("settings", {})}
    return sim.simulate(agent, world="nano", settings=settings, quiet=True, **more)


@pytest.mark.parametrize(
    "agent, why",
    [
        (actors.Stubborn, "a slate holds candidates only"),
        (actors.Choosy, "ValueError: no, thank you"),
    ],
)
def test_an_agent_that_keeps_to_no_pool_is_left_out_and_said_so_once(tmp_path, agent, why):
    found = run(agent, days=1, seeds=[0, 1], out=tmp_path, settings={"run.report": True})
    assert found.state == "done"
    rows = found.summary["lift_by_pool"][agent.__name__]
    assert [row["agent"] for row in rows] == [None] * len(rows)
    assert rows[-1]["oracle"]["finish_rate"]["mean"] > 1.5
    notes = [n for n in found.info()["notes"] if "lift by pool was not measured" in n]
    assert notes and all(why in note for note in notes)
    text = html.unescape((tmp_path / "report.html").read_text())
    assert all(text.count(note) == 1 and found.table().text().count(note) == 1 for note in notes)


def test_a_note_that_the_report_makes_itself_is_not_made_twice(tmp_path):
    found = run("popular", days=1, out=tmp_path, events_max=500, settings={"run.report": True})
    # what got worse, one seed, the scale of the world, incomes and safety, a sample of events
    assert len(found.table().notes) == 5
    text = html.unescape((tmp_path / "report.html").read_text())
    assert not [note for note in found.table().notes if note in text]
    assert text.count("drawn from a sample") == text.count("One seed is one world") == 1


def test_a_run_has_the_same_files_with_and_without_lift(tmp_path):
    for name, wanted in (("with", True), ("without", False)):
        run(["mf", actors.Global], days=2, out=tmp_path / name, settings={"run.lift": wanted})
    one, two = tmp_path / "with", tmp_path / "without"
    places = [f"checkpoint/0-{agent}/state.pt" for agent in ("mf", "Global", "random")]
    for place in ("metrics.csv", "events.parquet", *places):
        assert (one / place).read_bytes() == (two / place).read_bytes(), place
    told, silent = (json.loads((f / "summary.json").read_text()) for f in (one, two))
    assert set(told.pop("lift_by_pool")) == {"mf", "Global"} and silent.pop("lift_by_pool") == {}
    assert set(told.pop("within_viewer")) == {"mf", "Global"} and silent.pop("within_viewer") == {}
    assert {**told, "folder": ""} == {**silent, "folder": ""}


@pytest.mark.parametrize("agent", ["mf", "ncf", "attention", actors.Global])
def test_a_resumed_run_has_the_lift_of_an_uninterrupted_one(tmp_path, agent):
    whole = run(agent, days=4, out=tmp_path / "whole").summary["lift_by_pool"]
    run(agent, days=2, out=tmp_path / "parts")
    parts = run(agent, days=4, out=tmp_path / "parts", resume=True).summary["lift_by_pool"]
    assert parts == whole
    (tmp_path / "parts/checkpoint" / f"0-{next(iter(whole))}" / lift.FILE).unlink()  # killed there
    assert run(agent, out=tmp_path / "parts", resume=True).summary["lift_by_pool"] == whole


def test_lift_of_an_arm_that_was_done_is_read_and_not_measured_again(tmp_path, monkeypatch):
    before = run("mf", days=2, out=tmp_path).summary["lift_by_pool"]
    monkeypatch.setattr(lift, "measure", None)
    assert run("mf", out=tmp_path, resume=True).summary["lift_by_pool"] == before


def test_lifts_are_ratios_within_a_seed_and_their_spread_is_over_seeds():
    def row(pool, chance, agent):
        rates = {"random": chance, "agent": agent, "oracle": 2 * agent}
        return {"pool": pool, "viewers": 5, "videos": 9.0} | {
            who: dict.fromkeys(lift.RATES, rate) for who, rate in rates.items()
        }

    seeds = {
        (0, "mf"): [row(10, 0.1, 0.1), row(100, 0.1, 0.2), row(300, 0.1, 0.3)],
        (1, "mf"): [row(10, 0.2, 0.2), row(100, 0.2, 0.8)],  # a seed of fewer videos
        (0, "ncf"): [row(10, 0.0, 0.1)],
    }
    found = lift_by_pool(seeds)
    assert [pool["pool"] for pool in found["mf"]] == [10, 100]
    first, second = (pool["agent"]["finish_rate"] for pool in found["mf"])
    assert first == {"mean": 1.0, "ci95": [1.0, 1.0]}
    assert second["mean"] == pytest.approx(3.0)  # of 2 and 4; not .5 / .15
    assert second["ci95"] == pytest.approx([3 - 12.706205, 3 + 12.706205], abs=1e-5)
    assert found["mf"][1]["oracle"]["finish_rate"]["mean"] == pytest.approx(6.0)
    assert found["mf"][1]["viewers"] == 10
    assert found["mf"][1]["random"]["long_view_rate"] == pytest.approx(0.15)
    assert found["ncf"][0]["agent"]["finish_rate"] == {"mean": None, "ci95": None}


def test_random_and_the_oracle_are_measured_once_beside_every_agent():
    found = run(["random", "oracle"], days=1, baseline=None).summary["lift_by_pool"]
    assert {agent: {row["agent"] is None for row in rows} for agent, rows in found.items()} == {
        "random": {True}, "oracle": {True},
    }  # fmt: skip
    assert pd.Series(found["random"][-1]["oracle"]["finish_rate"])["mean"] > 1.5
