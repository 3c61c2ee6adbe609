"""Who recommends to everybody who is not in a seat."""

from typing import Any

from agents.registry import UnknownAgent, find
from sim.presets.errors import BadInput


def recommender(house: Any, usual: str) -> Any:
    """`house` (a name, a class or an object), if it is a recommender. Raises BadInput."""
    try:
        kind = find(house)
    except UnknownAgent as error:
        raise BadInput.plain(f"house: {error}") from None
    if not callable(getattr(kind, "act", None)):
        raise BadInput("house is a recommender", house, f"Take house={usual!r}, the default.")
    return house
