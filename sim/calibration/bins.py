"""Bins of duration that follow a log's own: fixed ones in the middle, more on either side while
enough of its plays lie beyond."""

from dataclasses import dataclass

import numpy as np

BELOW = (1.5, 2.2, 3.3, 5.0)  # s, upper ends
EDGES = (7.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0)
ABOVE = (450.0, 700.0, 1100.0, 1700.0, 2600.0)
LADDER = (*BELOW, *EDGES, *ABOVE)
SHARE, KNOT_SHARE = 0.02, 0.005  # of plays beyond an edge, for it to stand as a bin's or a knot's
LEAST_ROWS = 30  # nor with fewer plays than these


@dataclass(frozen=True)
class Bins:
    """Upper ends in seconds, of the bins that counts and checks have and of the fit's knots."""

    edges: tuple[float, ...] = EDGES
    knots: tuple[float, ...] = (*EDGES, 450.0)

    def __len__(self) -> int:
        return len(self.edges) + 1

    def of(self, seconds: np.ndarray) -> np.ndarray:
        """Which bin each duration is in, upper ends included."""
        return np.searchsorted(self.edges, seconds, side="left")

    def label(self, b: int) -> str:
        if b == 0:
            return f"<={self.edges[0]:g}"
        if b == len(self) - 1:
            return f">{self.edges[-1]:g}"
        return f"{self.edges[b - 1]:g}-{self.edges[b]:g}"


def cells(seconds: np.ndarray) -> np.ndarray:
    """Plays (len(LADDER) + 1,) between the steps of the ladder."""
    place = np.searchsorted(LADDER, seconds, side="left")
    return np.bincount(place, minlength=len(LADDER) + 1)


def of_log(plays: np.ndarray) -> Bins:
    """The bins of a log with these plays by `cells`."""
    return Bins(_edges(plays, SHARE), _edges(plays, KNOT_SHARE))


def _edges(plays: np.ndarray, share: float) -> tuple[float, ...]:
    least = max(share * plays.sum(), LEAST_ROWS)
    upto = np.cumsum(plays)
    below = [e for i, e in enumerate(BELOW) if upto[i] >= least]
    first = len(BELOW) + len(EDGES)
    above = [e for i, e in enumerate(ABOVE, first) if plays.sum() - upto[i] >= least]
    return (*below, *EDGES, *above)
