"""Runs side by side: paired by seed, and refused where their worlds differ."""

import json
import shutil

import pandas as pd
import pytest

import sim
from sim import compare as door

OFF = {"run.lift": False, "run.report": False}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs of the same worlds, one of others, one on other seeds."""
    place = tmp_path_factory.mktemp("runs")
    asked = {
        "plain": {"agent": "popular", "seeds": [0, 1]},
        "keen": {"agent": "mf", "seeds": [0, 1]},
        "alone": {"agent": "mf", "seeds": [7]},
        "rigid": {"agent": "popular", "seeds": [0, 1], "settings": {"feedback": "none"}},
        "lucky": {"agent": "popular", "seeds": [0, 1], "future": 3},
        "random": {"agent": "random", "seeds": [0, 1, 2], "baseline": "none"},
    }
    for name, more in asked.items():
        more["settings"] = OFF | more.get("settings", {})
        sim.simulate(world="nano", days=2, out=place / name, **more)
    return place


def told(capsys, *argv):
    """The exit code, and what stdout and stderr say."""
    code = door.main([str(a) for a in argv])
    return code, *capsys.readouterr()


def minutes(folder, agent):
    """By seed: of day 1, for of two days the first third is none and both count."""
    rows = pd.read_csv(folder / "metrics.csv").query(
        "metric == 'watch_minutes' and group == 'all' and agent == @agent"
    )
    return rows.groupby("seed")["value"].mean()


def test_the_difference_is_paired_by_seed(runs, capsys):
    code, out, _ = told(capsys, runs / "plain", runs / "keen", "--json")
    found = json.loads(out)
    gap = minutes(runs / "keen", "mf") - minutes(runs / "plain", "popular")
    assert code == 0 and found["baseline"] == "plain" and found["seeds"] == [0, 1]
    assert found["difference"]["watch_minutes"]["mean"] == pytest.approx(gap.mean())
    assert found["runs"]["keen"] == {"folder": str(runs / "keen"), "agent": "mf"}


def test_levels_differ_by_what_is_told_where_one_run_is_longer(runs, capsys, tmp_path):
    more = {"agent": "mf", "seeds": [0, 1], "settings": OFF}
    sim.simulate(world="nano", days=3, out=tmp_path / "longer", **more)
    _, out, _ = told(capsys, runs / "keen", tmp_path / "longer", "--json")
    found = json.loads(out)
    assert found["days"] == 2 and "3" in " ".join(found["notes"])
    for metric, gap in found["difference"].items():
        levels = found["metrics"][metric]["mean"], found["baseline_metrics"][metric]["mean"]
        if None not in (*levels, gap["mean"]):
            assert levels[0] - levels[1] == pytest.approx(gap["mean"], abs=1e-9), metric
    assert found["difference"]["watch_minutes"]["mean"] == 0  # the same agent, the same days


def test_a_refusal_is_said_in_the_language_asked_for(runs, capsys):
    for other in ("rigid", "alone"):
        _, _, err = told(capsys, runs / "plain", runs / other, "--lang", "zh")
        assert "种子" in err if other == "alone" else "不在同样的世界里" in err
        assert " are " not in err


def test_the_same_agent_on_the_same_worlds_differs_in_nothing(runs, capsys):
    said = ("--reference", "plain/random", "--json")
    _, out, _ = told(capsys, runs / "plain", runs / "random", *said)
    found = json.loads(out)
    assert found["agents"]["random"]["difference"]["watch_minutes"]["mean"] == 0
    assert found["agents"]["plain"]["difference"]["watch_minutes"]["mean"] != 0
    assert "[0, 1]" in " ".join(found["notes"])  # random has a seed more


def test_other_worlds_are_refused_unless_they_are_what_is_asked_about(runs, capsys):
    code, out, err = told(capsys, runs / "plain", runs / "rigid")
    assert (code, out) == (1, "") and "feedback is 'slight' and 'none'" in err
    code, out, _ = told(capsys, runs / "plain", runs / "rigid", "--allow", "feedback")
    assert code == 0 and "feedback" in out
    code, _, err = told(capsys, runs / "plain", runs / "lucky")
    assert code == 1 and "run.future is 0 and 3" in err


def test_runs_without_a_seed_in_common_are_refused(runs, capsys):
    code, _, err = told(capsys, runs / "plain", runs / "alone")
    assert code == 1 and "none in common" in err


def test_a_page_tells_of_all_runs_in_both_languages(runs, capsys, tmp_path):
    three = [runs / name for name in ("plain", "keen", "random")]
    for lang, word in (("en", "Watch time"), ("zh", "观看时长")):
        code, out, _ = told(capsys, *three, "--out", tmp_path / "page.html", "--lang", lang)
        page = (tmp_path / "page.html").read_text(encoding="utf-8")
        assert code == 0 and word in out and word in page
        assert all(name in page for name in ("plain", "keen", "random"))
        assert "Koren" in page  # what mf is, though it goes by another name


def test_a_run_that_broke_off_is_told(runs, capsys, tmp_path):
    shutil.copytree(runs / "keen", tmp_path / "broken")
    (tmp_path / "broken" / "status.json").write_text('{"state": "failed", "day": 1}')
    code, out, _ = told(capsys, runs / "plain", tmp_path / "broken")
    assert code == 0 and "a run that failed" in out


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (lambda f: (f / "config.toml").unlink(), "folder of a run"),
        (lambda f: (f / "metrics.parquet").write_bytes(b"PAR1"), "metrics.parquet"),
        (lambda f: (f / "summary.json").write_text("{"), "own files"),
        (lambda f: (f / "config.toml").write_text("= 3"), "own files"),
        (lambda f: pd.DataFrame({"a": [1]}).to_parquet(f / "metrics.parquet"), "columns"),
    ],
)
def test_what_is_no_run_is_bad_input(runs, capsys, tmp_path, damage, word):
    shutil.copytree(runs / "keen", tmp_path / "hurt")
    damage(tmp_path / "hurt")
    code, out, err = told(capsys, runs / "plain", tmp_path / "hurt")
    assert (code, out) == (2, "") and word in err


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ([], "two runs or more"),
        (["plain/../plain"], "differ from each other"),
        (["keen", "--reference", "ken"], "Did you mean 'keen'"),
        (["keen", "--allow", "feedbak"], "Did you mean 'feedback'"),
        (["nowhere"], "folder of a run"),
    ],
)
def test_bad_input_names_the_cure(runs, capsys, more, word):
    names = [runs / m if i == 0 else m for i, m in enumerate(more)]
    code, _, err = told(capsys, runs / "plain", *names)
    assert code == 2 and word in err
