"""With money off a world is to the digit what it was before there were brands and money."""

import hashlib

import pytest
from worlds import UNGRIPPED, nano

from sim.lab.run.arm import Arm

# Taken from the version before (37bff0e) by this very function; the house's, which keeps its eye
# since, from that version with today's file of it (before: a98c1577f94e1c14). All with
# `UNGRIPPED`, like_video_sd and appeal_like put into its preset, since these were set anew. Whole
# numbers alone go in, so the last bits of a processor's exponentials matter at near-ties only; they
# do matter: AMD's (EPYC) first, then Intel's (Xeon), taken from c411b12, which had AMD's on AMD.
BEFORE = {
    "random": ("d25ef01dfa3f660a", "c7fe958993de85d3"),
    "mf": ("ad388ae9c977d447", "d2aeb3dfea5b990e"),
    "house": ("288d0c9238fcd89f", "a02ea7a0b308bbb4"),
}


def digest(agent: str, days: int = 3, seed: int = 3) -> str:
    """Of all that was shown and done on some days of nano, and what came of it."""
    sum_ = hashlib.sha256()
    for day in Arm(agent, nano("money=off", *UNGRIPPED), seed).run(days):
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


@pytest.mark.parametrize("agent", BEFORE)
def test_without_money_three_days_are_what_they_were(agent):
    assert digest(agent) in BEFORE[agent]
