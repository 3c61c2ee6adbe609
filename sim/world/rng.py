"""Counter-based randomness: every draw is a pure function of (seed, stream, step, name, column)."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

_GOLDEN = -7046029254386353131  # 0x9E3779B97F4A7C15 as a signed 64-bit integer
_GOLDEN_LOW, _GOLDEN_HIGH = _GOLDEN & 0xFFFFFFFF, (_GOLDEN >> 32) & 0xFFFFFFFF
_MIX_1 = -4658895280553007687  # 0xBF58476D1CE4E5B9
_MIX_2 = -7723592293110705685  # 0x94D049BB133111EB
_LOW_1 = 0x7FEB352D  # lowbias32 (Wellons, 2018): the least biased two-round 32-bit mixer known
_LOW_2 = 0x846CA68B - (1 << 32)
_WEYL = -1640531527  # 0x9E3779B9 as a signed 32-bit integer
_TINY = 2.0**-23


def _shift_right(x: Tensor, bits: int) -> Tensor:
    """Logical right shift; torch's own >> on int64 keeps the sign."""
    return (x >> bits) & ((1 << (64 - bits)) - 1)


def _mix64(x: Tensor) -> Tensor:
    """splitmix64's finaliser (Steele et al., 2014): a bijection that scrambles all 64 bits."""
    x = (x ^ _shift_right(x, 30)) * _MIX_1
    x = (x ^ _shift_right(x, 27)) * _MIX_2
    return x ^ _shift_right(x, 31)


def _mix32_(x: Tensor) -> Tensor:
    """lowbias32 on int32, in place: 1.1 ms for 800,000 draws where the 64-bit mixer takes 64."""
    for bits, factor in ((16, _LOW_1), (15, _LOW_2), (16, 1)):
        high = x >> bits
        high &= (1 << (32 - bits)) - 1
        x ^= high
        if factor != 1:
            x *= factor
    return x


def _narrow(name: Tensor) -> Tensor:
    """int64 names as int32 words; names below 2^32 stay distinct."""
    return ((name >> 32) * _WEYL ^ name).to(torch.int32)


@dataclass(frozen=True)
class Key:
    """One node of the tree of randomness."""

    bits: Tensor  # () int64

    def fold(self, data: int | Tensor) -> "Key":
        """The child key for `data` (a stream, a step counter, ...)."""
        return Key(_mix64(_mix64(self.bits + data) + _GOLDEN))

    def _words(self, name: Tensor, *columns: int) -> Tensor:
        """Random int32 words, shape (*name.shape, *columns).

        Two keyed rounds, one over the name and one over the column, so that a draw depends on
        the entity's permanent name and on its column alone: neither on the entity's place in
        the batch nor on how many columns were asked for.
        """
        place = torch.arange(1, math.prod(columns) + 1, device=self.bits.device)
        # times _GOLDEN, by halves that do not overflow: in a graph the product would be a C++
        # index, whose overflow lets the compiler drop rounds of the loop or write past the end
        apart = place * _GOLDEN_LOW + ((place * _GOLDEN_HIGH) << 32)
        salt = _shift_right(_mix64(self.bits + apart), 32).to(torch.int32)
        rounds = _mix32_(_narrow(name) ^ self.bits.to(torch.int32))
        words = _mix32_(rounds[..., None] ^ salt)
        return words.view(*name.shape, *columns)

    def uniform(self, name: Tensor, *columns: int) -> Tensor:
        """Draws in the open interval (0, 1), float32, shape (*name.shape, *columns)."""
        words = self._words(name, *columns)
        words >>= 9
        words &= 0x7FFFFF
        # 23 bits: with 24 the largest draw rounds to 1.0 in float32, and its Gumbel to infinity
        return words.to(torch.float32).add_(0.5).mul_(_TINY)

    def normal(self, name: Tensor, *columns: int) -> Tensor:
        """Standard normal draws by Box and Muller (1958); at most 5.6 in size."""
        radius = self.fold(1).uniform(name, *columns).log_().mul_(-2).sqrt_()
        return self.fold(2).uniform(name, *columns).mul_(2 * math.pi).cos_().mul_(radius)

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
            count += (left > 0).long()
            term = term * rate / k
        return count


def key(seed: int, device: torch.device | str = "cpu") -> Key:
    """The root key of a world or an agent."""
    return Key(_mix64(torch.tensor(seed, dtype=torch.int64, device=device)))
