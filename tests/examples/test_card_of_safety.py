"""Safety's rows of the card, of seeds lived apart; and how a rabbit hole is looked for."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from sim.lab.facts import safety

FOLDER = Path(__file__).parents[2] / "examples"


def example(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_seeds_lived_apart_are_pooled_as_the_card_pools_them(tmp_path, capsys, monkeypatch):
    made = example("card_of_safety")
    names = [name for pair in safety.PARTS.values() for name in pair]
    runs = [safety.figures([{**dict.fromkeys(names, 0.0), "removals": n, "soon": soon}])
            for n, soon in ((300.0, 290.0), (100.0, 80.0))]  # fmt: skip
    files = [str(tmp_path / f"{i}.json") for i in range(2)]
    for file, run in zip(files, runs, strict=True):
        Path(file).write_text(json.dumps([run]), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["x", "--read", *files])
    made.main()
    line = next(x for x in capsys.readouterr().out.splitlines() if "within 24 hours" in x)
    assert "370 of 400, 92.5 % (standard error 6.2); 92-96 %: holds" in line
    share, few = safety.pooled("safety.day", runs)
    assert share == pytest.approx(0.925) and few


def test_what_a_group_is_shown_is_told_by_its_own_views():
    made = example("rabbit_hole")
    small = {"size.viewers": 200, "size.live": 200}
    found = made.hole("random", 0, 4, small)
    assert found["last less first"] == pytest.approx(found["last"] - found["first"])
    assert 0.5 < found["first"] < 2 and found["craving"] > 0  # random slates know nobody
