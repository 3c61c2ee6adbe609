"""A run that goes on from before: nothing that was there is lost, whatever comes in between."""

import json
import shutil
import signal

import actors
import pandas as pd
import pytest
import torch

import sim
from sim.lab.run import checkpoint, record
from sim.lab.run.arm import AgentFailed
from sim.presets.errors import BadInput
from sim.run import main

SMALL = {"sessions.scale": 0.03, "size.viewers": 60, "size.live": 200, "run.report": False}
LASTING = ("metrics.csv", "metrics.parquet", "events.parquet", "summary.json")


def run(out=None, agent=actors.Halts, days=9, **more):
    settings = {**SMALL, **more.pop("settings", {})}
    options = {"world": "nano", "settings": settings, "quiet": True, **more}
    return sim.simulate(agent, days=days, out=out, **options)


def bytes_of(folder):
    return {name: (folder / name).read_bytes() for name in LASTING}


def status(folder):
    return json.loads((folder / "status.json").read_text())


def on(monkeypatch, day, what):
    monkeypatch.setattr(actors.Halts, "plan", {day: what})


def ctrl_c():
    signal.raise_signal(signal.SIGINT)


def fail():
    raise KeyError("no such shelf")


@pytest.mark.parametrize("way, error", [(ctrl_c, KeyboardInterrupt), (fail, AgentFailed)])
def test_a_run_that_stops_before_it_has_caught_up_leaves_the_fuller_files(
    tmp_path, monkeypatch, way, error
):
    out = tmp_path / "x"
    on(monkeypatch, 7, way)
    with pytest.raises(error):
        run(out, baseline=None)
    full = bytes_of(out)
    assert pd.read_parquet(out / "metrics.parquet")["day"].max() == 6
    assert torch.load(out / "checkpoint/0-Halts/state.pt")["arm"]["day"] == 5
    on(monkeypatch, 6, way)
    with pytest.raises(error) as told:
        run(out, baseline=None, resume=True)
    assert bytes_of(out) == full and "hold more days" in told.value.run.summary["notes"][0]
    assert (status(out)["state"], status(out)["day"]) == (told.value.run.state, 7)
    on(monkeypatch, 8, way)
    with pytest.raises(error):
        run(out, baseline=None, resume=True)
    assert pd.read_parquet(out / "events.parquet")["day"].max() == 7
    assert json.loads((out / "summary.json").read_text())["state"] == told.value.run.state
    on(monkeypatch, -1, way)
    whole, rest = run(tmp_path / "whole", baseline=None), run(out, baseline=None, resume=True)
    assert whole.state == rest.state == "done"
    for name in LASTING[:3]:
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_resumed_run_that_fails_at_once_keeps_the_arms_that_it_did_not_come_to(
    tmp_path, monkeypatch
):
    run(tmp_path, days=2, seeds=[0, 1])
    full = bytes_of(tmp_path)
    on(monkeypatch, 2, fail)
    with pytest.raises(AgentFailed) as told:
        run(tmp_path, days=4, seeds=[0, 1], resume=True)
    before, now = (pd.read_csv(path) for path in (tmp_path / "metrics.csv", _csv(full, tmp_path)))
    pd.testing.assert_frame_equal(before, now)
    assert len(told.value.run.metrics) == len(now)
    assert set(pd.read_parquet(tmp_path / "events.parquet")["agent"]) == {"Halts", "random"}
    assert status(tmp_path)["day"] == 2


def _csv(full, folder):
    path = folder / "old.csv"
    path.write_bytes(full["metrics.csv"])
    return path


def test_a_damaged_checkpoint_of_any_arm_ends_with_2_and_changes_nothing(tmp_path, capsys):
    run(tmp_path / "whole", days=2, seeds=[0, 1])
    for arm in ("0-Halts", "0-random", "1-random"):
        out = shutil.copytree(tmp_path / "whole", tmp_path / arm)
        path = out / "checkpoint" / arm / "state.pt"
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 4
        path.write_bytes(data)
        full = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
        assert main(["--out", str(out), "--resume", "--days", "4"]) == 2
        told = capsys.readouterr()
        assert str(path) in told.err and "damaged" in told.err and "run anew" in told.err
        assert told.out == "" and "Traceback" not in told.err
        assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == full


def test_no_single_bit_of_a_checkpoint_turns_unseen(tmp_path):
    path = tmp_path / "state.pt"
    checkpoint.write(path, {"a": torch.arange(5), "b": [1.5, "x"]})
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :])
        with pytest.raises(BadInput, match="damaged"):
            checkpoint.read(path)
    path.write_bytes(data)
    assert checkpoint.read(path)["b"] == [1.5, "x"]


