"""What all tests share: shapes are enforced, one thread, and marks that skip with a reason."""

import os

import pytest
import shapes
import torch
from hypothesis import settings
from jaxtyping import config

shapes.enforce(["sim.world", "sim.measure"])

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

# Unchecked: two hand in ill-formed slates on purpose, one watches Python's `random`, from
# which beartype draws.
_UNCHECKED = {"test_slate_check.py", "test_one_rule.py", "test_any_answer.py", "test_experiment.py"}
_NEEDS = {
    "gpu": (torch.cuda.is_available, "needs a CUDA device"),
    "logs": (lambda: "KUAIRAND_DIR" in os.environ, "needs KUAIRAND_DIR, the folder of the logs"),
}


def pytest_collection_modifyitems(items):
    for mark, (there, why) in _NEEDS.items():
        if not there():
            for item in items:
                if mark in item.keywords:
                    item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(autouse=True)
def quiet_machine():
    """One thread: worlds here are tiny and cores are shared. A known state of torch's own draws,
    which nothing should read."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def shapes_enforced(request):
    config.update("jaxtyping_disable", request.path.name in _UNCHECKED)
    yield
    config.update("jaxtyping_disable", False)
