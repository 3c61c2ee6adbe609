"""Every flag of every command stands in docs/interface.md, and no other does."""

import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOORS = sorted(p.stem for p in (ROOT / "sim").glob("*.py") if p.stem != "__init__")
PAGE = (ROOT / "docs" / "interface.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("door", DOORS)
def test_the_page_of_names_tells_every_flag_of_a_command(door):
    rows = [line for line in PAGE.splitlines() if line.startswith(f"| {door} |")]
    assert len(rows) == 1
    told = re.findall(r"--[a-z-]+", rows[0])
    arguments = fields(import_module(f"sim.{door}").Arguments)
    flags = [f for f in arguments if "Positional" not in str(f.type)]
    assert sorted(told) == sorted("--" + f.name.replace("_", "-") for f in flags)
