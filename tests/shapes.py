"""Every annotated shape of the world and of the measures is checked on every call, and what a call
has shown is not looked at again.

A check reads the classes of what it is handed, of tensors the type of their numbers and the shape,
of text the text: the form. Two calls with one form have one answer, so each function keeps the
forms that have passed. Functions that name no shape are left to mypy. Looking all calls up in full
made a tiny world's days three times as dear.
"""

import inspect
from collections.abc import Callable
from contextlib import suppress
from dataclasses import is_dataclass
from functools import update_wrapper
from types import FunctionType
from typing import Any, get_args

import jaxtyping
import numpy as np
import torch
from jaxtyping import AbstractArray, config, install_import_hook

FEW = 16  # longer collections are checked whenever they are handed in
PLAIN = {int, float, bool, type(None)}
in_full = jaxtyping.jaxtyped


class Unread(Exception):
    """Of something no form is told: it is checked anew each time."""


def enforce(modules: list[str]) -> None:
    """To be called before anything imports them. What is compiled runs in a process of its own,
    without this."""
    jaxtyping.jaxtyped = remembering  # what the hook decorates all functions and classes with
    install_import_hook(modules, "beartype.beartype")


def remembering(*, typechecker: Any) -> Callable:
    def decorate(thing: Any) -> Any:
        if not inspect.isclass(thing):
            return _function(thing, typechecker) if names_a_shape(thing) else thing
        if is_dataclass(thing) and names_a_shape(thing.__init__):  # it takes the fields
            thing.__init__ = _function(thing.__init__, typechecker)
        return thing

    return decorate


def names_a_shape(function: Any) -> bool:
    return any(_is_shaped(_read(hint, function)) for hint in function.__annotations__.values())


def _read(hint: Any, function: Any) -> Any:
    """What a hint in quotes stands for; nothing where it is not known yet, as in the full check."""
    with suppress(NameError):
        return eval(hint, function.__globals__) if isinstance(hint, str) else hint


def _is_shaped(hint: Any) -> bool:
    if inspect.isclass(hint) and issubclass(hint, AbstractArray):
        return True
    return any(_is_shaped(part) for part in get_args(hint))


def _function(function: Any, typechecker: Any) -> Any:
    checked = in_full(function, typechecker=typechecker)
    known: dict[Any, set] = {}  # forms of arguments that passed, with those of their answers
    verify = None

    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal verify
        if config.jaxtyping_disable:
            return function(*args, **kwargs)
        try:
            asked = form(args), form(kwargs)
        except Unread:
            return checked(*args, **kwargs)
        if asked not in known:
            answer = checked(*args, **kwargs)
            _keep(known.setdefault(asked, set()), answer)
            return answer
        answer = function(*args, **kwargs)
        if not _is_in(known[asked], answer):
            verify = verify or _handing_back(function, typechecker)
            verify(answer, args, kwargs)
            _keep(known[asked], answer)
        return answer

    return update_wrapper(call, function)


def _handing_back(function: Any, typechecker: Any) -> Callable[..., None]:
    """A check of an answer that `function` gave, without asking it again."""
    held: list = []

    def hand(*args: Any, **kwargs: Any) -> Any:
        return held.pop()

    same = FunctionType(hand.__code__, function.__globals__, function.__name__, None,
                        hand.__closure__)  # fmt: skip  # annotations may name what is global there
    checked = in_full(update_wrapper(same, function), typechecker=typechecker)

    def verify(answer: Any, args: tuple, kwargs: dict) -> None:
        held[:] = [answer]
        checked(*args, **kwargs)

    return verify


def _keep(forms: set, answer: Any) -> None:
    with suppress(Unread):
        forms.add(form(answer))


def _is_in(forms: set, answer: Any) -> bool:
    try:
        return form(answer) in forms
    except Unread:
        return False


def form(thing: Any) -> Any:
    """All that a check of `thing` reads; a dataclass was checked when it was made."""
    kind = type(thing)
    if kind is torch.Tensor or issubclass(kind, torch.Tensor | np.ndarray):
        return kind, thing.dtype, thing.shape
    if kind in PLAIN:
        return kind
    if issubclass(kind, str | type):
        return kind, thing
    if issubclass(kind, dict):
        _short(thing)
        return kind, tuple(map(form, thing)), tuple(map(form, thing.values()))
    if issubclass(kind, tuple | list | set | frozenset):
        _short(thing)
        return kind, tuple(map(form, thing))
    return kind


def _short(thing: Any) -> None:
    if len(thing) > FEW:
        raise Unread
