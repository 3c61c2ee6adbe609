"""Keys: the tree of randomness."""

from dataclasses import dataclass

import torch
from torch import Tensor

from sim.world.rng.dice import Dice
from sim.world.rng.mixing import (
    box_muller_,
    child,
    few,
    mix64,
    near,
    opaque_fold,
    opaque_words,
    pair_near,
    salts_below,
    signed,
    unit_,
    words_of,
)
from sim.world.rng.streams import streams

RADIUS, ANGLE = streams("normal", "radius", "angle")
(LUCK,) = streams("root", "luck")


@dataclass(frozen=True)
class Key:
    """One node of the tree of randomness."""

    bits: Tensor  # () int64

    def fold(self, data: int | Tensor) -> "Key":
        """The child key for `data` (a stream, a step counter, ...)."""
        if torch.compiler.is_compiling():
            return Key(opaque_fold(self.bits + data))
        return Key(child(self.bits, data))

    def _words(self, name: Tensor, *columns: int) -> Tensor:
        """Random int32 words, shape (*name.shape, *columns).

        Two keyed rounds, one over the name and one over the column, so that a draw depends on
        the entity's permanent name and on its column alone: neither on the entity's place in
        the batch nor on how many columns were asked for.
        """
        draw = opaque_words if torch.compiler.is_compiling() else words_of
        return draw(self.bits, name, columns)

    def dice(self, streams: tuple[int, ...], slots: int) -> Dice:
        """Draws for each viewer and slot in a few streams, mixed together: see Dice."""
        salt = salts_below(self.bits, streams, slots)
        return Dice(streams, self.bits.to(torch.int32), salt[..., None])

    def uniform(self, name: Tensor, *columns: int) -> Tensor:
        """Draws in the open interval (0, 1), float32, shape (*name.shape, *columns)."""
        return unit_(self._words(name, *columns))

    def normal(self, name: Tensor, *columns: int) -> Tensor:
        """Standard normal draws by Box and Muller (1958); at most 5.6 in size."""
        radius, angle = self.fold(RADIUS), self.fold(ANGLE)
        if type(radius) is Key and few(name, columns):  # both at once, in half of the calls
            bits = int(radius.bits), int(angle.bits)
            return box_muller_(*unit_(pair_near(bits, name, columns)).unbind())
        return box_muller_(radius.uniform(name, *columns), angle.uniform(name, *columns))

    def gumbel(self, name: Tensor, *columns: int) -> Tensor:
        """Standard Gumbel draws: mean 0.5772, standard deviation 1.2825."""
        return self.uniform(name, *columns).log_().neg_().log_().neg_()

    def integer(self, name: Tensor, below: int | Tensor, *columns: int) -> Tensor:
        """Whole numbers in [0, below), int64; even to within below / 2^31."""
        return ((self._words(name, *columns).long() & 0x7FFFFFFF) * below) >> 31

    def poisson(self, name: Tensor, rate: Tensor, most: int) -> Tensor:
        """Poisson counts with means `rate`, by inversion, cut off at `most`; int64."""
        left = self.uniform(name).double()
        term = torch.exp(-rate.double())
        count = torch.zeros_like(name)
        for k in range(1, most + 1):
            left = left - term
            more = (left > 0).long()
            if near(name) and not bool(more.sum()):  # nor will there be any further on
                break
            count += more
            term = term * rate / k
        return count


@dataclass(frozen=True)
class Root(Key):
    """The root of a world's draws. Under the root itself lies who exists, and what they are made
    of; under `luck` lies what happens to them, which another future deals anew.

    Who exists: the traits of viewers and creators, by name, whenever they arrive; whom residents
    know and follow on day 0; a creator's n-th video, by creator and number, whenever it is posted;
    and all that happened before day 0, the stock of videos with it. What happens: who comes, when
    and for how long, who leaves for good; how tastes drift and what is in fashion; how many videos
    are posted a day; all that is drawn in a page.
    """

    luck: Key

    @property
    def past(self) -> "Root":
        """The same root for the time before day 0: what happened then is one in all futures."""
        return Root(self.bits, Key(self.bits))


def key(seed: int, device: torch.device | str = "cpu", future: int = 0) -> Root:
    """The root key of a world or an agent. `future` is a second seed: same world, other luck.

    Both count modulo 2^64.
    """
    root = Key(mix64(torch.tensor(signed(seed), device=device)))
    return Root(root.bits, root.fold(LUCK).fold(signed(future)))
