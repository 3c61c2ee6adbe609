"""What a day was like, as numbers: pure functions of (World, Events)."""

from sim.measure.day import measure_day
from sim.measure.window import Window

__all__ = ["Window", "measure_day"]
