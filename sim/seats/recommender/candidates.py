"""What a seat is offered for a page: a few of the videos that its viewer may still be shown."""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from sim.world.rng import Key, streams
from sim.world.state import Catalog, Observation

POOL = 4096  # videos that one page's retrieval weighs, at most
HALF_LIFE = 1.0  # days until a video's chance by freshness has halved; assumed, as the house's
POOLED, DRAWN, ORDER = streams("candidates", "pooled", "drawn", "order")


def retrieve(observation: Observation, count: int, key: Key) -> Int[Tensor, "awake candidates"]:
    """`count` distinct videos for each viewer, eligible and never shown to them; 0 where too few.

    A third of the chance is by heat, a third by freshness, a third even. The order is by luck, so
    a place among the candidates tells nothing; padding comes last. The noise is keyed by viewer
    and video, so it does not depend on who else is awake.
    """
    listing = observation.catalog
    row = listing.eligible.nonzero().squeeze(1)
    log_weight = _chance(listing, row).log()
    if len(row) > POOL:
        best = (log_weight + key.fold(POOLED).gumbel(listing.id[row])).topk(POOL).indices
        row, log_weight = row[best], torch.zeros_like(best, dtype=torch.float32)  # weighed already
    pair = observation.viewer[:, None] * listing.capacity + row
    race = log_weight + key.fold(DRAWN).gumbel(pair)
    race = race.masked_fill(observation.shown(listing.id[row]), -torch.inf)
    value, place = race.topk(min(count, len(row)), dim=1)
    gone = value == -torch.inf
    luck = key.fold(ORDER).uniform(observation.viewer, gone.shape[1]) + gone
    ids = listing.id[row][place].masked_fill(gone, 0).gather(1, luck.argsort(dim=1))
    return functional.pad(ids, (0, count - ids.shape[1]))


def _chance(listing: Catalog, row: Int[Tensor, " pool"]) -> Float[Tensor, " pool"]:
    heat = listing.heat[row]
    fresh = 0.5 ** (listing.age[row].float() / HALF_LIFE)
    even = torch.ones_like(heat)
    return sum((p / p.sum().clamp(min=1e-6) for p in (heat, fresh)), even / max(1, len(row)))
