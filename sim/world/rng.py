"""Counter-based randomness: every draw is a pure function of (seed, stream, step, name, column)."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

_GOLDEN = -7046029254386353131  # 0x9E3779B97F4A7C15 as a signed 64-bit integer
_MIX_1 = -4658895280553007687  # 0xBF58476D1CE4E5B9
_MIX_2 = -7723592293110705685  # 0x94D049BB133111EB
_LOW_1 = 0x7FEB352D  # lowbias32 (Wellons, 2018): the least biased two-round 32-bit mixer known
_LOW_2 = 0x846CA68B - (1 << 32)
_WEYL = -1640531527  # 0x9E3779B9 as a signed 32-bit integer
_TINY = 2.0**-23
_FEW = 1 << 16  # draws of a stream
_WORD = (1 << 64) - 1


def _shift_right(x: Tensor, bits: int) -> Tensor:
    """Logical right shift; torch's own >> on int64 keeps the sign."""
    return (x >> bits) & ((1 << (64 - bits)) - 1)


def _mix64(x: Tensor) -> Tensor:
    """splitmix64's finaliser (Steele et al., 2014): a bijection that scrambles all 64 bits."""
    x = (x ^ _shift_right(x, 30)) * _MIX_1
    x = (x ^ _shift_right(x, 27)) * _MIX_2
    return x ^ _shift_right(x, 31)


def mix32_(x: Tensor) -> Tensor:
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


def _first(name: Tensor, word: Tensor) -> Tensor:
    """The first round: a word of each name."""
    return mix32_(_narrow(name) ^ word)


def _salt(bits: Tensor, columns: int) -> Tensor:
    """What the second round is keyed with: a word of each column, however many there are."""
    place = torch.arange(1, columns + 1, device=bits.device)
    return _shift_right(_mix64(bits + place * _GOLDEN), 32).to(torch.int32)


def _words(bits: Tensor, name: Tensor, columns: int) -> Tensor:
    return mix32_(_first(name, bits.to(torch.int32))[..., None] ^ _salt(bits, columns))


def _folded(data: Tensor) -> Tensor:
    if _at_hand(data):  # plain numbers: a tenth of the time of twenty tensor operations
        word = _mixed(_mixed(int(data)) + _GOLDEN)
        return torch.tensor(word - (1 << 64) * (word >> 63))
    return _mix64(_mix64(data) + _GOLDEN)


def _at_hand(x: Tensor) -> bool:
    """Whether reading a number waits for no device."""
    return x.device.type == "cpu"


def _mixed(word: int) -> int:
    """_mix64 of a plain number; an unsigned one."""
    word &= _WORD
    word = ((word ^ (word >> 30)) * _MIX_1) & _WORD
    word = ((word ^ (word >> 27)) * _MIX_2) & _WORD
    return word ^ (word >> 31)


# A graph calls these two as they are: written out, a night's draws are most of some 6,000 nodes,
# which take the compiler many minutes and gain nothing.
_opaque_words = torch.library.custom_op("shortvideo::words", _words, mutates_args=())
_opaque_fold = torch.library.custom_op("shortvideo::fold", _folded, mutates_args=())


@_opaque_words.register_fake
def _(bits: Tensor, name: Tensor, columns: int) -> Tensor:
    return name.new_empty((*name.shape, columns), dtype=torch.int32)


@_opaque_fold.register_fake
def _(data: Tensor) -> Tensor:
    return torch.empty_like(data)


def _unit_(words: Tensor) -> Tensor:
    """Random words as float32 in the open interval (0, 1)."""
    words >>= 9
    words &= 0x7FFFFF
    # 23 bits: with 24 the largest draw rounds to 1.0 in float32, and its Gumbel to infinity
    return words.to(torch.float32).add_(0.5).mul_(_TINY)


def _box_muller_(one: Tensor, two: Tensor) -> Tensor:
    return two.mul_(2 * math.pi).cos_().mul_(one.log_().mul_(-2).sqrt_())


@dataclass(frozen=True)
class Dice:
    """The draws of a page, (slots, awake) each.

    A tree of keys would mix every viewer's name anew for each stream; here it is mixed once, and
    the streams differ in the salt of the second round alone, as columns do.
    """

    word: Tensor  # int32: (), a page's own, and once they are cast for viewers, (awake,)
    salt: Tensor  # (streams, slots) int32
    thrown: Tensor | None = None  # all draws, where they are so few that a call costs more

    def cast(self, name: Int[Tensor, " awake"]) -> "Dice":
        """The dice of these viewers."""
        word = _first(name, self.word)
        if len(name) * self.salt.shape[1] > _FEW or torch.compiler.is_compiling():
            return Dice(word, self.salt)
        return Dice(word, self.salt, _unit_(mix32_(word ^ self.salt[..., None])))

    def of(self, first: int) -> "Dice":
        """The dice whose streams begin at `first` of these."""
        thrown = None if self.thrown is None else self.thrown[first:]
        return Dice(self.word, self.salt[first:], thrown)

    def uniform(self, stream: int) -> Tensor:
        """Draws in the open interval (0, 1), float32."""
        if self.thrown is not None:
            return self.thrown[stream].clone()
        return _unit_(mix32_(self.word ^ self.salt[stream][:, None]))

    def normal(self, stream: int) -> Tensor:
        """Standard normal draws; they use up `stream` and the next."""
        return _box_muller_(self.uniform(stream), self.uniform(stream + 1))


@dataclass(frozen=True)
class Key:
    """One node of the tree of randomness."""

    bits: Tensor  # () int64

    def fold(self, data: int | Tensor) -> "Key":
        """The child key for `data` (a stream, a step counter, ...)."""
        data = self.bits + data
        return Key(_opaque_fold(data) if torch.compiler.is_compiling() else _folded(data))

    def _words(self, name: Tensor, *columns: int) -> Tensor:
        """Random int32 words, shape (*name.shape, *columns).

        Two keyed rounds, one over the name and one over the column, so that a draw depends on
        the entity's permanent name and on its column alone: neither on the entity's place in
        the batch nor on how many columns were asked for.
        """
        draw = _opaque_words if torch.compiler.is_compiling() else _words
        return draw(self.bits, name, math.prod(columns)).view(*name.shape, *columns)

    def dice(self, streams: int, slots: int) -> "Dice":
        """Draws for each viewer and slot in a few streams, mixed together: see Dice."""
        return Dice(
            self.bits.to(torch.int32), _salt(self.bits, streams * slots).view(slots, streams).T
        )

    def uniform(self, name: Tensor, *columns: int) -> Tensor:
        """Draws in the open interval (0, 1), float32, shape (*name.shape, *columns)."""
        return _unit_(self._words(name, *columns))

    def normal(self, name: Tensor, *columns: int) -> Tensor:
        """Standard normal draws by Box and Muller (1958); at most 5.6 in size."""
        return _box_muller_(
            self.fold(1).uniform(name, *columns), self.fold(2).uniform(name, *columns)
        )

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
