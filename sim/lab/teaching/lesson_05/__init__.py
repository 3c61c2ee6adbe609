"""Lesson 5: who made my bubble? Own taste, the algorithm and the supply, switched off in turn."""

from sim.lab.teaching.lesson_05.check import examine
from sim.lab.teaching.lesson_05.lives import CAUSES, begun, bubble, lived, mine, ours
from sim.lab.teaching.lesson_05.pictures import blamed, kin, out
from sim.lab.teaching.lesson_05.shares import FEEDBACKS, Kin, blame, pairs, switchboard, under
from sim.lab.teaching.lesson_05.ways import alike, mine_alone, ways_out

__all__ = [
    "CAUSES", "FEEDBACKS", "Kin", "alike", "begun", "blame", "blamed", "bubble", "examine",
    "kin", "lived", "mine", "mine_alone", "ours", "out", "pairs", "switchboard",
    "under", "ways_out",
]  # fmt: skip
