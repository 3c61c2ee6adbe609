"""What has one meaning is written in one place: found in the syntax trees of the whole project."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(p for folder in ("sim", "agents") for p in (ROOT / folder).rglob("*.py"))
THRESHOLDS = "sim/world/state/watched.py"
HAND_ON = (
    "sim/lab/facts/figures.py", "agents/nets.py", "sim/lab/teaching/lesson_02/betting.py",
)  # fmt: skip


@cache
def every_node() -> list[tuple[str, ast.AST]]:
    trees = {str(p.relative_to(ROOT)): ast.parse(p.read_text(encoding="utf-8")) for p in SOURCES}
    return [(file, node) for file, tree in trees.items() for node in ast.walk(tree)]


def nodes(kind) -> Iterator[tuple[str, ast.AST]]:
    """(file, node) of every node of a kind."""
    return ((file, node) for file, node in every_node() if isinstance(node, kind))


def less_one(node: ast.AST) -> bool:
    """`something - 1`."""
    minus = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)
    return minus and isinstance(node.right, ast.Constant) and node.right.value == 1


def test_the_row_of_an_id_is_reckoned_in_one_place():
    """Anywhere else call sim.world.state.row_of."""
    found = [
        (file, node.lineno)
        for file, node in nodes(ast.BinOp)
        if isinstance(node.op, ast.Mod) and less_one(node.left)
    ]
    assert [file for file, _ in found] == ["sim/world/state/base.py"], found


@pytest.mark.parametrize("seconds", [18.0, 1.8])
def test_the_seconds_of_a_long_view_and_of_a_second_time_stand_in_one_place(seconds):
    """Anywhere else read sim.world.state.watched; 1 << 18 is another eighteen."""
    numbers = {
        (file, node.lineno, node.col_offset)
        for file, node in nodes(ast.Constant)
        if type(node.value) in (int, float) and node.value == seconds
    }
    shifts = {
        (file, node.right.lineno, node.right.col_offset)
        for file, node in nodes(ast.BinOp)
        if isinstance(node.op, ast.LShift)
    }
    found = numbers - shifts
    assert {file for file, *_ in found} == {THRESHOLDS}, found


@pytest.mark.parametrize("name", ["watch", "drawn", "seconds"])
def test_quick_skips_and_clicks_are_judged_in_one_place(name):
    """Nobody else holds watch seconds against 3 or 7."""
    found = [
        (file, node.lineno)
        for file, node in nodes(ast.Compare)
        if ast.unparse(node.left).split(".")[-1] == name
        and any(isinstance(c, ast.Constant) and c.value in (3, 7) for c in node.comparators)
    ]
    assert found == []


def test_the_version_is_asked_of_the_installed_package_in_one_place():
    """Anywhere else read sim.__version__."""
    found = [
        file
        for file, node in nodes(ast.Call)
        if ast.unparse(node.func).endswith("version")
        and any(isinstance(a, ast.Constant) and a.value == "shortvideo-sim" for a in node.args)
    ]
    assert found == ["sim/__init__.py"]


@pytest.mark.parametrize("name", ["gini", "top_share", "icc", "long_view", "row_of"])
def test_a_statistic_is_reckoned_in_one_place(name):
    """Calibration, facts, reports and measures call the same function."""
    found = [file for file, node in nodes(ast.FunctionDef) if node.name.strip("_") == name]
    # the facts' own `_gini` and the agents' `long_view` of a log hand the work on
    reckoned = [file for file in found if file not in HAND_ON]
    assert len(reckoned) == 1, found


def test_the_bins_of_watch_ratio_stand_in_one_place():
    """Anywhere else read sim.world.reactions.RATIO_EDGES."""
    edges = (0.1, 0.5, 1.0, 2.0)
    found = [
        file
        for file, node in nodes(ast.Tuple | ast.List)
        if tuple(getattr(each, "value", None) for each in node.elts) == edges
    ]
    assert found == ["sim/world/reactions.py"]


def test_the_distribution_of_watch_seconds_stands_in_one_place():
    """Its normal and its exponential part: anywhere else call sim.world.watching.below."""
    found = {file for file, node in nodes(ast.Attribute) if node.attr == "ndtr"}
    assert found == {"sim/world/watching/mixture.py"}


def named(word: str) -> list[str]:
    """Files in which a class, function, field, argument or variable has this very name."""
    found = []
    for file, node in nodes(ast.ClassDef | ast.FunctionDef | ast.Name | ast.arg):
        stored = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        own = node.id if stored else getattr(node, "name", getattr(node, "arg", ""))
        if own.strip("_") == word:
            found.append(file)
    return found


@pytest.mark.parametrize(
    ("word", "files"),
    [
        ("Log", ["sim/world/state/messages.py"]),  # impressions for learning
        ("Page", ["sim/world/page.py"]),  # of the feed
        ("Mood", ["sim/world/state/viewers.py"]),
        ("Run", ["sim/lab/outcome.py"]),  # of an experiment
        ("Row", []),
        ("Settings", []),
        ("calibration", []),  # of the simulator, a folder; a measure is the miscalibration
    ],
)
def test_a_word_names_one_thing(word, files):
    assert named(word) == files


def test_lift_is_times_random_s_share_and_heat_the_views_a_day_of_a_video():
    """The first is measured in the laboratory, the second kept by the world."""
    assert {file.split("/")[1] for file in named("lift")} == {"lab"}
    fields = {
        file
        for file, node in nodes(ast.AnnAssign)
        if isinstance(node.target, ast.Name) and node.target.id == "heat"
    }
    assert fields == {"sim/world/state/messages.py", "sim/world/state/videos.py"}


def test_a_measure_is_not_called_as_what_fits_presets_is():
    from sim.measure.metrics import MEASURES

    assert "miscalibration" in MEASURES and "calibration" not in MEASURES
