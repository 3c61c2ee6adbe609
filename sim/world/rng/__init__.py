"""Counter-based randomness: every draw is a pure function of (seed, stream, step, name, column).

A stream is a number of its own, made from the names of its law and of itself, so it is the same
whatever other streams there are. A law that is added, moved or switched off re-deals no other's
draws; one that is renamed re-deals its own.
"""

from sim.world.rng.dice import Dice
from sim.world.rng.keys import Key, Root, key
from sim.world.rng.many import Keyring, Keys
from sim.world.rng.mixing import mix32_
from sim.world.rng.streams import streams

__all__ = ["Dice", "Key", "Keyring", "Keys", "Root", "key", "mix32_", "streams"]
