"""Nothing is made on the wrong device, and nothing waits for a number: everything runs on torch's
meta device, whose tensors have a shape and no numbers, so that what would wait cannot go on."""

import traceback

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from worlds import nano, nano_rules, random_slate

from agents.registry import create
from sim.seats.recommender.view import log_of, observe
from sim.world import platform
from sim.world.rng import key
from sim.world.state import rows

LEARNERS = ("mf", "ncf", "two_tower")
GROWS = {"aten.nonzero.default", "aten.masked_select.default"}  # as long as the numbers say


class Meta(TorchDispatchMode):
    """Notes what lies elsewhere than on the meta device, and every wait for a number. An operation
    whose length hangs on numbers is answered with the longest there may be."""

    def __init__(self):
        super().__init__()
        self.elsewhere, self.waits = [], []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = str(func)
        if name == "aten._local_scalar_dense.default":
            self.waits.append(_place())
            return 1
        if name in GROWS:
            shape = (args[0].numel(), *([args[0].dim()] if "nonzero" in name else []))
            kind = torch.int64 if "nonzero" in name else args[0].dtype
            return torch.empty(shape, dtype=kind, device="meta")
        if name == "aten._unique2.default":  # those there are, where each stands, how often
            some = torch.empty(args[0].numel(), dtype=args[0].dtype, device="meta")
            whole = torch.empty_like(args[0], dtype=torch.int64)
            return some, whole, torch.empty_like(some, dtype=torch.int64)
        if name.startswith(("aten.index.", "aten.index_put")):
            args = (args[0], [one for i in args[1] for one in _unmasked(i)], *args[2:])
        made = func(*args, **(kwargs or {}))
        for one in made if isinstance(made, tuple | list) else (made,):
            if isinstance(one, torch.Tensor) and one.device.type != "meta":
                self.elsewhere.append((name, _place()))
        return made


def _unmasked(index):
    if index is None or index.dtype != torch.bool:
        return [index]
    n = index.numel()
    return [torch.empty(n, dtype=torch.int64, device="meta") for _ in range(index.dim())]


def _place() -> str:
    """The line of the platform's own code."""
    lines = [
        f for f in traceback.extract_stack() if "/sim/" in f.filename or "agents/" in f.filename
    ]
    return f"{lines[-1].filename}:{lines[-1].lineno}" if lines else "the test"


def away(struct):
    return rows(struct, lambda tensor: tensor.to("meta"))


@pytest.fixture(scope="module", params=["off", "on"])
def met(request):
    """A morning, its first page and what came of it, all on the meta device; without money and
    with it."""
    money = f"money={request.param}"
    rules, root = nano_rules(money), key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    request = platform.ask(world, rules)
    slate = random_slate(world, rules, request, root)
    after, events = platform.answer(world, rules, request, slate, root)
    there = platform.rules(nano(money), "meta"), key(0, "meta")
    return *there, *map(away, (world, request, slate, after, events))


def test_page_night_and_genesis_neither_wait_nor_leave_their_device(met):
    rules, root, world, request, slate, *_ = met
    with Meta() as seen:
        platform.answer(world, rules, request, slate, root)
        platform.turn_day(world, rules, root)
        platform.ask(world, rules)
        platform.init(rules, root)
    assert (seen.elsewhere, seen.waits) == ([], [])


@pytest.mark.parametrize("name", LEARNERS)
def test_scoring_and_a_learning_step_neither_wait_nor_leave_their_device(met, name):
    rules, _, world, request, slate, after, events = met
    listing = platform.public(world, rules)
    agent = create(name)
    agent.reset(listing, viewers=len(world.viewers.id), seed=1, device=torch.device("meta"))
    with Meta() as seen:
        observation = observe(world, rules, request, 0, 0, listing)
        agent.prepare(listing)
        agent.score(observation, slate.ids)
        agent.coarse(observation, listing.id)
        log = log_of([events], after, listing)
        agent.catalog = listing
        agent.descend(agent.columns(log))
    assert (seen.elsewhere, seen.waits) == ([], [])


def test_a_number_that_is_waited_for_and_a_tensor_made_elsewhere_are_noticed():
    with Meta() as seen:
        x = torch.zeros(3, device="meta")
        float(x.sum())
        torch.zeros(2)
    assert len(seen.waits) == 1 and [name for name, _ in seen.elsewhere] == ["aten.zeros.default"]
