"""The page compiles to one graph, in a process of its own: shapes are not enforced there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = """
import torch
torch.set_num_threads(1)
from worlds import nano_rules, random_slate
from sim.world import page, platform
from sim.world.rng import key

rules, root = nano_rules("size.viewers=2000"), key(0)
world = platform.turn_day(platform.init(rules, root), rules, root)
swipe = torch.compile(page.swipe_through, fullgraph=True)
request = platform.ask(world, rules)
slate = random_slate(world, rules, request, root)
row, ids = request.row[:1000], slate.ids[:1000]
delivered = page.deliver(world, rules, row, ids)
seen = other = 0
for turn in range(20):
    with torch.no_grad():
        eager = page.swipe_through(world, rules, row, delivered, root.fold(turn))[0].response
        graph = swipe(world, rules, row, delivered, root.fold(turn))[0].response
    seen += int(eager.seen.sum())
    other += int((eager.seen != graph.seen).sum() + (eager.flags != graph.flags).sum())
    close = torch.isclose(eager.watch, graph.watch, rtol=1e-3, atol=1e-2)
    other += int((~close & eager.seen & graph.seen).sum())
print(seen, other)
"""


@pytest.mark.slow  # minutes: the compiler's
@pytest.mark.skipif(not (shutil.which("g++") or shutil.which("clang++")), reason="no C++ compiler")
def test_a_compiled_page_makes_the_same_choices():
    """At most one choice in a million differs, a near-tie of floats; here at most one at all."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    env = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen, other = map(int, done.stdout.split()[-2:])
    assert seen > 10_000 and other <= 1
