"""What an agent's code raises, sets or leaves behind is told with its name, or stays with it."""

import numpy as np
import pytest
import torch
from vandals import Steady, at_work

from agents import process
from sim.lab.run.arm import AgentFailed


def raises(kind, words):
    with pytest.raises(AgentFailed, match=words):
        at_work(kind).step()


ERRORS = [SystemExit(0), KeyError("x"), AssertionError(), StopIteration(), GeneratorExit()]


@pytest.mark.parametrize("error", [*ERRORS, BaseException("x")], ids=repr)
@pytest.mark.parametrize(
    "verb", ["reset", "act", "learn", "on_catalog", "on_viewers", "state_dict"]
)
def test_whatever_an_agents_code_raises_is_told_with_its_name(verb, error):
    def fails(self, *a, **k):
        raise error

    kind = type("Fails", (Steady,), {verb: fails})
    with pytest.raises(
        AgentFailed, match=rf"'Fails', day 0: {verb} raised {type(error).__name__}"
    ) as e:
        some = at_work(kind)
        some.step()
        some.day  # noqa: B018
        some.resident.guard.state_dict(0)
    assert e.value.__cause__ is error


def test_ctrl_c_is_nobodys_failure():
    class Stop(Steady):
        def learn(self, log):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        at_work(Stop).step()


class Unspeakable(Exception):
    def __str__(self):
        raise ValueError("no words")


def test_an_error_without_words_is_told_by_its_kind():
    class Fails(Steady):
        def learn(self, log):
            raise Unspeakable

    raises(Fails, "'Fails', day 0: learn raised Unspeakable")


def test_an_agents_settings_hold_for_its_own_code_alone(tmp_path, monkeypatch):
    found = []

    class Sets(Steady):
        def reset(self, catalog, **how):
            super().reset(catalog, **how)
            process.settle(
                {
                    "torch's default dtype": torch.float64,
                    "torch's default device": torch.device("meta"),
                    "torch's number of threads": 3,
                    "torch's gradients": False,
                    "torch's deterministic algorithms": (True, True),
                    "torch's precision of products": "medium",
                    "torch's flushing of denormals": True,
                    "torch's autocast": (True, torch.float16),
                    "torch's search for anomalies": True,
                    "what is done about warnings": [],
                    "Python's limit of recursion": 2345,
                    "numpy's handling of errors": dict.fromkeys(np.geterr(), "raise"),
                    "the working folder": str(tmp_path),
                }
            )

        def act(self, observation, slots, **how):
            found.append(process.found())
            with torch.device("cpu"):
                return super().act(observation, slots, **how)

    before = process.found()
    some = at_work(Sets)
    assert process.found() == before
    some.step()
    assert process.found() == before
    assert all(found[0][name] != before[name] for name in before)
    assert all(now == found[0] for now in found)


def test_inference_mode_that_is_left_on_is_named():
    class Leaves(Steady):
        def act(self, observation, slots, **how):
            self.mode = torch.inference_mode()
            self.mode.__enter__()
            return super().act(observation, slots, **how)

    some = at_work(Leaves)
    try:
        with pytest.raises(AgentFailed, match="'Leaves', day 0: act left torch's inference mode"):
            some.step()
    finally:
        some.agent.mode.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (None, "returned NoneType"),
        ([1], "returned list"),
        ({"f": lambda: 1}, "holds what cannot be saved and loaded: "),
        ({"o": Unspeakable()}, "holds what cannot be saved and loaded: "),
        ({"a": np.zeros(3)}, "holds what cannot be saved and loaded: "),
    ],
    ids=["nothing", "a list", "a function", "an object", "an array"],
)
def test_a_state_that_no_run_could_go_on_from_is_refused_when_it_is_to_be_saved(state, words):
    kind = type("Keeps", (Steady,), {"state_dict": lambda self: state})
    with pytest.raises(AgentFailed, match=f"'Keeps', day 1: state_dict {words}"):
        some = at_work(kind)
        some.step()
        some.state_dict()


def test_settings_are_put_back_after_an_error_too():
    class Fails(Steady):
        def learn(self, log):
            torch.set_default_dtype(torch.float64)
            raise KeyError

    with pytest.raises(AgentFailed):
        at_work(Fails).step()
    assert torch.get_default_dtype() == torch.float32


@pytest.mark.parametrize("name", ["objective", "on_catalog", "on_viewers", "repeats"])
def test_a_property_that_raises_is_told_with_its_name_too(name):
    @property
    def fails(self):
        raise ValueError("not yet")

    kind = type("Fails", (Steady,), {name: fails})
    with pytest.raises(AgentFailed, match=r"'Fails', day 0: \w+ raised ValueError: not yet"):
        at_work(kind).step()