def test_the_status_of_an_interrupt_says_the_day_of_the_arm_that_lived(tmp_path, monkeypatch):
    on(monkeypatch, 3, ctrl_c)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)  # the baseline has not begun
    said = status(tmp_path)
    assert (said["state"], said["day"], said["of"]) == ("interrupted", 3, 9)
    assert (said["seed"], said["agent"]) == (0, "Halts")
    assert pd.read_csv(tmp_path / "metrics.csv")["day"].max() + 1 == said["day"]


def test_a_setting_changed_in_the_folder_is_refused_by_its_name(tmp_path):
    run(tmp_path, days=1, baseline=None)
    text = (tmp_path / "config.toml").read_text()
    assert "scale = 0.03" in text
    (tmp_path / "config.toml").write_text(text.replace("scale = 0.03", "scale = 0.04"))
    with pytest.raises(BadInput, match=r"where sessions\.scale is 0\.04; got 0\.03\. .*state\.pt"):
        sim.simulate(out=tmp_path, resume=True, days=2, quiet=True)


class Forgets(actors.Steady):
    """Does not take back what it gave."""

    def load_state_dict(self, state):
        pass


def test_an_agent_that_does_not_take_back_its_state_goes_on_from_nothing(tmp_path):
    run(tmp_path, Forgets, days=1, baseline=None)
    full = bytes_of(tmp_path)
    with pytest.raises(BadInput, match=r"gave; got \"another 'acts'"):
        run(tmp_path, Forgets, days=2, baseline=None, resume=True)
    assert bytes_of(tmp_path) == full


def test_an_agent_of_another_world_is_refused_before_a_folder_is_taken(tmp_path, capsys):
    run(tmp_path / "x", "mf", days=1, baseline=None)
    larger = {**SMALL, "size.viewers": 90}
    told = r"places for 121 viewers, .*; got '81 viewers, .* in .*/x'.*'nano'"
    with pytest.raises(BadInput, match=told):
        run(tmp_path / "y", "mf", days=1, load=tmp_path / "x", settings=larger)
    assert not (tmp_path / "y").exists()
    flags = [f"--set={key}={str(value).lower()}" for key, value in larger.items()]
    words = ["--agent", "mf", "--world", "nano", "--days", "1", "--load", str(tmp_path / "x")]
    assert main([*words, *flags, "--out", str(tmp_path / "y")]) == 2
    assert "places for" in capsys.readouterr().err and not (tmp_path / "y").exists()
    found = run(tmp_path / "y", "mf", days=1, baseline=None, load=tmp_path / "x")
    assert found.state == "done"


def test_an_agent_of_other_settings_is_refused_before_a_folder_is_taken(tmp_path):
    run(tmp_path / "x", "mf", days=1, baseline=None)
    with pytest.raises(BadInput, match=r"load_state_dict raised .*\. Give it the same settings"):
        run(tmp_path / "y", "mf", days=1, load=tmp_path / "x", settings={"agent.factors": 3})
    assert not (tmp_path / "y").exists()


def test_a_folder_copied_from_a_living_run_is_a_run_that_was_interrupted(tmp_path):
    run(tmp_path / "x", days=1, baseline=None)
    with record.claimed(tmp_path / "x", resume=True):
        said = {"state": "running", "day": 1, "of": 9}
        record.replace_text(tmp_path / "x" / "status.json", json.dumps(said))
        shutil.copytree(tmp_path / "x", tmp_path / "y")
        assert record.read_status(tmp_path / "x")["state"] == "running"
        assert record.read_status(tmp_path / "y")["state"] == "interrupted"
        assert run(tmp_path / "y", days=2, baseline=None, resume=True).state == "done"
    assert record.read_status(tmp_path / "x")["state"] == "interrupted"


def test_a_world_with_money_brands_and_careers_goes_on_as_if_it_had_not_stopped(tmp_path):
    """What brands, bonds, careers and purses remember is saved and taken back to the last bit."""
    on = {"money": "on", "careers.leave": 0.1, "careers.arrive": 0.5, "catalog.life": 2}
    whole = run(tmp_path / "whole", "popular", days=8, baseline=None, settings=on)
    run(tmp_path / "parts", "popular", days=4, baseline=None, settings=on)
    rest = run(tmp_path / "parts", "popular", days=8, baseline=None, settings=on, resume=True)
    for name in LASTING[:3]:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()
    one, two = (checkpoint.pack(x.world) for x in (whole, rest))
    assert checkpoint.unlike(one, two) is None
    assert (whole.world.creators.joined > 0).any() and whole.world.memory.bond.any()
