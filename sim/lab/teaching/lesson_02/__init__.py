"""Lesson 2: does quality win? The same videos in many worlds, and how much of success was luck."""

from sim.lab.teaching.lesson_02.betting import again, best, bets, outcome, share_on_top, top_share
from sim.lab.teaching.lesson_02.check import chosen, examine, extremes
from sim.lab.teaching.lesson_02.lists import Counts, Jury
from sim.lab.teaching.lesson_02.pictures import lorenz, one, quality, shares
from sim.lab.teaching.lesson_02.variance import bounds, luck, times
from sim.lab.teaching.lesson_02.worlds import Fates, fates

__all__ = [
    "Counts", "Fates", "Jury", "again", "best", "bets", "bounds", "chosen", "examine",
    "extremes", "fates", "lorenz", "luck", "one", "outcome", "quality", "share_on_top", "shares",
    "times", "top_share",
]  # fmt: skip
