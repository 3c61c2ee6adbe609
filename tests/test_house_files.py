"""What docs/design.md asks of a file: its length, and a name of its own among the tests."""

from collections import Counter

import pytest
from test_house import ROOT, sources


@pytest.mark.parametrize(
    "path", sources("sim", "agents", "tests"), ids=lambda p: str(p.relative_to(ROOT))
)
def test_files_stay_under_300_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300


def test_no_two_test_files_have_one_name():
    """Pytest takes the second for the first, and stops, as soon as both are collected."""
    files = [path for path in sources("tests") if path.name not in ("__init__.py", "conftest.py")]
    count = Counter(path.name for path in files)
    assert not [path for path in files if count[path.name] > 1]
