"""Mixers: how a number becomes another that tells nothing of it, 64 bits and 32 at a time."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

GOLDEN = -7046029254386353131  # 0x9E3779B97F4A7C15 as a signed 64-bit integer
_MIX_1 = -4658895280553007687  # 0xBF58476D1CE4E5B9
_MIX_2 = -7723592293110705685  # 0x94D049BB133111EB
_LOW_1 = 0x7FEB352D  # lowbias32 (Wellons, 2018): the least biased two-round 32-bit mixer known
_LOW_2 = 0x846CA68B - (1 << 32)
_WEYL = -1640531527  # 0x9E3779B9 as a signed 32-bit integer
_TINY = 2.0**-23
_WORD, _HALF = (1 << 64) - 1, (1 << 32) - 1
# as numpy reads them fastest
_15, _16, _FACTOR_1, _FACTOR_2 = (
    np.array(word & _HALF, dtype=np.uint32) for word in (15, 16, _LOW_1, _LOW_2)
)
_FEW = 24  # columns that are mixed as plain numbers


def shift_right(x: Tensor, bits: int) -> Tensor:
    """Logical right shift; torch's own >> on int64 keeps the sign."""
    return (x >> bits) & ((1 << (64 - bits)) - 1)


def mix64(x: Tensor) -> Tensor:
    """splitmix64's finaliser (Steele et al., 2014): a bijection that scrambles all 64 bits."""
    x = (x ^ shift_right(x, 30)) * _MIX_1
    x = (x ^ shift_right(x, 27)) * _MIX_2
    return x ^ shift_right(x, 31)


def mix32_(x: Tensor) -> Tensor:
    """lowbias32 on int32, in place: 1.1 ms for 800,000 draws where the 64-bit mixer takes 64."""
    if near(x):
        _mix_words(_lent(x).view(np.uint32))
        return x
    for bits, factor in ((16, _LOW_1), (15, _LOW_2), (16, 1)):
        high = x >> bits
        high &= (1 << (32 - bits)) - 1
        x ^= high
        if factor != 1:
            x *= factor
    return x


def _mix_words(x: np.ndarray) -> None:
    """The same in numpy, which shifts without the sign, and whose calls cost a quarter."""
    high = np.empty_like(x)
    np.bitwise_xor(x, np.right_shift(x, _16, high), x)
    np.multiply(x, _FACTOR_1, x)
    np.bitwise_xor(x, np.right_shift(x, _15, high), x)
    np.multiply(x, _FACTOR_2, x)
    np.bitwise_xor(x, np.right_shift(x, _16, high), x)


def _narrow(name: Tensor) -> Tensor:
    """int64 names as int32 words; names below 2^32 stay distinct."""
    if near(name):
        return torch.from_numpy(_narrowed(_lent(name)).view(np.int32))
    return ((name >> 32) * _WEYL ^ name).to(torch.int32)


def _narrowed(name: np.ndarray) -> np.ndarray:
    return np.asarray((name >> 32) * _WEYL ^ name).astype(np.uint32)


def first_round(name: Tensor, word: Tensor) -> Tensor:
    """The first round: a word of each name."""
    return mix32_(_narrow(name) ^ word)


def salts(bits: Tensor, columns: Sequence[int]) -> Tensor:
    """What the second round is keyed with: a word of each column, however many there are."""
    if bits.dim() == 0 and at_hand(bits) and math.prod(columns) <= _FEW:
        words = [signed32(word) for word in _salts(int(bits), columns)]
        return torch.tensor(words, dtype=torch.int32).view(*(columns or (1,)))
    for count in columns or (1,):
        place = torch.arange(1, count + 1, device=bits.device)
        bits = mix64(bits[..., None] + place * GOLDEN)
    return shift_right(bits, 32).to(torch.int32)


def salts_named(bits: Tensor, name: Tensor) -> Tensor:
    """The same word for a column by its name, 1 for the first; shapes broadcast."""
    return shift_right(mix64(bits + name * GOLDEN), 32).to(torch.int32)


def _salts(bits: int, columns: Sequence[int]) -> list[int]:
    """The same as plain numbers: for a few columns faster than ten tensor operations."""
    words = [bits]
    for count in columns or (1,):
        words = [_mixed(w + place * GOLDEN) for w in words for place in range(1, count + 1)]
    return [word >> 32 for word in words]


def words_of(bits: Tensor, name: Tensor, columns: Sequence[int]) -> Tensor:
    if near(name):
        return _words_near(int(bits), name, columns)
    first = first_round(name, bits.to(torch.int32)).view(*name.shape, *(1 for _ in columns))
    return mix32_(first ^ salts(bits, columns).view(tuple(columns)))


def _words_near(bits: int, name: Tensor, columns: Sequence[int]) -> Tensor:
    """The same in numpy: most draws are of a few names, and cost what their calls cost."""
    if name.numel() == 1 and not columns:
        return torch.tensor(_word(bits, int(name)), dtype=torch.int32).view(name.shape)
    word = _narrowed(_lent(name).reshape(-1)) ^ np.uint32(bits & _HALF)
    _mix_words(word)
    if math.prod(columns) <= _FEW:
        salt = np.array(_salts(bits, columns), dtype=np.uint32)
    else:
        salt = _lent(salts(torch.tensor(bits), columns)).view(np.uint32).reshape(-1)
    word = word[:, None] ^ salt
    _mix_words(word)
    return torch.from_numpy(word.view(np.int32)).view(*name.shape, *columns)


