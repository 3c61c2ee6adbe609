"""`python -m sim.run` as a person meets it: tables, folders, exit codes, kills and interrupts."""

import inspect
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import torch
from rich.cells import cell_len

import sim
from sim.run import main

NANO = ["--world", "nano", "--set", "run.report=false", "--set", "sessions.scale=0.03"]
ACTORS = Path(__file__).parent / "lab" / "actors.py"
FILES = {
    "config.toml", "command.txt", "env.json", "status.json", "metrics.csv", "metrics.parquet",
    "summary.json", "events.parquet", "moderation.parquet", "checkpoint",
}  # fmt: skip


def start(*words, cwd=None):
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.getcwd()}
    return subprocess.Popen(
        [sys.executable, "-m", "sim.run", *words], cwd=cwd, env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def wait_for_day(folder, day, process, agent="mf"):
    """Until the run's first arm has finished so many days."""
    for _ in range(6000):
        try:
            status = json.loads((folder / "status.json").read_text())  # never half a file
        except FileNotFoundError:
            status = {"day": 0}
        assert process.poll() is None, process.communicate()
        if status.get("day", 0) >= day and status.get("agent") == agent:
            return
        time.sleep(0.01)
    raise AssertionError("the run did not get there in a minute")


def test_a_run_prints_its_table_on_stdout_and_leaves_the_promised_files(tmp_path, capsys):
    out = tmp_path / "x"
    code = main(["--agent", "popular", "--days", "2", "--seed", "0", "1", *NANO, "--out", str(out)])
    said = capsys.readouterr()
    assert code == 0
    assert {path.name for path in out.iterdir()} == FILES
    for word in ("popular", "random", "difference", "95 % interval", "Watch time", "Satisfaction",
                 "Next-day retention", "Topic diversity", "Exposure inequality"):  # fmt: skip
        assert word in said.out
    assert "Within the noise of the seeds: " in said.out  # two seeds make nothing sure
    assert "Measures are judged together" in said.out
    assert "\x1b" not in said.out + said.err  # plain, for this is no terminal
    assert "day 2 of 2" in said.err and str(out) in said.err
    assert json.loads((out / "status.json").read_text()) == {
        "state": "done", "day": 2, "of": 2, "error": None,
    }  # fmt: skip
    summary = json.loads((out / "summary.json").read_text())
    wanted = {"agent", "baseline", "world", "platform", "days", "seeds", "metrics", "difference"}
    assert wanted <= set(summary)
    low, high = summary["difference"]["watch_minutes"]["ci95"]
    assert low < summary["difference"]["watch_minutes"]["mean"] < high
    assert set(summary["metrics"]["watch_minutes"]) == {"mean", "ci95", "ci95_viewers", "unit"}
    metrics = pd.read_csv(out / "metrics.csv")
    assert list(metrics) == ["seed", "agent", "day", "metric", "group", "value", "unit"]
    assert set(metrics["agent"]) == {"popular", "random"} and set(metrics["seed"]) == {0, 1}
    assert json.loads((out / "env.json").read_text())["seconds"]["world"] > 0
    assert (out / "command.txt").read_text().startswith("python -m sim.run --agent popular")


def test_what_an_agent_prints_is_no_result(tmp_path, capsys):
    chatty = tmp_path / "chatty.py"
    chatty.write_text(
        "from agents.recommender.random import Random\n\nprint('imported')\n\n\n"
        "class Chatty(Random):\n    def act(self, *a, **k):\n        print('asked')\n"
        "        return super().act(*a, **k)\n"
    )
    words = ["--agent", f"{chatty}:Chatty", "--days", "1", *NANO, "--set", "run.lift=false"]
    assert main([*words, "--out", str(tmp_path / "out"), "--json", "--quiet"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["agent"] == "Chatty"
    assert "imported\n" in said.err and "asked\n" in said.err


def test_json_is_one_object_and_nothing_else_on_stdout(tmp_path, capsys):
    out = str(tmp_path / "x")
    words = ["--agent", "popular", "--days", "1", *NANO, "--out", out, "--json", "--quiet"]
    assert main(words) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert found["agent"] == "popular" and found["difference"]["watch_minutes"]["ci95"] is None
    assert said.err == ""


def test_the_command_and_its_python_twin_give_the_same(tmp_path):
    words = ["--agent", "mf", "--days", "2", "--seed", "2", *NANO, "--quiet"]
    assert main([*words, "--out", str(tmp_path / "x")]) == 0
    settings = {"sessions.scale": 0.03}
    twin = sim.simulate("mf", world="nano", days=2, seeds=[2], settings=settings, quiet=True)
    for name, table in (("metrics", twin.metrics), ("events", twin.events)):
        written = pd.read_parquet(tmp_path / "x" / f"{name}.parquet")
        pd.testing.assert_frame_equal(written, table)


def test_a_report_with_its_plots_ends_the_run(tmp_path):
    words = ["--agent", "popular", "--world", "nano", "--days", "2", "--quiet", "--json"]
    assert main([*words, "--out", str(tmp_path / "x")]) == 0
    assert "popular" in (tmp_path / "x" / "report.html").read_text()
    kinds = {path.suffix for path in (tmp_path / "x" / "plots").iterdir()}
    assert kinds == {".png", ".svg"}
    assert json.loads((tmp_path / "x" / "env.json").read_text())["notes"] == []


def test_without_out_a_run_goes_to_a_folder_named_by_agent_and_world(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["--agent", "popular", "--days", "1", *NANO, "--quiet", "--json"]) == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.endswith("-popular-nano")


def test_a_dry_run_prints_a_config_and_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["--agent", "mf", "--days", "3", "--seed", "4", *NANO, "--dry-run"]) == 0
    text = capsys.readouterr().out
    assert not list(tmp_path.iterdir())
    (tmp_path / "c.toml").write_text(text)
    assert main(["--config", "c.toml", "--dry-run"]) == 0
    assert capsys.readouterr().out == text
    assert main(["--config", "c.toml", "--world", "small", "--dry-run"]) == 0
    changed = capsys.readouterr().out
    assert "viewers = 4000" in changed and "days = 3" in changed


def test_several_agents_go_in_one_table_and_ceilings_are_marked(tmp_path, capsys):
    words = ["--agent", "popular", "oracle", "--days", "1", *NANO, "--out", str(tmp_path / "x")]
    assert main([*words, "--lang", "zh"]) == 0
    said = capsys.readouterr().out
    body = said.splitlines()[2:]
    rows = [line.split()[0] for line in body[[x[:1] for x in body].index("推") :][:6]]
    assert rows == ["推荐算法", "popular", "95%", "oracle", "95%", "random"]
    assert max(map(cell_len, body[: body.index("")])) <= 120
    assert said.count("95% 置信区间（用户间）") == 2
    assert "oracle *" in said and "* 上界：看得到隐藏真实值。" in said


@pytest.mark.parametrize(
    "words, told",
    [
        (["--agent", "popluar"], "Did you mean 'popular'"),
        (["--agent", "mf", "--world", "nanno"], "Did you mean 'nano'"),
        (["--agent", "mf", "--platform", "kuaisho"], "Did you mean 'kuaishou'"),
        (["--agent", "mf", "--set", "sessions.scal=1.0"], "Did you mean 'sessions.scale'"),
        (["--agent", "mf", "--set", "sessions.scale"], "key=value"),
        (["--agent", "nowhere/agent.py:Mine"], "no such file"),
        (["--agent", "mf", "--config", "none.toml"], "none.toml"),
        (["--agent", "mf", "--seat", "moderator"], "unknown agent; got 'mf'"),
        (["--agent", "mf", "--seat", "creator"], "unknown agent; got 'mf'"),
        (["--agent", "mf", "--house", "mf"], "--house is for --seat creator"),
        (["--agent", "mf", "--resume"], "--out RUN"),
        ([], "a run needs an agent"),
    ],
)
def test_bad_input_exits_with_2_and_the_cure(words, told, capsys):
    assert main(words) == 2
    said = capsys.readouterr()
    assert told in said.err and said.err.startswith("error: ") and said.out == ""
    assert "Traceback" not in said.err


def test_an_unknown_flag_exits_with_2_and_the_nearest_one(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--agent", "mf", "--wrld", "nano"])
    assert exit_.value.code == 2
    assert "--world" in capsys.readouterr().err


def test_an_agent_that_fails_exits_with_1_and_a_short_message(tmp_path, capsys):
    out = tmp_path / "x"
    words = ["--agent", f"{ACTORS}:Crash", "--days", "4", *NANO, "--out", str(out)]
    assert main(words) == 1
    said = capsys.readouterr()
    assert "error: agent 'Crash', day 2: act raised KeyError: 'no such shelf'" in said.err
    assert "Traceback" not in said.err and "Watch time" in said.out
    assert sorted(pd.read_parquet(out / "events.parquet")["day"].unique()) == [0, 1]
    assert json.loads((out / "status.json").read_text())["state"] == "failed"
    (tmp_path / "y").mkdir()
    assert main([*words[:-1], str(tmp_path / "y"), "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_run_killed_in_the_middle_goes_on_as_if_nothing_had_happened(tmp_path):
    words = ["--agent", "mf", "--days", "8", *NANO, "--set", "run.checkpoint_every=2", "--quiet"]
    cut, whole = tmp_path / "cut", tmp_path / "whole"
    process = start(*words, "--out", str(cut))
    wait_for_day(cut, 3, process)
    process.kill()  # SIGKILL: nothing of it can be caught
    assert process.wait() == -signal.SIGKILL
    process.communicate()
    assert json.loads((cut / "status.json").read_text())["state"] == "running"
    saved = torch.load(cut / "checkpoint/0-mf/state.pt", weights_only=True)
    assert 2 <= saved["arm"]["day"] < 8  # so there is something to go on from, and to do
    assert main([*words, "--out", str(cut), "--resume", "--json"]) == 0
    assert main([*words, "--out", str(whole), "--json"]) == 0
    for name in ("metrics", "events"):
        one, two = (pd.read_parquet(folder / f"{name}.parquet") for folder in (cut, whole))
        pd.testing.assert_frame_equal(one, two)
        assert one["day"].max() == 7
    assert (cut / "metrics.csv").read_text() == (whole / "metrics.csv").read_text()


def test_ctrl_c_exits_with_130_keeps_what_there_is_and_says_how_to_go_on(tmp_path):
    out = tmp_path / "x"
    process = start("--agent", "mf", "--days", "400", *NANO, "--out", str(out))
    wait_for_day(out, 2, process)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in stderr and "--resume" in stderr and "Watch time" in stdout
    assert json.loads((out / "status.json").read_text())["state"] == "interrupted"
    events = pd.read_parquet(out / "events.parquet")
    metrics = pd.read_parquet(out / "metrics.parquet")
    assert events["day"].max() == metrics["day"].max() >= 1


def test_help_comes_without_loading_torch():
    code = "import sys, sim, sim.run; assert 'torch' not in sys.modules; assert sim.__version__"
    assert subprocess.run([sys.executable, "-c", code], cwd=os.getcwd()).returncode == 0


def test_the_help_of_agent_lists_every_built_in_agent():
    from agents.registry import names
    from sim import run as door

    text = inspect.getsource(door.Arguments)
    told = text[text.index("agent: Many") : text.index("seat: ")].split('"""')[1]
    listed = told[: told.index(";")].replace("\n", " ").split(",")
    assert [name.strip() for name in listed] == names()
