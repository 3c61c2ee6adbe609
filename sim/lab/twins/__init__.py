"""Twins of a world: the same people and the same luck, lived on with something else changed."""

from sim.lab.twins.shares import attribute, shapley
from sim.lab.twins.twins import live, twin

__all__ = ["attribute", "live", "shapley", "twin"]
