"""What is done with videos: measures by score, and what a person's finding leads to."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state import ACTIONS, Policy
from sim.world.state.moderation import MEASURES, bit, outcome

_ALL = sum(bit(name) for name in MEASURES.values())
_REMOVE = ACTIONS.index("remove")
# of each action: what is written down, and what then holds; else the video waits
_BITS = (
    [outcome(action) for action in ACTIONS],
    [bit(MEASURES.get(action, "waiting")) for action in ACTIONS],
)
_MEASURES = [bit(MEASURES[action]) if action in MEASURES else 0 for action in ACTIONS]


def by_score(
    score: Float[Tensor, "videos harms"], policy: Policy
) -> tuple[Int[Tensor, " videos"], Int[Tensor, " videos"]]:
    """What the machine does, as bits of OUTCOMES, and the state that follows. Who is taken down
    needs nothing else."""
    here = (score.T[:, None] > policy.threshold[:, :, None]).any(0)  # by action
    gone = here[_REMOVE].clone()
    here &= ~gone
    here[_REMOVE] = gone
    done, state = (here * torch.tensor(_BITS, device=score.device)[:, :, None]).sum(1)
    measures = (state & _ALL) > 0
    return done, state + measures * bit("machine")


def by_finding(
    kind: Int[Tensor, " videos"], policy: Policy
) -> tuple[Int[Tensor, " videos"], Int[Tensor, " videos"]]:
    """What a person's finding of a kind of harm (from 0) leads to, likewise."""
    action = policy.confirmed[kind]
    return (1 << action), torch.tensor(_MEASURES, device=kind.device)[action]


def lifted(state: Int[Tensor, " videos"], where: Bool[Tensor, " videos"]) -> Int[Tensor, " videos"]:
    """Without any measure where a person found nothing."""
    keep = ~(_ALL | bit("machine") | bit("waiting"))
    return torch.where(where, (state & keep) | bit("cleared"), state)
