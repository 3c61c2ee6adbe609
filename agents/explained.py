"""The parts of an agent's score: why one video stands above another for a viewer.

Where the score is a sum, its terms are the parts and nothing is left out (mf, bpr, bayes, popular,
and ncf, whose network is one term). For all other agents there is the score without the viewer's
public profile and history, and what these two add: it sums up as well, but what is added hangs on
the order, so such parts are said to be approximate.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from agents.recommender.bayes import Bayes
from agents.recommender.mf import MF
from agents.recommender.ncf import NeuMF
from agents.recommender.popular import Popular
from agents.retrieval import Retriever
from sim.world.state import COUNTS, Observation, row_of

Parts = dict[str, Tensor]  # (awake, n) each


@dataclass(frozen=True)
class Explained:
    """A score and what it is made of, for the viewers of an observation and some videos."""

    score: Float[Tensor, "awake n"]
    parts: Parts  # sum to the score, up to rounding
    exact: bool  # whether each is a term of the score


def scores(agent: Any) -> bool:
    """Whether an agent has scores of its own: chance has none, nor has a list."""
    own = getattr(agent, "score", None)
    return callable(own) and getattr(type(agent), "score", None) is not Retriever.score


@torch.no_grad()
def scored(
    agent: Any, seen: Observation, ids: Int[Tensor, " n"], **truth: Any
) -> Float[Tensor, "awake n"]:
    """The scores that an agent gives to some videos, for the viewers of an observation."""
    if hasattr(agent, "prepare"):
        agent.prepare(seen.catalog)
    if isinstance(agent, Popular):
        agent.worth = agent.value(seen.catalog, 0.0)
    return _score(agent, seen, ids, **truth)


@torch.no_grad()
def explained(agent: Any, seen: Observation, ids: Int[Tensor, " n"], **truth: Any) -> Explained:
    """Of an agent that scores; it is left as it was."""
    score = scored(agent, seen, ids, **truth)
    for kind, of in TERMS.items():
        if isinstance(agent, kind) and type(agent).score is kind.score:
            return Explained(
                score, {k: x.expand_as(score) for k, x in of(agent, seen, ids).items()}, True
            )
    return Explained(score, _told(agent, seen, ids, score, **truth), False)


def _score(agent: Any, seen: Observation, ids: Tensor, **truth: Any) -> Tensor:
    both = ids.expand(len(seen.viewer), -1)
    scores = agent.score(seen, both, **truth)
    return scores.expand_as(both).float()


def _mf(agent: MF, seen: Observation, ids: Tensor) -> Parts:
    users, items = agent.user_vectors(seen), agent.items[row_of(ids, agent.capacity)]
    return _linear(users, items, agent.factors, agent.content.topics)


def _linear(users: Tensor, items: Tensor, own: int, topics: int) -> Parts:
    """Own vectors, then the bias, then tags, then components."""
    edges = [0, own, own + 1, own + 1 + topics, users.shape[1]]
    names = ("viewers alike", "the video for everybody", "its topics", "its style")
    blocks = zip(names, edges, edges[1:], strict=False)
    return {name: users[:, a:b] @ items[:, a:b].T for name, a, b in blocks}


def _ncf(agent: NeuMF, seen: Observation, ids: Tensor) -> Parts:
    row = row_of(ids, agent.capacity)
    users, first = agent.people(seen)
    gmf, mlp = (half[row] for half in agent.items)
    found = _linear(users, gmf, agent.factors, agent.content.topics)
    if "gmf" not in agent.uses:
        found = {name: torch.zeros_like(x) for name, x in found.items()}
    if "mlp" in agent.uses:
        found["the network"] = agent.net.deep(first[:, None] + mlp)
    return found


def _bayes(agent: Bayes, seen: Observation, ids: Tensor) -> Parts:
    users, items = agent.user_vectors(seen), agent.items[row_of(ids, agent.capacity)]
    topics, components = agent.content.topics, agent.content.components
    edges = [0, 1, 1 + topics, 1 + topics + components, users.shape[1] - 1, users.shape[1]]
    names = ("the viewer for everything", "its topics", "its style", "seen enough of the topic",
             "the video for everybody")  # fmt: skip
    blocks = zip(names, edges, edges[1:], strict=False)
    return {name: users[:, a:b] @ items[:, a:b].T for name, a, b in blocks}


def _popular(agent: Popular, seen: Observation, ids: Tensor) -> Parts:
    """The share of long views: what is usual, and by how much its own differs, as shrunk."""
    catalog, row = seen.catalog, row_of(ids, agent.capacity)
    views, longs = (catalog.counts[:, COUNTS.index(n)].float() for n in ("views", "long_views"))
    usual = longs[catalog.eligible].sum() / views[catalog.eligible].sum().clamp(min=1)
    own = agent.worth[row] - usual
    return {"usual for any video": usual.expand(1, len(row)), "how long it holds": own[None]}


def _told(agent: Any, seen: Observation, ids: Tensor, score: Tensor, **truth: Any) -> Parts:
    """Without what the viewer told of itself and watched; then each is added."""
    blank = replace(
        seen,
        profile=torch.zeros_like(seen.profile),
        history=torch.zeros_like(seen.history),
        history_watch=torch.zeros_like(seen.history_watch),
        history_liked=torch.zeros_like(seen.history_liked),
    )
    nobody = _score(agent, blank, ids, **truth)
    known = _score(agent, replace(blank, profile=seen.profile), ids, **truth)
    return {"what was learned of both": nobody, "the public profile": known - nobody,
            "the last videos watched": score - known}  # fmt: skip


TERMS: dict[Any, Callable[[Any, Observation, Tensor], Parts]] = {
    MF: _mf, NeuMF: _ncf, Bayes: _bayes, Popular: _popular,
}  # fmt: skip
