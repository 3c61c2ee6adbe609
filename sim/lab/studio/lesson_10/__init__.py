"""Lesson 10: how does a personal brand grow? A plan, its twins, and what of it was luck."""

from sim.lab.studio.lesson_10.check import examine
from sim.lab.studio.lesson_10.lived import Fates
from sim.lab.studio.lesson_10.pictures import changes, fan, income, lucky, switched
from sim.lab.studio.lesson_10.planning import SWITCHES, panel, plans_of, told
from sim.lab.studio.lesson_10.reading import share_of_luck, table, times, went
from sim.lab.studio.lesson_10.twins import fates

__all__ = [
    "SWITCHES", "Fates", "changes", "examine", "fan", "fates", "income", "lucky", "panel",
    "plans_of", "share_of_luck", "switched", "table", "times", "told", "went",
]  # fmt: skip
