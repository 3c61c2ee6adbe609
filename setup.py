"""Everything is in pyproject.toml; here each lesson's notebook is put beside its source, so that
`jupyter lab lessons/` finds one to run. Git does not see it: it is the learner's own copy."""

import importlib.util
import sys
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).parent


def put_notebooks() -> None:
    spec = importlib.util.spec_from_file_location(
        "building", HERE / "sim" / "lab" / "teaching" / "building.py"
    )
    assert spec and spec.loader
    building = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(building)
    building.write(HERE / "lessons")


try:
    put_notebooks()
except Exception as error:  # an installation must not fail for them
    print(f"the lessons' notebooks were not put: {error}", file=sys.stderr)
setup()
