"""What the grader asks of a student's file, as the student's process hears it."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from sim.lab.assignments import logs, nouns
from sim.lab.assignments.wire import Message


class Missing(Exception):
    """A file lacks what is wanted: the kind of fault, and what is told of it."""


def answer(agent: Any, verb: str, message: Message) -> Message:
    """What an agent answers to a verb; raises whatever its own code raises."""
    return VERBS[verb](agent, message)


def _reset(agent: Any, message: Message) -> Message:
    told = {name: int(message.words[name]) for name in ("viewers", "seed")}
    agent.reset(nouns.catalog_from(message.arrays), **told, device=torch.device("cpu"))
    return Message()


def _act(agent: Any, message: Message) -> Message:
    seen, slots = nouns.observation_from(message), int(message.words["slots"])
    slate = agent.act(seen, slots, explore=bool(message.words["explore"]))
    return Message(*nouns.of_slate(slate))


def _learn(agent: Any, message: Message) -> Message:
    report = agent.learn(nouns.log_from(message))
    if not isinstance(report, Mapping):
        return Message({"report": type(report).__name__})
    return Message({"report": {str(name): _figure(value) for name, value in report.items()}})


def _figure(value: Any) -> Any:
    """A number as it is, anything else by its type's name."""
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return type(value).__name__


def _on_catalog(agent: Any, message: Message) -> Message:
    if hasattr(agent, "on_catalog"):
        reborn = torch.from_numpy(message.arrays["reborn"])
        agent.on_catalog(nouns.catalog_from(message.arrays), reborn)
    return Message()


def _on_viewers(agent: Any, message: Message) -> Message:
    if hasattr(agent, "on_viewers"):
        agent.on_viewers(torch.from_numpy(message.arrays["reborn"]))
    return Message()


def _state_dict(agent: Any, message: Message) -> Message:
    file = io.BytesIO()
    torch.save(agent.state_dict(), file)
    return Message({}, {"state": np.frombuffer(file.getvalue(), "uint8")})


def _load_state_dict(agent: Any, message: Message) -> Message:
    file = io.BytesIO(message.arrays["state"].tobytes())
    agent.load_state_dict(torch.load(file, weights_only=True))
    return Message()


def _has(agent: Any, message: Message) -> Message:
    return Message({"has": hasattr(agent, str(message.words["name"]))})


def _set(agent: Any, message: Message) -> Message:
    setattr(agent, str(message.words["name"]), message.words["value"])
    return Message()


def _call(module: Any, message: Message) -> Message:
    """A function of a module, by name; its arguments are arrays, logs, or lists of logs."""
    name = str(message.words["name"])
    work = getattr(module, name, None)
    if not callable(work):
        raise Missing("function", name)
    value = work(*logs.arguments(message))
    if isinstance(value, torch.Tensor):
        value = value.detach().numpy()
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or array.ndim > 1:
        return Message({"type": type(value).__name__})
    return Message({}, {"value": array.astype("float64")})


VERBS: Mapping[str, Callable[[Any, Message], Message]] = {
    "reset": _reset, "act": _act, "learn": _learn, "on_catalog": _on_catalog,
    "on_viewers": _on_viewers, "state_dict": _state_dict, "load_state_dict": _load_state_dict,
    "has": _has, "set": _set, "call": _call,
}  # fmt: skip
