"""What lesson 1 calls: the phone to swipe, personas to follow, their figures, the check."""

from sim.lab.phone.lesson_01.check import examine
from sim.lab.phone.lesson_01.experiment import Runs, Where, behaved, personas
from sim.lab.phone.lesson_01.pictures import (
    behaviours,
    feed,
    knowing,
    likes,
    of_me,
    picture,
)  # fmt: skip
from sim.lab.phone.lesson_01.play import phone
from sim.lab.phone.lesson_01.tables import counts

__all__ = [
    "Runs", "Where", "behaved", "behaviours", "counts", "examine", "feed", "knowing", "likes",
    "of_me", "personas", "phone", "picture",
]  # fmt: skip
