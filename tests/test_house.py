"""The house stands as docs/design.md says: who may import whom, what a page may do."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from worlds import differences, live_through, nano_rules, random_slate

from sim.world import delivery, page, platform
from sim.world.rng import key, mixing
from sim.world.state import base

ROOT = Path(__file__).parents[1]
LAWS = {
    "appeal", "catalog", "community", "creators", "reactions", "sessions", "tastes", "videos",
    "viewers", "watching", "brand", "careers", "money", "threats", "moderation",
}  # fmt: skip
STORY = (
    "rules", "delivery", "page", "acts", "placement", "contest", "settlement", "accounts",
    "oversight", "shift", "night", "genesis", "platform",
)  # fmt: skip  # each may import those before it
DOOR = 5


def sources(*folders: str) -> list[Path]:
    return [p for folder in folders for p in sorted((ROOT / folder).rglob("*.py"))]


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def arrows(path: Path) -> Iterator[str]:
    """Modules of this repository that a file imports, wherever in it."""
    own = module(path) if path.name == "__init__.py" else module(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = own.split(".")[: len(own.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            names = [_deepest(base, alias.name) for alias in node.names]
        else:
            continue
        yield from (n for n in names if n.split(".")[0] in ("sim", "agents"))


def _deepest(base: str, name: str) -> str:
    """`from a import b` means module a.b where there is one."""
    path = ROOT.joinpath(*base.split("."), name)
    return f"{base}.{name}" if path.with_suffix(".py").exists() or path.is_dir() else base


def floor(name: str) -> int:
    """Height of a module; -1 for the face of the package, which imports lazily."""
    parts = name.split(".")
    if parts[0] == "agents":
        return 1
    if parts == ["sim"]:
        return -1
    kinds = {"world": 0, "presets": 1, "measure": 2, "seats": 3, "calibration": 4, "lab": 4}
    return kinds.get(parts[1], DOOR)  # what is left are the doors


# the floors of the laboratory, lowest first; rooms on one floor do not know each other
LAB = (
    {"meter", "judge", "door"},
    {"stats", "pages", "seat_bench", "creator_bench"},
    {"run", "drawing"},
    {"plots", "twins"},
    {"screen", "report", "facts", "teaching", "bench", "doctor", "supervisor"},
    {"outcome"},
    {"finish", "compare"},
    {"experiment"},
    {"studio"},
    {"explain"},
    {"audit", "office", "phone"},
    {"command", "assignments"},
)


def within_lab(name: str) -> int:
    """Height inside sim.lab; -1 for its face."""
    room = name.split(".")[2] if name.count(".") > 1 else ""
    return -1 if not room else next(i for i, rooms in enumerate(LAB) if room in rooms)


def within_world(name: str) -> int:
    """Height inside sim.world: rng, state and ranges, the laws, the story."""
    part = name.split(".")[2] if name.count(".") > 1 else ""
    if part in ("", "rng", "state", "ranges"):
        return 0
    return 1 if part in LAWS else 2 + STORY.index(part)


ALL = [pytest.param(p, id=module(p)) for p in sources("sim", "agents")]
DRAWING = [p for p in ALL if p.id.startswith(("sim.world", "sim.seats", "agents"))]


def strays(name: str, targets: Iterable[str]) -> list[str]:
    """Of what a module imports, what it may not know."""
    return [t for t in targets if t != "sim" and not may_know(name, t)]


def may_know(name: str, target: str) -> bool:
    own, other = floor(name), floor(target)
    if own < 0:
        return True  # the face hands everything on, lazily
    if own == DOOR:
        return other < DOOR  # a door opens no other door
    if target.startswith("agents") and not name.startswith("agents"):
        return own >= 3  # only seats, the laboratory and doors know agents
    if own == other == 4 and room(name) != room(target):
        return False  # calibration and the laboratory share nothing
    if own == other == 4 and room(name) == "lab":
        below = within_lab(target) < within_lab(name)
        return below or name.split(".")[:3] == target.split(".")[:3]
    return other <= own


def room(name: str) -> str:
    return name.split(".")[1]


@pytest.mark.parametrize("path", ALL)
def test_a_module_imports_only_what_it_may_know(path):
    assert strays(module(path), arrows(path)) == []


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("sim.world.watching", "sim.presets.config"),
        ("sim.presets.config", "sim.seats.clock"),
        ("sim.measure.day", "agents.base"),
        ("sim.world.night", "agents.registry"),
        ("sim.presets.config", "agents.base"),
        ("sim.seats.clock", "sim.lab.run.arm"),
        ("sim.run", "sim.facts"),
        ("sim.bench", "sim.doctor"),
        ("sim.calibration.cleaning", "sim.lab.stats"),
        ("sim.lab.facts.card", "sim.calibration.reactions"),
        ("sim.lab.run.arm", "sim.lab.screen.tables"),
        ("sim.lab.stats", "sim.lab.drawing.canvas"),
        ("sim.lab.report.page", "sim.lab.facts.card"),
        ("sim.lab.run.arm", "sim.run"),
    ],
)
def test_each_of_these_arrows_would_be_refused(name, target):
    assert strays(name, [target, "sim"]) == [target]


@pytest.mark.parametrize(
    ("name", "target"),
    [("sim.run", "sim.lab.command"), ("sim.seats.resident", "agents.registry"),
     ("sim.lab.run.arm", "sim.lab.run.checkpoint"), ("sim.lab.report.page", "sim.lab.drawing")],
)  # fmt: skip
def test_each_of_these_arrows_is_right(name, target):
    assert strays(name, [target]) == []


@pytest.mark.parametrize("path", [p for p in ALL if ".world." in p.id])
def test_laws_know_nouns_and_chance_and_never_each_other(path):
    name, own = module(path), within_world(module(path))
    for target in arrows(path):
        assert target.startswith("sim.world."), f"{name} imports {target}"
        height = within_world(target)
        fellow = own <= 1 and target.split(".")[2] == name.split(".")[2]
        assert height < own or fellow, f"{name} imports {target}, which stands beside or above it"


def test_every_module_of_the_world_has_its_place():
    known = {"rng", "state", "ranges", "", *LAWS, *STORY}
    parts = {module(p).split(".")[2] for p in sources("sim/world") if module(p).count(".") > 1}
    assert parts <= known


@pytest.mark.parametrize("path", [p for p in ALL if p.id.startswith("agents")])
def test_agents_know_nouns_and_chance_of_the_platform_and_no_more(path):
    for target in arrows(path):
        known = ("agents", "sim.world.state", "sim.world.rng", "sim.world.ranges")
        seen = target.startswith(known)
        assert seen, f"{module(path)} imports {target}"


STALLS = {"item", "tolist", "cpu", "numpy", "cuda", "to_list"}
GLOBAL_DRAWS = {
    "rand", "randn", "randint", "randperm", "rand_like", "randn_like", "randint_like",
    "multinomial", "bernoulli", "manual_seed", "seed", "dropout", "uniform_", "normal_", "random_",
    "bernoulli_", "exponential_", "default_rng", "shuffle",
}  # fmt: skip


def calls(path: Path) -> Iterator[tuple[str, int, bool]]:
    """What a file calls as `something.name(...)`: name, line, whether a generator is given."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = any(k.arg == "generator" for k in node.keywords)
            yield node.func.attr, node.lineno, given


