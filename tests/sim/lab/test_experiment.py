"""A run: paired, repeatable, resumable to the last bit, and kept when something goes wrong."""

import json
import random

import actors
import pandas as pd
import pytest
import torch

import sim
from sim.lab.run.arm import AgentFailed, Arm, Habits
from sim.presets.config import resolve
from sim.presets.errors import BadInput
from sim.seats.recommender.slate_check import BadSlate

SMALL = {"sessions.scale": 0.03, "size.viewers": 150, "run.report": False}


def run(agent=actors.Steady, **more):
    settings = {**SMALL, **more.pop("settings", {})}
    return sim.simulate(agent, world="nano", settings=settings, quiet=True, **more)


def same(one, two):
    pd.testing.assert_frame_equal(one.metrics, two.metrics)
    pd.testing.assert_frame_equal(one.events, two.events)


def read(folder):
    return [pd.read_parquet(folder / f"{name}.parquet") for name in ("metrics", "events")]


@pytest.mark.parametrize("agent", ["mf", actors.Global])
def test_three_days_and_three_more_are_six_days_to_the_last_bit(tmp_path, agent):
    whole = run(agent, days=6, out=tmp_path / "whole")
    run(agent, days=3, out=tmp_path / "parts")
    parts = run(agent, days=6, out=tmp_path / "parts", resume=True)
    same(whole, parts)
    for one, two in zip(read(tmp_path / "whole"), read(tmp_path / "parts"), strict=True):
        pd.testing.assert_frame_equal(one, two)
    assert whole.metrics["day"].max() == 5
    assert set(whole.metrics["agent"]) == {whole.plan.agents[0].label, "random"}


def test_a_sampled_run_that_is_resumed_keeps_the_same_sample(tmp_path):
    whole = run("mf", days=4, events_max=1500, out=tmp_path / "whole")
    run("mf", days=1, events_max=1500, out=tmp_path / "parts")
    parts = run("mf", days=4, events_max=1500, out=tmp_path / "parts", resume=True)
    same(whole, parts)
    assert whole.summary["events"]["viewers_kept"] < 1


def test_config_toml_repeats_the_run(tmp_path):
    options = {"days": 2, "seeds": [3], "slots": 5, "explore": False}
    first = run("mf", settings={"agent.factors": 4}, out=tmp_path / "a", **options)
    again = sim.simulate(config=tmp_path / "a" / "config.toml", quiet=True)
    same(first, again)
    assert again.plan.params == first.plan.params
    assert again.plan.agents[0].fresh().factors == 4
    slate = first.events[~first.events["ad"]]  # advertisements stand after it
    assert slate["slot"].max() == 4


def test_agents_on_one_seed_meet_the_same_people_on_the_first_day():
    found = run(["mf", "popular"], days=1).metrics
    active = found[found["metric"] == "active_viewers"].set_index("agent")["value"]
    assert active.nunique() == 1 and set(active.index) == {"mf", "popular", "random"}


def test_an_agent_given_as_an_object_is_not_used_up():
    agent = actors.Steady()
    agent.taste = -1.0
    one = run(agent, days=1, baseline=None)
    assert not hasattr(agent, "logs")
    same(one, run(agent, days=1, baseline=None))
    assert not one.events.equals(run(actors.Steady, days=1, baseline=None).events)


def test_the_callers_own_generators_are_left_alone():
    torch.manual_seed(5)
    random.seed(5)
    wanted = torch.rand(1).item(), random.random()
    torch.manual_seed(5)
    random.seed(5)
    run(actors.Global, days=1, baseline=None)
    assert (torch.rand(1).item(), random.random()) == wanted