def _word(bits: int, name: int) -> int:
    """The draw of a single name as a plain number."""
    narrow = ((name >> 32) * _WEYL ^ name) & _HALF
    first = _mixed32(narrow ^ bits & _HALF)
    return signed32(_mixed32(first ^ _mixed(bits + GOLDEN) >> 32))


def pair_near(bits: Sequence[int], name: Tensor, columns: Sequence[int]) -> Tensor:
    """The words of several keys for the same names at once, (keys, *name, *columns)."""
    keys = np.array([[b & _HALF] for b in bits], dtype=np.uint32)
    word = _narrowed(_lent(name).reshape(-1)) ^ keys
    _mix_words(word)
    salt = np.array([_salts(b, columns) for b in bits], dtype=np.uint32)
    word = word[:, :, None] ^ salt[:, None]
    _mix_words(word)
    return torch.from_numpy(word.view(np.int32)).view(len(bits), *name.shape, *columns)


def child(bits: Tensor, data: int | Tensor) -> Tensor:
    """The bits of a key's child."""
    if at_hand(bits):  # plain numbers: a tenth of the time of twenty tensor operations
        return torch.tensor(signed(_mixed(_mixed(int(bits) + int(data)) + GOLDEN)))
    return scrambled(bits + data)


def folded(data: Tensor) -> Tensor:
    if at_hand(data):  # plain numbers: a tenth of the time of twenty tensor operations
        return torch.tensor(signed(_mixed(_mixed(int(data)) + GOLDEN)))
    return scrambled(data)


def scrambled(data: Tensor) -> Tensor:
    return mix64(mix64(data) + GOLDEN)


def at_hand(x: Tensor) -> bool:
    """Whether reading a number waits for no device."""
    return x.device.type == "cpu"


def near(x: Tensor) -> bool:
    """Whether numpy may work on its memory: it lies on the CPU, and no graph is being built."""
    return at_hand(x) and not torch.compiler.is_compiling()


def few(name: Tensor, columns: Sequence[int]) -> bool:
    """Whether so little is drawn, and near, that it costs what its calls cost."""
    return near(name) and math.prod(columns) <= _FEW and name.numel() * math.prod(columns) <= 4096


def _lent(x: Tensor) -> np.ndarray:
    """The memory of a tensor that is near."""
    return x.numpy()


def _mixed32(word: int) -> int:
    """mix32_ of a plain number, likewise."""
    word = ((word ^ (word >> 16)) * _LOW_1) & _HALF
    word = ((word ^ (word >> 15)) * _LOW_2) & _HALF
    return word ^ (word >> 16)


def folds(bits: Tensor, data: Sequence[int]) -> Tensor:
    """The bits of several children of a key, side by side."""
    if at_hand(bits):
        return torch.tensor([signed(_mixed(_mixed(int(bits) + d) + GOLDEN)) for d in data])
    return scrambled(torch.stack([bits + d for d in data]))


def salts_below(bits: Tensor, data: Sequence[int], columns: int) -> Tensor:
    """The salts of several children of a key, (children, columns)."""
    if not at_hand(bits) or len(data) * columns > _FEW:
        return salts(folds(bits, data), (columns,))
    children = [_mixed(_mixed(int(bits) + d) + GOLDEN) for d in data]
    words = [[signed32(word) for word in _salts(child, (columns,))] for child in children]
    return torch.tensor(words, dtype=torch.int32)


def _mixed(word: int) -> int:
    """mix64 of a plain number; an unsigned one."""
    word &= _WORD
    word = ((word ^ (word >> 30)) * _MIX_1) & _WORD
    word = ((word ^ (word >> 27)) * _MIX_2) & _WORD
    return word ^ (word >> 31)


def signed(word: int) -> int:
    """The 64 bits of a plain number as torch holds them."""
    word &= _WORD
    return word - (1 << 64) * (word >> 63)


def signed32(word: int) -> int:
    """Likewise of 32 bits."""
    return word - (1 << 32) * (word >> 31)


# A graph calls these two as they are: written out, a night's draws are most of some 6,000 nodes,
# which take the compiler many minutes and gain nothing.
opaque_words = torch.library.custom_op("shortvideo::words", words_of, mutates_args=())
opaque_fold = torch.library.custom_op("shortvideo::fold", folded, mutates_args=())


@opaque_words.register_fake
def _(bits: Tensor, name: Tensor, columns: Sequence[int]) -> Tensor:
    return name.new_empty((*name.shape, *columns), dtype=torch.int32)


@opaque_fold.register_fake
def _(data: Tensor) -> Tensor:
    return torch.empty_like(data)


def unit_(words: Tensor) -> Tensor:
    """Random words as float32 in the open interval (0, 1); they are written over."""
    if near(words):
        held = _lent(words).view(np.uint32)
        share = np.right_shift(held, 9, out=held).view(np.int32).astype(np.float32)
        np.multiply(np.add(share, np.float32(0.5), out=share), np.float32(_TINY), out=share)
        return torch.from_numpy(share)
    words >>= 9
    words &= 0x7FFFFF
    # 23 bits: with 24 the largest draw rounds to 1.0 in float32, and its Gumbel to infinity
    return words.to(torch.float32).add_(0.5).mul_(_TINY)


def box_muller_(one: Tensor, two: Tensor) -> Tensor:
    return two.mul_(2 * math.pi).cos_().mul_(one.log_().mul_(-2).sqrt_())
