"""The catalogue's stock: videos are made, published into a ring, counted and aged."""

from sim.world.videos.craft import CraftParams
from sim.world.videos.making import Asked, make
from sim.world.videos.params import VideoParams, VideoTables, middles, tables
from sim.world.videos.ring import blank_counts, cool, slots_to_fill

__all__ = [
    "Asked",
    "CraftParams",
    "VideoParams",
    "VideoTables",
    "blank_counts",
    "cool",
    "make",
    "middles",
    "slots_to_fill",
    "tables",
]
