"""Many keys side by side, for those who stand each at a moment of their own."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.rng.dice import Dice
from sim.world.rng.keys import Key
from sim.world.rng.mixing import first_round, mix32_, salts, salts_named, scrambled, unit_

Ask = tuple[tuple[int, ...], tuple[int, ...]]  # of draws: folds below a key, and columns


class Keyring:
    """Keys of one kind, say of all nights; what is mixed from them is mixed once and kept."""

    def __init__(self, bits: Int[Tensor, " keys"]):
        self.bits = bits
        self.word = bits.to(torch.int32)
        self._children: dict[int, Keyring] = {}
        self._salts: dict[tuple[int, ...], Tensor] = {}
        self._dice: dict[tuple, Tensor] = {}
        self.asked: dict[Ask, None] = {}
        self._plan: tuple[Tensor, Tensor, Tensor] | None = None

    def __deepcopy__(self, memo: dict) -> "Keyring":
        return self  # it never changes: what it keeps could be mixed again

    @classmethod
    def of(cls, key: Key, *counts: int) -> "Keyring":
        """The children of a key for 0..count-1, and theirs for the next count; flat."""
        bits = key.bits[None]
        for count in counts:
            step = torch.arange(count, device=bits.device)
            bits = scrambled(bits[:, None] + step).flatten()
        return cls(bits)

    def at(self, which: Int[Tensor, " names"]) -> "Keys":
        """A key for each name: key `which` of the ring."""
        return Keys(self.bits, self, which)

    def fold(self, data: int) -> "Keyring":
        if data not in self._children:
            self._children[data] = Keyring(scrambled(self.bits + data))
        return self._children[data]

    def salts(self, columns: tuple[int, ...]) -> Int[Tensor, "keys *columns"]:
        if columns not in self._salts:
            self._salts[columns] = salts(self.bits, columns).view(len(self.bits), *columns)
        return self._salts[columns]

    def dice(self, streams: tuple[int, ...], slots: int) -> Int[Tensor, "streams slots keys"]:
        """The salts of a page's dice."""
        if (streams, slots) not in self._dice:
            own = scrambled(torch.stack([self.bits + stream for stream in streams]))
            self._dice[streams, slots] = salts(own, (slots,)).transpose(1, 2).contiguous()
        return self._dice[streams, slots]

    def salts_named(self, which: slice | Tensor, name: Int[Tensor, "*keys n"]) -> Tensor:
        """(keys, n) of some keys, for columns with names of their own; see `uniform_named`."""
        return salts_named(self.bits[which][:, None], name)

    def uniform_named(
        self,
        which: Int[Tensor, " names"],
        name: Int[Tensor, " names"],
        salt: Int[Tensor, "names n"],
    ) -> Float[Tensor, "names n"]:
        """Draws in (0, 1) for each name by key `which`, whose salts these are: in column c, named
        from 1 on, what `uniform` draws there, however many columns there are."""
        return unit_(mix32_(first_round(name, self.word[which])[:, None] ^ salt))

    def throw(self, which: Int[Tensor, " names"], name: Int[Tensor, " names"]) -> "Thrown":
        """As `at`, where the same is drawn again and again: all that was asked for so far is drawn
        for these names at once, at the price of one draw."""
        if not self.asked:
            return Thrown(self.bits, self, which, (), {})
        if self._plan is None or len(self._plan[0]) != len(self.asked):
            self._plan = self._planned()
        word, salt, owner = self._plan
        first = first_round(name, word.index_select(1, which))
        drawn = unit_(mix32_(first.index_select(0, owner) ^ salt.index_select(1, which)))
        sizes = [math.prod(columns) for _, columns in self.asked]
        parts = zip(self.asked, drawn.split(sizes), strict=True)
        ready = {ask: part.view(*ask[1], len(name)).movedim(-1, 0) for ask, part in parts}
        return Thrown(self.bits, self, which, (), ready)

    def _planned(self) -> tuple[Tensor, Tensor, Tensor]:
        """Of all draws asked for: the words, the salts, and whose word goes with each salt."""
        rings = [self.below(path) for path, _ in self.asked]
        both = zip(rings, self.asked, strict=True)
        salt = [ring.salts(ask[1]).view(len(self.bits), -1).T for ring, ask in both]
        sizes = torch.tensor([len(s) for s in salt], device=self.bits.device)
        owner = torch.arange(len(rings), device=self.bits.device).repeat_interleave(sizes)
        return torch.stack([ring.word for ring in rings]), torch.cat(salt), owner

    def below(self, path: tuple[int, ...]) -> "Keyring":
        ring = self
        for data in path:
            ring = ring.fold(data)
        return ring


@dataclass(frozen=True)
class Keys(Key):
    """A key for each name that is drawn for. The draws are those of its own key alone."""

    ring: Keyring
    which: Int[Tensor, " names"]

    def fold(self, data: int | Tensor) -> "Keys":
        return self.ring.fold(_plain(data)).at(self.which)

    def _words(self, name: Tensor, *columns: int) -> Tensor:
        first = first_round(name, self.ring.word[self.which])
        salt = self.ring.salts(columns).index_select(0, self.which)
        return mix32_(first.view(len(name), *(1 for _ in columns)) ^ salt)

    def dice(self, streams: tuple[int, ...], slots: int) -> Dice:
        salt = self.ring.dice(streams, slots).index_select(2, self.which)
        return Dice(streams, self.ring.word[self.which], salt)


@dataclass(frozen=True)
class Thrown(Key):
    """Keys whose uniform draws lie ready; what does not is drawn, and lies ready next time."""

    ring: Keyring
    which: Int[Tensor, " names"]
    path: tuple[int, ...]
    ready: dict[Ask, Tensor]

    def fold(self, data: int | Tensor) -> "Thrown":
        path = (*self.path, _plain(data))
        return Thrown(self.bits, self.ring, self.which, path, self.ready)

    def uniform(self, name: Tensor, *columns: int) -> Tensor:
        ask = self.path, columns
        if ask in self.ready:
            return self.ready.pop(ask)  # once: it may be written over
        self.ring.asked[ask] = None
        return unit_(self._words(name, *columns))

    def _words(self, name: Tensor, *columns: int) -> Tensor:
        return self.ring.below(self.path).at(self.which)._words(name, *columns)


def _plain(data: int | Tensor) -> int:
    if isinstance(data, Tensor):
        raise TypeError("many keys are folded with plain numbers; got a tensor. See Keyring.of.")
    return data
