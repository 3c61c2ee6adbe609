"""Dice: all that is drawn in a page."""

from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from sim.world.rng.mixing import box_muller_, first_round, mix32_, unit_
from sim.world.rng.streams import NAMES

_FEW = 1 << 16  # draws of a stream


@dataclass(frozen=True)
class Dice:
    """The draws of a page, (slots, awake) each.

    A tree of keys would mix every viewer's name anew for each stream; here it is mixed once, and
    the streams differ in the salt of the second round alone, as columns do. A salt belongs to its
    stream and slot, whatever other streams and slots the page has.
    """

    streams: tuple[int, ...]
    word: Tensor  # int32: (), a page's own, and once they are cast for viewers, (awake,)
    salt: Tensor  # (streams, slots, 1) int32; last (awake,) where each has a key of its own
    thrown: Tensor | None = None  # all draws, where they are so few that a call costs more

    def cast(self, name: Int[Tensor, " awake"]) -> "Dice":
        """The dice of these viewers."""
        word = first_round(name, self.word)
        if len(name) * self.salt.shape[1] > _FEW or torch.compiler.is_compiling():
            return Dice(self.streams, word, self.salt)
        return Dice(self.streams, word, self.salt, unit_(mix32_(word ^ self.salt)))

    def uniform(self, stream: int) -> Tensor:
        """Draws in the open interval (0, 1), float32."""
        at = self._place(stream)
        if self.thrown is not None:
            return self.thrown[at].clone()
        return unit_(mix32_(self.word ^ self.salt[at]))

    def several(self, streams: tuple[int, ...]) -> Tensor:
        """The draws of some streams, (streams, slots, awake), all at once."""
        at = [self._place(stream) for stream in streams]
        some = slice(at[0], at[0] + len(at))
        if self.thrown is not None and at == list(range(some.start, some.stop)):
            return self.thrown[some]  # lent, to read in
        if self.thrown is not None:
            return self.thrown[at]
        return unit_(mix32_(self.word ^ self.salt[at]))

    def normal(self, radius: int, angle: int) -> Tensor:
        """Standard normal draws, of two streams."""
        return box_muller_(self.uniform(radius), self.uniform(angle))

    def _place(self, stream: int) -> int:
        if stream not in self.streams:
            known = [NAMES.get(number, str(number)) for number in self.streams]
            got, cure = NAMES.get(stream, str(stream)), "Name it among the page's STREAMS."
            raise ValueError(f"dice have the streams {known}; got {got!r}. {cure}")
        return self.streams.index(stream)
