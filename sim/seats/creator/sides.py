"""Worlds of seated accounts side by side, each in this process or in one of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.seats.creator.action import choice_of
from sim.seats.creator.observation import encode
from sim.seats.creator.studios import Studios
from sim.seats.creator.task import Episode
from sim.world.rules import Params


@dataclass(frozen=True)
class Told:
    """What a world tells after a step; a row a seat."""

    seen: dict[str, Tensor]  # the observation, by its entries
    reward: Float[Tensor, " seats"]
    gone: Bool[Tensor, " seats"]  # gave up, or bankrupt
    over: Bool[Tensor, " seats"]  # its days are over
    day: Int[Tensor, " seats"]
    creator: Int[Tensor, " seats"]
    measures: dict[str, Tensor]  # of the episodes; empty where none ended
    final: dict[str, Tensor]  # what was seen at the end, where others begin in the same step


class Side:
    """One world and its seats."""

    def __init__(self, params: Params, episode: Episode, seats: int, at_once: bool = False):
        """`at_once`: an episode that ends is followed by another in the same step."""
        self.studios, self.kind = Studios(params, episode, seats), episode.actions
        self.at_once = at_once

    def ask(self, verb: str, *given: Any) -> None:
        """What `answer` returns; the two are apart so that several worlds may work at once."""
        with self.studios.quiet():
            self.told = getattr(self, verb)(*given)

    def answer(self) -> Told:
        return self.told

    def start(self, seed: int | None, luck: int, options: Mapping[str, Any] | None) -> Told:
        """A new world; `luck` is the seed of all that this side draws, without `seed` the world's
        too."""
        self.rng = np.random.Generator(np.random.PCG64(luck))
        self.studios.start(seed, self.rng, options)
        none = torch.zeros(self.studios.seats, dtype=torch.bool)
        return self._tell(none.float(), none, none)

    def turn(self, chosen: Tensor, fresh: Bool[Tensor, " seats"]) -> Told:
        """A day. The accounts of `fresh` seats, whose episode ended in the step before, are others
        from its end on; their actions are not looked at."""
        studios, none = self.studios, torch.zeros_like(fresh)
        if studios.over:
            studios.start(None, self.rng)
            return self._tell(none.float(), none, none)
        before = studios.held
        reward = studios.live(choice_of(chosen, self.kind, self.seen))
        gone = before & ~studios.held
        if bool(fresh.any()):  # theirs was lived by habit
            studios.fill(fresh, self.rng)
        told = reward, gone, ~gone & studios.over
        if self.at_once and bool((gone | told[2]).any()):
            return self._anew(*told)
        return self._tell(*told)

    def _anew(self, reward: Tensor, gone: Tensor, over: Tensor) -> Told:
        """The ends are told, and the next episodes have begun."""
        ends = self._tell(reward, gone, over)
        if self.studios.over:
            self.studios.start(None, self.rng)
        else:
            self.studios.fill(gone, self.rng)
        now = self._tell(reward, gone, over)
        return replace(now, measures=ends.measures, final=ends.seen)

    def _tell(self, reward: Tensor, gone: Tensor, over: Tensor) -> Told:
        studios = self.studios
        self.seen = studios.observe()
        ended = bool((gone | over).any())
        return Told(
            encode(self.seen), reward, gone, over,
            torch.full((studios.seats,), studios.clock.day), self.seen.creator,
            studios.tallies.measures() if ended else {}, {},
        )  # fmt: skip


class Apart:
    """The same in a process of its own. Tensors go there and back as arrays."""

    def __init__(self, params: Params, episode: Episode, seats: int, at_once: bool = False):
        context = get_context("spawn")
        self.line, theirs = context.Pipe()
        given = (theirs, params, episode, seats, at_once)
        self.process = context.Process(target=_serve, args=given, daemon=True)
        self.process.start()
        theirs.close()

    def ask(self, verb: str, *given: Any) -> None:
        self.line.send((verb, tuple(_array(x) for x in given)))

    def answer(self) -> Told:
        try:
            told = self.line.recv()
        except EOFError:
            raise RuntimeError("the process of a world ended; was memory short?") from None
        if isinstance(told, BaseException):
            raise told
        return Told(**{name: _tensors(x) for name, x in told.items()})

    def close(self) -> None:
        if self.process.is_alive():
            self.process.terminate()
        self.line.close()


def _serve(line: Any, *given: Any) -> None:
    """A child's life: it answers until nobody asks any more."""
    torch.set_num_threads(1)
    side = Side(*given)
    while True:
        try:
            verb, given = line.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            side.ask(verb, *(_tensors(x) for x in given))
            line.send({name: _array(x) for name, x in vars(side.answer()).items()})
        except Exception as error:  # the parent raises it
            line.send(error)


def _array(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x.numpy(force=True)
    return {name: _array(part) for name, part in x.items()} if isinstance(x, dict) else x


def _tensors(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return torch.from_numpy(x)
    return {name: _tensors(part) for name, part in x.items()} if isinstance(x, dict) else x
