"""Policies of moderation: by name, by file, and refused with the rule, the value and the cure."""

import tomllib
from pathlib import Path

import pytest

from sim.lab.command import ASSETS
from sim.lab.run.config import make
from sim.presets.config import resolve
from sim.presets.errors import BadInput
from sim.run import main
from sim.world import platform
from sim.world.moderation import policy
from sim.world.state import ACTIONS, HARMS

MF = {"agent": "mf", "world": "nano"}


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_policy_file_lies_over_the_named_policy(tmp_path):
    path = written(tmp_path, "hours = 5.0\n[B]\nlabel = 0.25\nconfirmed = 'label'\n")
    found = make({**MF, "policy": path}).params.policy
    house = resolve("nano").policy
    assert (found.hours, found.B.label, found.B.confirmed) == (5.0, 0.25, "label")
    assert found.A == house.A and found.split == house.split


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_printed_example_is_a_policy(lang, tmp_path, capsys):
    assert main(["--policy", "example", "--lang", lang]) == 0
    path = written(tmp_path, capsys.readouterr().out)
    found = make({**MF, "policy": path}).params.policy
    assert found.B.confirmed == "label" and found.A == resolve("nano").policy.A


def test_both_examples_say_the_same():
    one, other = (
        tomllib.loads((ASSETS / f"policy_{lang}.toml").read_text(encoding="utf-8"))
        for lang in ("en", "zh")
    )
    assert one == other


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[A]\nremove = 1.2", "policy.A.remove is a number from 0 to 1; got 1.2. The nearest is 1"),
        ("hours = -1", "policy.hours is a number from 0 to 1,000; got -1. The nearest is 0."),
        ("[F]\nremove = 0.5", "unknown setting; got 'policy.F'."),
        ("[A]\nremoved = 0.5", "Did you mean 'policy.A.remove'?"),
        ("[A]\nconfirmed = 'delete'", "unknown value of policy.A.confirmed; got 'delete'."),
        ("strikes = 2.5", "policy.strikes is a whole number"),
        ("", "a policy says something"),
        ("A = 0.5", "policy.A is a group of settings; got 0.5."),
    ],
)
def test_a_wrong_policy_is_told_with_its_file_and_the_cure(text, told, tmp_path):
    path = written(tmp_path, text)
    with pytest.raises(BadInput) as error:
        make({**MF, "policy": path})
    assert str(path) in str(error.value) and told in str(error.value)


def test_the_thresholds_of_the_night_are_those_of_the_file():
    params = resolve("nano", settings={"policy.C.demonetise": 0.125})
    found = platform.rules(params).tables.policy
    assert float(found.threshold[HARMS.index("C"), ACTIONS.index("demonetise")]) == 0.125
    assert ACTIONS[int(found.confirmed[0])] == params.policy.A.confirmed
    assert policy(params.policy).threshold.shape == (len(HARMS), len(ACTIONS))
