"""The nouns of the platform: what exists, and the messages that pass between its parts.

Every class is a struct of arrays: row i of every field belongs to entity i. All are frozen; the
world is replaced, never edited, but for `Memory.shown`, which says so where it stands, and for a
world that its owner gives up (`platform.answer`, donate). Shapes stand in the annotations, units in
the comments. Counts, ids and watch time summed over viewers are int64, so that no sum depends on
its order; traits and seconds are float32.

Ids are permanent though rows are reused: id = 1 + row + capacity x generation; 0 is padding.
"""

from sim.world.state.base import FEW, joined, row_of, rows, rows_at, scatter_rows, take
from sim.world.state.creators import Buzz, Creators, Trends
from sim.world.state.decisions import (
    FORMATS,
    HABIT,
    Conduct,
    Decisions,
    Offers,
    Posts,
    by_habit,
)
from sim.world.state.messages import (
    EVENT_FLAGS,
    MOST_FLAGS,
    SOURCES,
    Catalog,
    Events,
    Log,
    Observation,
    Request,
    Response,
    Slate,
    Truth,
    lent,
)
from sim.world.state.videos import (
    COUNTS,
    FEATURES,
    LINE,
    POST_BITS,
    Shown,
    Videos,
    handed,
    look,
    most,
    sheet_of,
    sheet_width,
)
from sim.world.state.viewers import (
    Audience,
    Memory,
    Mood,
    Recent,
    Viewers,
    audience,
    following,
    recent,
)
from sim.world.state.world import World

__all__ = [
    "COUNTS",
    "EVENT_FLAGS",
    "FEATURES",
    "FEW",
    "FORMATS",
    "HABIT",
    "LINE",
    "MOST_FLAGS",
    "POST_BITS",
    "SOURCES",
    "Audience",
    "Buzz",
    "Catalog",
    "Conduct",
    "Creators",
    "Decisions",
    "Events",
    "Log",
    "Memory",
    "Mood",
    "Observation",
    "Offers",
    "Posts",
    "Recent",
    "Request",
    "Response",
    "Shown",
    "Slate",
    "Trends",
    "Truth",
    "Videos",
    "Viewers",
    "World",
    "audience",
    "by_habit",
    "following",
    "handed",
    "joined",
    "lent",
    "look",
    "most",
    "recent",
    "row_of",
    "rows",
    "rows_at",
    "scatter_rows",
    "sheet_of",
    "sheet_width",
    "take",
]