NEAR = ("sim.world.rng.mixing", "numpy")  # where numbers lie at hand alone, as is tested below


@pytest.mark.parametrize("path", [p for p in ALL if ".world" in p.id])
def test_the_world_never_waits_for_a_number(path):
    found = [(module(path), n) for n, _, _ in calls(path) if n in STALLS]
    assert found == ([NEAR] if module(path) == NEAR[0] else [])


@pytest.mark.parametrize("path", DRAWING)
def test_nothing_is_drawn_from_torchs_own_state(path):
    drawn = [(n, line) for n, line, given in calls(path) if n in GLOBAL_DRAWS and not given]
    assert drawn == []
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    imports = [node for node in tree if isinstance(node, ast.Import)]
    assert "random" not in {alias.name for node in imports for alias in node.names}


class Counted(TorchDispatchMode):
    """Counts the operations of torch, and notes those that bring a number back to Python."""

    def __init__(self):
        super().__init__()
        self.count, self.stalls = 0, 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.count += 1
        self.stalls += "_local_scalar_dense" in str(func)
        return func(*args, **(kwargs or {}))


def morning(viewers: int, money: str = "off"):
    rules, root = nano_rules(f"size.viewers={viewers}", f"money={money}"), key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    request = platform.ask(world, rules)
    return world, rules, request, random_slate(world, rules, request, root), root


@pytest.fixture
def elsewhere(monkeypatch):
    """As where the numbers lie on a device: on a CPU keys may read theirs."""
    for place in (mixing, base):
        monkeypatch.setattr(place, "at_hand", lambda _: False)


# few go another way than many do (FEW), and neither way hangs on how many they are
MONEY = pytest.mark.parametrize("money", ["off", "on"])
CROWDS = pytest.mark.parametrize("crowds", [(20, 40), (400, 600)], ids=str)


@CROWDS
@MONEY
def test_a_page_neither_loops_over_viewers_nor_waits(elsewhere, crowds, money):
    counts = []
    for viewers in crowds:
        world, rules, request, slate, root = morning(viewers, money)
        post = delivery.deliver(world, rules, request, slate.ids)
        delivered = delivery.meet(world, request.row, post.ids, post.video)
        with Counted() as counted:
            page.swipe_through(delivered, rules, root.dice(page.STREAMS, slate.ids.shape[1]))
        assert counted.stalls == 0
        counts.append(counted.count)
    assert counts[0] == counts[1]


@CROWDS
@MONEY
def test_a_night_and_an_answer_neither_loop_over_viewers_nor_wait(elsewhere, crowds, money):
    counts = []
    for viewers in crowds:
        world, rules, request, slate, root = morning(viewers, money)
        with Counted() as counted:
            world, _ = platform.answer(world, rules, request, slate, root)
            platform.turn_day(world, rules, root)
        assert counted.stalls == 0
        counts.append(counted.count)
    assert counts[0] == counts[1]


def test_a_world_leaves_torchs_own_draws_alone():
    before = torch.random.get_rng_state()
    one, _ = live_through(nano_rules(), days=1, pages=1)
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(99)
    other, _ = live_through(nano_rules(), days=1, pages=1)
    assert differences(one, other) == []
