"""What is done with videos: measures by score, and what a person's finding leads to."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state import ACTIONS, Policy
from sim.world.state.moderation import MEASURES, bit, outcome

_ALL = sum(bit(name) for name in MEASURES.values())


def by_score(
    score: Float[Tensor, "videos harms"], policy: Policy
) -> tuple[Int[Tensor, " videos"], Int[Tensor, " videos"]]:
    """What the machine does, as bits of OUTCOMES, and the state that follows. Who is taken down
    needs nothing else."""
    met = (score[:, :, None] > policy.threshold).any(1)
    done = state = torch.zeros_like(met[:, 0], dtype=torch.int64)
    gone = met[:, ACTIONS.index("remove")]
    for i, action in enumerate(ACTIONS):
        here = (met[:, i] & (gone if action == "remove" else ~gone)).long()
        done = done + here * outcome(action)
        state = state + here * bit(MEASURES.get(action, "waiting"))
    measures = (state & _ALL) > 0
    return done, state + measures * bit("machine")


def by_finding(
    kind: Int[Tensor, " videos"], policy: Policy
) -> tuple[Int[Tensor, " videos"], Int[Tensor, " videos"]]:
    """What a person's finding of a kind of harm (from 0) leads to, likewise."""
    action = policy.confirmed[kind]
    state = torch.zeros_like(kind)
    for name, measure in MEASURES.items():
        state = torch.where(action == ACTIONS.index(name), bit(measure), state)
    return (1 << action), state


def lifted(state: Int[Tensor, " videos"], where: Bool[Tensor, " videos"]) -> Int[Tensor, " videos"]:
    """Without any measure where a person found nothing."""
    keep = ~(_ALL | bit("machine") | bit("waiting"))
    return torch.where(where, (state & keep) | bit("cleared"), state)
