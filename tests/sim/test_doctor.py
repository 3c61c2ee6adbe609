"""The doctor: well where all is well, and not where something is wrong."""

import json

import torch

from sim.doctor import main


def test_a_healthy_machine_is_told_so_with_its_versions(capsys):
    assert main([]) == 0
    said = capsys.readouterr().out
    assert f"torch        {torch.__version__}" in said
    assert f"threads      {torch.get_num_threads()}" in said
    assert "ok   a world, twice" in said and "FAIL" not in said


def test_draws_that_differ_from_everywhere_else_are_found(monkeypatch, capsys):
    monkeypatch.setattr("sim.lab.doctor.KNOWN", [1, 2, 3, 4, 5])
    assert main(["--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert not found["ok"]
    assert [c["what"] for c in found["checks"] if not c["ok"]] == ["random numbers"]


def test_an_old_package_is_named_with_the_cure(monkeypatch, capsys):
    monkeypatch.setattr("sim.lab.doctor.OLDEST", {"torch": "99.1"})
    assert main([]) == 1
    assert "FAIL packages: RuntimeError: torch is 99.1 or newer" in capsys.readouterr().out
