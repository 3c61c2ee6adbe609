"""What an impression pays by each part of an objective, and the scale of each part.

Nothing hidden is paid for. Figures marked C were counted once in logs of world small (seed 0, 20
days) under `random`, `mf` and `house`, from what a platform sees, and stay as they are.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from sim.world.state import EVENT_FLAGS, watched

CAP = 90.0  # seconds beyond which one video pays no more (assumed), or a few would pay for all
KIND = ("like", "comment", "share", "follow", "collect")
UNKIND = ("hide", "report")


class Seen(NamedTuple):
    """What was observed of impressions, one shape throughout; as in Log and Response."""

    watch: Tensor  # seconds
    duration: Tensor  # seconds
    flags: Tensor  # int32, bit i for EVENT_FLAGS[i]
    survey: Tensor  # 1..5; 0 = not asked
    left: Tensor  # bool

    def did(self, flags: tuple[str, ...]) -> Tensor:
        """How many of these were done."""
        bits = [(self.flags >> EVENT_FLAGS.index(flag)) & 1 for flag in flags]
        return torch.stack(bits).sum(0).float()


def watch_time(seen: Seen) -> Tensor:
    """Seconds watched, in long views: 1 = 18 s."""
    return seen.watch.clamp(max=CAP) / watched.LONG_VIEW


def completion(seen: Seen) -> Tensor:
    """1 where watched to the end."""
    return watched.finished(seen.watch, seen.duration).float()


def held(seen: Seen) -> Tensor:
    """0, a half or 1: watched for half of it (or 18 s), and for a long view."""
    half = seen.watch >= (seen.duration / 2).clamp(max=watched.LONG_VIEW)
    return (half.float() + watched.long_view(seen.watch, seen.duration).float()) / 2


def satisfaction(seen: Seen) -> Tensor:
    """The survey's answer as 0..1 where one was asked; elsewhere a guess from what was done.

    The guess is rounded from answers by what was done (least squares, C; random, mf, house): held
    .22, .17, .06, each within .015; a kind act .08, .07, .03, within .05. What an unkind one costs
    could not be told (within .16) and is assumed; so is the level, which went with the policy."""
    kind, unkind = seen.did(KIND).clamp(max=1), seen.did(UNKIND).clamp(max=1)
    guess = 0.4 + 0.2 * held(seen) + 0.1 * kind - 0.3 * unkind
    return torch.where(seen.survey > 0, (seen.survey - 1) / 4, guess)


def retention(seen: Seen) -> Tensor:
    """What coming back the next day gains or loses, in hundredths of its chance.

    Whether a viewer comes back is known a day later and owed to all that was seen, so an impression
    is paid at once for what its like was followed by, as far as a platform sees. By least squares
    over viewers and days, the share of days come so far held constant (C; random, mf, house): held
    .60, .60, .60 within .23, .13, .11; each video at all -.15, -.24, -.27 within .04; an answer,
    from worst to best, 1.8, 3.9, 5.2 within 3.0, 2.5, 2.5. Other acts, and with which video a
    session ended, told nothing of it."""
    answer = torch.where(seen.survey > 0, (seen.survey - 1) / 4 - 0.5, 0.0)
    return 0.6 * held(seen) - 0.2 + 4.0 * answer


def reactions(seen: Seen) -> Tensor:
    """Likes, comments, shares, follows and collections, less hides and reports."""
    return seen.did(KIND) - seen.did(UNKIND)


PARTS: dict[str, Callable[[Seen], Tensor]] = {
    "watch_time": watch_time,
    "completion": completion,
    "satisfaction": satisfaction,
    "retention": retention,
    "reactions": reactions,
}
# What a reward usually is, and how far impressions spread about it: under `house` (C), rounded.
SCALES = {
    "watch_time": (1.2, 1.6),
    "completion": (0.15, 0.35),
    "satisfaction": (0.47, 0.1),
    "retention": (0.0, 0.3),
    "reactions": (0.02, 0.16),
}
MIX = {
    "watch_time": 0.4,
    "completion": 0.1,
    "satisfaction": 0.3,
    "retention": 0.1,
    "reactions": 0.1,
}
