"""Creators' lives: hours and energy, hope and discouragement, how the house's creators decide, who
leaves and who comes."""

from sim.world.careers.ladder import Board, decide, merged, reward
from sim.world.careers.living import dealt, leave, reborn, reflect, will, work
from sim.world.careers.params import CareerParams

__all__ = [
    "Board",
    "CareerParams",
    "dealt",
    "decide",
    "leave",
    "merged",
    "reborn",
    "reflect",
    "reward",
    "will",
    "work",
]
