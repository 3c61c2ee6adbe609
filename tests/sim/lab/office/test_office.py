"""`python -m sim.run --seat moderator`: a table, a folder, a page with the frontier of policies."""

import json

import pandas as pd
import pytest

from sim import run as door
from sim.lab.office.asked import LINES

QUICK = ("--days", "2", "--set", "run.warm_up=1", "--quiet")


def ran(capsys, *argv):
    code = door.main(["--seat", "moderator", *QUICK, *map(str, argv)])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_run_writes_what_it_tells(tmp_path, capsys):
    place = tmp_path / "run"
    agents = ("--agent", "cost_sensitive", "oracle", "--json", "--lang", "en")
    code, out, err = ran(capsys, *agents, "--out", place)
    found = json.loads(out)
    assert code == 0, err
    assert found["seat"] == "moderator" and found["baseline"] == "house"
    assert set(found["agents"]) == {"cost_sensitive", "oracle"}
    assert found["privileged"] == ["oracle"] and found["threats"] == "high"
    assert found["agents"]["oracle"]["metrics"]["cost_wrongful"]["mean"] == 0
    told = [each["policy"] for each in found["frontier"]]
    assert told == ["cost_sensitive", "oracle", "house", *(f"{line:g}" for line in LINES)]
    table = pd.read_csv(place / "metrics.csv")
    assert set(table["agent"]) == {"cost_sensitive", "oracle", "house"}
    assert set(table["day"]) == {0, 1}
    page = (place / "report.html").read_text(encoding="utf-8")
    assert "What a creator is told" in page and "was taken down on day" in page
    assert "Harm against wrongful removals" in page and page.count("<circle") == 3 + len(LINES)


def test_it_speaks_chinese_and_takes_a_policy_of_ones_own(tmp_path, capsys):
    mine = tmp_path / "mine.toml"
    mine.write_text("hours = 0\nsweep = 0\n", encoding="utf-8")
    more = ("--policy", mine, "--set", "run.frontier=false", "--lang", "zh")
    code, out, err = ran(capsys, "--agent", "threshold", "--out", tmp_path / "run", *more)
    assert code == 0, err
    assert "当内容审核 2 天" in out and "每千条审核工时" in out
    table = pd.read_csv(tmp_path / "run" / "metrics.csv")
    assert (table[table["metric"] == "cost_staff"]["value"] == 0).all()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "a run needs an agent"),
        (("--agent", "cost_sensitiv"), "Did you mean 'cost_sensitive'"),
        (("--agent", "oracle", "--threats", "none"), "needs something to moderate"),
        (("--agent", "oracle", "--plan", "example"), "--plan is not for --seat moderator"),
        (("--agent", "oracle", "--set", "run.delay=3"), "unknown setting of a moderator's run"),
        (("--agent", "oracle", "--set", "agent.severity=2"), "from 0 to 1"),
        (("--agent", "oracle", "--objective", "hamr"), "Did you mean 'harm'"),
        (("--agent", "oracle", "--policy", "none.toml"), "none.toml"),
    ],
)
def test_what_cannot_be_is_told_with_the_cure(words, told, capsys):
    code, out, err = ran(capsys, *words, "--lang", "en")
    assert code == 2 and told in err and out == ""
