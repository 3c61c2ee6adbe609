"""Shapes are enforced on every call, though what passed once is not looked at again."""

from dataclasses import dataclass, replace

import pytest
import shapes
import torch
from beartype import beartype
from jaxtyping import Float, Int, TypeCheckError
from torch import Tensor

from sim.world.state import base

enforced = shapes.remembering(typechecker=beartype)
X = torch.arange(3.0)


@enforced
def repeated(x: Float[Tensor, "n"], times: int) -> Float[Tensor, "n"]:
    return x.repeat(times)


@enforced
@dataclass(frozen=True)
class Pair:
    left: Float[Tensor, "n"]
    right: Int[Tensor, "n"] | None


@enforced
def total(parts: list[Float[Tensor, "n"]]) -> Float[Tensor, "n"]:
    return sum(parts)


def test_an_answer_is_refused_whose_arguments_passed_before_and_refused_again():
    assert repeated(X, 1).equal(X)
    for _ in range(2):
        with pytest.raises(TypeCheckError):
            repeated(X, 2)
    assert repeated(X, 1).equal(X)


def test_another_shape_or_type_of_numbers_is_looked_at_anew():
    repeated(X, 1)
    repeated(torch.ones(5), 1)
    for other in (X.int(), X[:, None], None):
        for _ in range(2):
            with pytest.raises(TypeCheckError):
                repeated(other, 1)


def test_fields_are_held_to_each_other_whenever_a_thing_is_made():
    pair = Pair(X, torch.arange(3))
    assert replace(pair, right=None).right is None
    for _ in range(2):
        with pytest.raises(TypeCheckError):
            replace(pair, right=torch.arange(4))


def test_what_is_too_long_to_remember_is_checked_each_time():
    assert total([X] * 2).equal(2 * X)
    for count in (2, shapes.FEW + 1):
        with pytest.raises(TypeCheckError):
            total([X[:, None]] * count)


def test_a_function_is_called_once_for_a_call():
    calls = []

    @enforced
    def first(x: Float[Tensor, "n"], count: int) -> Float[Tensor, "m"]:
        calls.append(count)
        return x[:count]

    for count in (1, 2, 2, 1):
        assert len(first(X, count)) == count
    assert calls == [1, 2, 2, 1]


def test_functions_of_the_world_are_enforced_and_those_that_name_no_shape_left_as_they_are():
    assert shapes.names_a_shape(base.nobody.__wrapped__)
    assert not hasattr(base.rows_at, "__wrapped__")
