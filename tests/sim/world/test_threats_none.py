"""With threats=none a world is to the digit what it was before anybody did harm."""

import hashlib

import pytest
from worlds import UNGRIPPED, nano

from sim.lab.run.arm import Arm

# Taken from the version before (d6e5808) by this very function; whole numbers alone go in. The
# house's are of that version with today's file of it, since it keeps its eye; all have
# `UNGRIPPED`, like_video_sd and appeal_like in that version's preset, since these were set
# anew. With money on: it was 80bbe4c16c75803b then and with threats in the code (a00a75f), until
# laws of money and careers changed (a2e58e2, of which that one is).
# AMD's (EPYC) first, then Intel's (Xeon), taken from c411b12, which had AMD's on AMD: exponentials
# differ in their last bits.
BEFORE = {
    ("random", "off"): ("3da88299b9406fd0", "1bc7c4194ab6d01b"),
    ("mf", "off"): ("17bace2a4d1e6d1e", "8ac9dae2d053f4ef"),
    ("house", "off"): ("a2d9a462730a7006", "70a656055ed61baa"),
    ("house", "on"): ("127ed6e20405a8b7", "5a4365b2a03f788c"),
}


def digest(agent: str, money: str, *more: str, days: int = 3, seed: int = 5) -> str:
    """Of all that was shown and done on some days of nano, and what came of it."""
    sum_ = hashlib.sha256()
    for day in Arm(agent, nano(f"money={money}", *more, *UNGRIPPED), seed).run(days):
        world = day.world
        told = [
            part
            for e in day.events
            for part in (e.request.viewer, e.ids, e.source, e.response.flags, e.response.seen)
        ]
        told += [world.videos.id, world.videos.counts, world.memory.follows, world.creators.views]
        for part in told:
            sum_.update(part.contiguous().numpy().astype("int64").tobytes())
    return sum_.hexdigest()[:16]


@pytest.mark.parametrize(("agent", "money"), BEFORE)
def test_without_threats_three_days_are_what_they_were(agent, money):
    assert digest(agent, money, "threats=none") in BEFORE[agent, money]
