"""Page and night compile to a graph each, in a process of its own: no shapes are checked there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = """
import torch
torch.set_num_threads(1)
from worlds import nano_rules, random_slate
from sim.world.state import Request
from sim.lab.run.compiling import page_and_day
from sim.world import delivery, page, placement, platform
from sim.world.rng import key

rules, root = nano_rules("size.viewers=2000", MONEY), key(0)
world = platform.turn_day(platform.init(rules, root), rules, root)
swipe = page_and_day("cpu", True)[0]
request = platform.ask(world, rules)
slate = random_slate(world, rules, request, root)
row, ids = request.row[:1000], slate.ids[:1000]
post = delivery.deliver(world, rules, Request(row, row, row.float()), ids)
post = placement.paid_for(world, rules, post, root)
toll = placement.toll_of(post.ads, len(post.ids), rules.params) if post.ads else None
delivered = delivery.meet(world, row, post.ids, post.video, post.ads, toll)
seen = other = 0
for turn in range(20):
    with torch.no_grad():
        dice = root.fold(turn).dice(page.STREAMS, ids.shape[1])
        eager, graph = (s(delivered, rules, dice)[0] for s in (page.swipe_through, swipe))
    if post.ads:
        other += int((eager.ads != graph.ads).sum())
    eager, graph = eager.response(), graph.response()
    seen += int(eager.seen.sum())
    other += int((eager.seen != graph.seen).sum() + (eager.flags != graph.flags).sum())
    close = torch.isclose(eager.watch, graph.watch, rtol=1e-3, atol=1e-2)
    other += int((~close & eager.seen & graph.seen).sum())
print(seen, other)
"""


NIGHT = """
import torch
torch.set_num_threads(1)
from dataclasses import fields, is_dataclass
from worlds import copy_of, nano_rules
from sim.lab.run.compiling import page_and_day
from sim.world import platform
from sim.world.rng import key
from sim.world.state import look

def compare(one, two):
    for field in fields(one):
        a, b = getattr(one, field.name), getattr(two, field.name)
        if a is None:
            continue
        if field.name == "sheet" and a.dim() == 2:  # its words are floats in disguise
            compare(look(a[None]), look(b[None]))
        elif is_dataclass(a):
            compare(a, b)
        elif a is None:
            continue
        elif a.dtype.is_floating_point:
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)
        else:
            total[0] += a.numel()
            total[1] += int((a != b).sum())

rules, root, total = nano_rules("size.viewers=2000", MONEY), key(0), [0, 0]
turn_day = page_and_day("cpu", True)[1]
eager = graph = platform.init(rules, root)
for day in range(4):
    graph = turn_day(copy_of(eager), rules, root)
    eager = platform.turn_day(eager, rules, root)
    compare(eager, graph)
print(*total)
"""


TRACED = """
import torch
torch.set_num_threads(1)
from worlds import nano_rules, random_slate
from sim.world.state import Request
from sim.world import page, platform
from sim.world.rng import key

rules, root = nano_rules(MONEY), key(0)
turn_day, swipe = (
    torch.compile(story, fullgraph=True, backend="eager")
    for story in (platform.turn_day, page.swipe_through)
)
world = turn_day(platform.init(rules, root), rules, root)
request = platform.ask(world, rules)
slate = random_slate(world, rules, request, root)
after, events = platform.answer(world, rules, request, slate, root, swipe=swipe)
print(len(request.row), int(events.response.seen.sum()))
"""


def printed(script: str) -> list[int]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    env = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [int(word) for word in done.stdout.split()[-2:]]


@pytest.mark.parametrize("settings", [("money=off",), ("money=on",), ("money=on", "threats=low")])
def test_page_and_night_are_each_one_graph(settings):
    """Traced, not built: what the compiler cannot follow is an error here, in seconds."""
    viewers, seen = printed(TRACED.replace("MONEY", ", ".join(map(repr, settings))))
    assert seen > viewers > 0


built = pytest.mark.skipif(
    not (shutil.which("g++") or shutil.which("clang++")), reason="no C++ compiler"
)


@built
@pytest.mark.slow  # minutes: the compiler's
@pytest.mark.parametrize("money", ["off", "on"])
def test_a_compiled_page_makes_the_same_choices(money):
    """At most one choice in a million differs, a near-tie of floats; here at most one at all."""
    seen, other = printed(PAGE.replace("MONEY", f"'money={money}'"))
    assert seen > 10_000 and other <= 1


@built
@pytest.mark.slow
@pytest.mark.parametrize("money", ["off", "on"])
def test_a_compiled_night_is_the_same_night(money):
    """Whole numbers alike but for near-ties, floats to within their last bits."""
    numbers, other = printed(NIGHT.replace("MONEY", f"'money={money}'"))
    assert numbers > 1_000_000 and other <= 4