@pytest.mark.parametrize("every, logs", [(1, 16), (4, 4), (5, 4), (100, 1)])
def test_the_runner_hands_over_the_log_every_so_many_pages_and_at_night(every, logs):
    params = resolve("nano", settings={"sessions.scale": 1.0, "size.viewers": 50})
    arm = Arm(actors.Steady, params, 0, habits=Habits(learn_every=every))
    day = arm.step()
    assert len(day.events) == 16 and len(arm.agent.logs) == logs
    seen = sum(int(event.response.seen.sum()) for event in day.events)
    assert sum(arm.agent.logs) == seen
    assert day.learned == {"rows": seen / logs}


def test_an_agents_error_names_agent_and_day_and_keeps_the_days_before(tmp_path):
    with pytest.raises(AgentFailed, match="'Crash', day 2: act raised KeyError: 'no such") as told:
        run(actors.Crash, days=5, baseline=None, out=tmp_path / "x")
    assert sorted(told.value.run.metrics["day"].unique()) == [0, 1]
    status = json.loads((tmp_path / "x" / "status.json").read_text())
    assert status["state"] == "failed" and "no such shelf" in status["error"]
    assert (status["day"], status["of"]) == (2, 5)
    metrics, events = read(tmp_path / "x")
    assert sorted(metrics["day"].unique()) == sorted(events["day"].unique()) == [0, 1]
    assert json.loads((tmp_path / "x" / "summary.json").read_text())["state"] == "failed"


def test_an_agent_that_fails_before_the_first_day_leaves_an_empty_but_whole_folder(tmp_path):
    with pytest.raises(AgentFailed, match="'Late', day 0: reset raised RuntimeError: not today"):
        run(actors.Late, days=2, out=tmp_path / "x")
    metrics, events = read(tmp_path / "x")
    assert len(metrics) == len(events) == 0 and list(metrics)[:3] == ["seed", "agent", "day"]
    summary = json.loads((tmp_path / "x" / "summary.json").read_text())
    assert summary["state"] == "failed" and summary["metrics"] == {}


def test_a_bad_slate_in_a_run_names_the_viewer_and_keeps_the_days_before():
    with pytest.raises(BadSlate, match=r"'Bad', day 1, viewer \d+, slot 1: no video twice") as told:
        run(actors.Bad, days=3, baseline=None)
    assert sorted(told.value.run.metrics["day"].unique()) == [0]


def test_ctrl_c_keeps_the_days_before_and_the_run_goes_on_from_there(tmp_path, monkeypatch):
    monkeypatch.setattr(actors.Stop, "armed", True)
    settings = {"run.checkpoint_every": 1}
    options = {"days": 4, "baseline": None, "settings": settings}
    with pytest.raises(KeyboardInterrupt) as told:
        run(actors.Stop, out=tmp_path / "x", **options)
    assert told.value.run.state == "interrupted"
    assert sorted(read(tmp_path / "x")[1]["day"].unique()) == [0, 1]
    assert json.loads((tmp_path / "x" / "status.json").read_text())["state"] == "interrupted"
    assert not actors.Stop.armed
    rest = run(actors.Stop, out=tmp_path / "x", resume=True, **options)
    same(run(actors.Stop, **options), rest)


def test_the_stop_button_of_a_notebook_returns_what_is_there(monkeypatch):
    monkeypatch.setattr("sim.lab.experiment.in_jupyter", lambda: True)
    monkeypatch.setattr(actors.Stop, "armed", True)
    found = run(actors.Stop, days=4, baseline=None)
    assert found.state == "interrupted" and sorted(found.metrics["day"].unique()) == [0, 1]


def test_flows_leave_out_the_first_third_of_the_days():
    found = run("popular", days=6, baseline=None)
    rows = found.metrics.query("metric == 'watch_minutes' and group == 'all'")
    by_hand = rows[rows["day"] >= 2]["value"].mean()
    assert found.summary["metrics"]["watch_minutes"]["mean"] == pytest.approx(by_hand, rel=1e-12)
    assert found.summary["metrics"]["watch_minutes"]["ci95"] is None


