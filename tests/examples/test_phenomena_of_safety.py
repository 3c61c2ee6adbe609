"""What follows from threats and moderation, in small form; whole, it is docs/moderation.md's."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from sim.lab.stats import mean_and_interval

FILE = Path(__file__).parents[2] / "examples" / "phenomena_of_safety.py"


@pytest.fixture(scope="module")
def made():
    spec = importlib.util.spec_from_file_location("phenomena_of_safety", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def one(made, which, seed, off=False, world="plain"):
    live, _, rests = made.WHICH[which]
    return live(world, seed, rests if off else {})


def test_a_good_machine_is_mostly_wrong_about_a_rare_harm_and_not_about_a_common_one(made):
    rare, common = one(made, "rare", 0), one(made, "rare", 0, off=True)
    assert rare["bad of posted"] < 0.002 and common["bad of posted"] > 0.02
    assert rare["wrong of removed"] > 0.5 > common["wrong of removed"]


def test_all_settings_of_all_worlds_make_a_world(made):
    for world in made.WORLDS:
        for _, _, rests in made.WHICH.values():
            made.arm(world, 0, made.CROWD, made.IDLE, rests, {"size.viewers": 30, "size.live": 60})


def test_what_several_calls_kept_is_told_together(made, tmp_path, capsys, monkeypatch):
    row = {"which": "erosion", "world": "plain"}
    told = [{**row, "seed": s, "off": off, "found": {"lost": s * 0.1 - off, "first": 0.5}}
            for s in (1, 2, 3) for off in (False, True)]  # fmt: skip
    files = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for file, half in zip(files, (told[::2], told[1::2]), strict=True):
        file.write_text("".join(json.dumps(r) + "\n" for r in half), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["x", "--read", *map(str, files)])
    made.main()
    assert capsys.readouterr().out.splitlines() == [
        "erosion plain lost, on: 0.2 [-0.04841, 0.4484], 3 seeds; not above 0",
        "erosion plain lost, on less off: 1 [1, 1], 3 seeds; above 0",
        "erosion plain first, on: 0.5 [0.5, 0.5], 3 seeds",
        "erosion plain lost, off: -0.8 [-1.048, -0.5516], 3 seeds; not above 0",
        "erosion plain first, off: 0.5 [0.5, 0.5], 3 seeds",
    ]


@pytest.mark.slow
def test_fakes_lift_what_they_open_a_sweep_takes_some_back_and_only_where_views_rank(made):
    """Over seeds 20 to 23 of the plain world, as docs/moderation.md tells it."""
    on, off = ([one(made, "bots", seed, off=rests) for seed in range(20, 24)]
               for rests in (False, True))  # fmt: skip
    for name in ("lift", "taken back"):
        assert mean_and_interval([found[name] for found in on])["ci95"][0] > 0
        assert all(abs(found[name]) < 0.1 for found in off)
