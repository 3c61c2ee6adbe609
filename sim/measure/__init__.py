"""What a day was like, as numbers: pure functions of (World, Events)."""

from sim.measure.day import UNITS, Window, measure_day

__all__ = ["UNITS", "Window", "measure_day"]