def test_a_run_says_who_is_privileged_even_of_one_that_hides_it_in_its_class():
    found = run(["oracle", actors.Cheat, "popular"], days=1)
    assert found.summary["privileged"] == ["oracle", "Cheat"]
    rows = [row[0] for row in found.table().rows if not row[0].startswith(" ")]  # no intervals
    assert rows[:3] == ["oracle *", "Cheat *", "popular"]
    assert "* upper bound: sees the hidden truth." in found.table().notes


def test_load_starts_an_agent_with_what_it_had_learned(tmp_path):
    run(actors.Steady, days=2, baseline=None, out=tmp_path / "x")
    found = run(actors.Steady, days=1, baseline=None, out=tmp_path / "y", load=tmp_path / "x")
    state = torch.load(tmp_path / "y/checkpoint/0-Steady/state.pt", weights_only=True)
    before = torch.load(tmp_path / "x/checkpoint/0-Steady/state.pt", weights_only=True)
    logs = before["arm"]["agent"]["logs"]
    assert logs and state["arm"]["agent"]["logs"][: len(logs)] == logs
    assert found.metrics["day"].max() == 0
    with pytest.raises(BadInput, match="--load is a run folder with a checkpoint of 'mf'"):
        run("mf", days=1, baseline=None, load=tmp_path / "x")


def test_a_figure_is_drawn_by_name():
    found = run("popular", days=2)
    assert found.plot("watch_minutes").axes and found.plot("lorenz").axes
    assert repr(found) == "Run(popular against random, nano, 2 days, done)"
    assert "<td>Satisfaction (0 to 1)</td>" in found._repr_html_()


def test_the_world_handed_back_is_as_the_last_day_ended():
    found = run("popular", days=3, seeds=[0, 1])
    assert int(found.world.day) == 2
    assert set(found.worlds) == {(a, s) for a in ("popular", "random") for s in (0, 1)}
    assert found.world is found.worlds["popular", 1]


@pytest.mark.parametrize(
    "asked, told",
    [
        ({"agent": "ranom"}, "Did you mean 'random'"),
        ({"agent": actors.Mute}, "Mute without .'reset', 'learn'"),
        ({"world": "nan"}, "Did you mean 'nano'"),
        ({"settings": {"run.learn_evry": 2}}, "Did you mean 'run.learn_every'"),
        ({"settings": {"agent.privileged": True}}, "unknown setting of mf; got 'agent.privileged'"),
        ({"settings": {"agent.temperature": "hot"}}, "agent.temperature of mf is a number from 0"),
        ({"objective": "wach_time"}, "Did you mean 'watch_time'"),
        ({"days": 0}, "run.days is a whole number from 1 to 36,500"),
        ({"seeds": [1, 1]}, "seeds differ"),
        ({"slots": 0}, "size.slots is a whole number from 1 to 200"),
        ({"resume": True}, "--resume continues the run of a folder"),
    ],
)
def test_what_cannot_be_run_is_refused_with_the_cure(asked, told):
    with pytest.raises(BadInput, match=told):
        sim.simulate(**{"agent": "mf", "world": "nano", "quiet": True, **asked})


def test_a_resumed_run_keeps_its_settings_and_a_folder_its_run(tmp_path):
    run("popular", days=1, out=tmp_path)
    with pytest.raises(BadInput, match="one that is done"):
        run("popular", days=1, out=tmp_path)
    with pytest.raises(BadInput, match=r"size\.slots was 10; got 7"):
        run("popular", days=1, out=tmp_path, resume=True, slots=7)
    text = (tmp_path / "config.toml").read_text()
    (tmp_path / "config.toml").write_text(text.replace("days = 1", "days = 2"))
    with pytest.raises(BadInput, match="only lengthen a run of 2 days; got 1"):
        run("popular", days=1, out=tmp_path, resume=True)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is CUDA here")
def test_cuda_without_cuda_is_an_error_and_never_the_cpu():
    with pytest.raises(BadInput, match=r"--device cuda needs CUDA.*--device cpu"):
        run("popular", days=1, device="cuda")
