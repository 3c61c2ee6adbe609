"""How well an agent's scores tell what one viewer prefers: their correlation with true appeal
within a viewer, what all viewers make of each video taken off. The truth is hidden from agents."""

from collections.abc import Iterator

import torch
from jaxtyping import Float, Int
from torch import Tensor

from agents.base import PrivilegedAgent
from agents.blocks import part, part_of
from agents.retrieval import Retriever
from sim.seats.resident import Resident
from sim.world.state import Observation, Truth, lent

VIDEOS = 1000  # scored, of those at hand; one seed's mean over 500 viewers is then known to .01
CELLS = 100_000  # viewers x videos at once


def correlation(score: Float[Tensor, "n k"], appeal: Float[Tensor, "n k"]) -> float:
    """The mean over viewers, of whom every video's mean is taken off. Who scores all videos alike,
    or all viewers alike, knows nothing of a viewer: 0."""
    one, two = _own(score), _own(appeal)
    size = one.norm(dim=1) * two.norm(dim=1)
    told = (one.norm(dim=1) > 1e-9 * score.double().norm(dim=1)) & (size > 0)
    mean = ((one * two).sum(1) / size).where(told, 0.0).mean()
    return float(mean.clamp(-1, 1))  # of rounding


def _own(x: Tensor) -> Tensor:
    x = x.double()
    x = x - x.mean(0)
    return x - x.mean(1, keepdim=True)


def within(
    resident: Resident, seen: Observation, slots: int, video: Int[Tensor, " pool"], truth: Truth
) -> float | None:
    """Of the resident's agent, for the viewers of an observation and the videos at some rows, shown
    before or not; None where it has no `score`, or there are too few. It is asked for a page first,
    as ever."""
    if not scoring(resident) or min(len(seen.viewer), len(video)) < 2:
        return None
    secret = truth if resident.privileged else None
    resident.answer(seen, slots, secret, explore=False)
    return agreement(resident, seen, some_of(video, VIDEOS), truth)


def agreement(
    resident: Resident, seen: Observation, video: Int[Tensor, " pool"], truth: Truth
) -> float:
    """The same of an agent that has just been asked for the page of an observation."""
    secret = truth if resident.privileged else None
    blocks = _blocks(seen, len(video))
    score = torch.cat([_scores(resident, seen, some, video, secret) for some in blocks])
    if bool((score == score[:1]).all()):
        return 0.0  # all viewers are alike to it
    return correlation(score, truth.appeal(video))


def some_of(row: Int[Tensor, " all"], most: int) -> Int[Tensor, " some"]:
    """So many at most, evenly spread."""
    return row[:: max(1, -(-len(row) // most))]


def scoring(resident: Resident) -> bool:
    """Whether the agent has scores that can be asked for."""
    agent = resident.agent
    own = getattr(type(agent), "score", Retriever.score) is not Retriever.score
    return own and (isinstance(agent, PrivilegedAgent) or not resident.privileged)


def _blocks(seen: Observation, videos: int) -> Iterator[slice]:
    step = max(1, CELLS // videos)
    return (slice(at, at + step) for at in range(0, len(seen.viewer), step))


def _scores(
    resident: Resident, seen: Observation, some: slice, video: Tensor, secret: Truth | None
) -> Float[Tensor, "viewers videos"]:
    few, ids = lent(part(seen, some)), seen.catalog.id[video]
    if secret is not None:  # who sees the truth may rank pairs alone
        ids = ids.expand(len(few.viewer), -1)
    extra = {} if secret is None else {"truth": part_of(secret, some)}
    with resident.guard.calling("score", seen.day), torch.no_grad():
        score = resident.agent.score(few, ids, **extra)
    return score.detach().expand(len(few.viewer), len(video))
