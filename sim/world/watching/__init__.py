"""How long a video holds a viewer: skip, leave part-way, finish, or watch again.

Watch seconds are a mixture, not one completion rate (docs/facts.md): most videos are left
within seconds, some part-way, and of those finished some are played again. The shares of the four
depend on the duration; appeal moves them from skipping towards finishing, and so do the habits of
who watches.
"""

from sim.world.watching.averages import (
    centre,
    grips_at,
    habits_at,
    mean_grip,
    told,
    told_likes,
)
from sim.world.watching.law import STREAMS, Watching, WatchTables, describe, tables, watch
from sim.world.watching.manners import grip, mannered
from sim.world.watching.mixture import Shapes, below, between, played, shapes_at, shares_at
from sim.world.watching.params import WatchParams, pull

__all__ = [
    "STREAMS",
    "Shapes",
    "WatchParams",
    "WatchTables",
    "Watching",
    "below",
    "between",
    "centre",
    "describe",
    "grip",
    "grips_at",
    "habits_at",
    "mannered",
    "mean_grip",
    "played",
    "pull",
    "shapes_at",
    "shares_at",
    "tables",
    "told",
    "told_likes",
    "watch",
]
