"""Policies to begin with."""

from dataclasses import replace

from torch import Tensor

from sim.world.state import Policy, policy_with


def idle(usual: Policy) -> Policy:
    """No measure, no staff, no sweep, no penalty."""
    never = usual.threshold.new_ones(usual.threshold.shape)
    return policy_with(
        replace(usual, threshold=never), hours=0.0, sweep=0.0, strikes=0.0, confirm=0.0
    )


def above(usual: Policy, score: float | Tensor) -> Policy:
    """Taken down above one score, whatever the kind; all else as usual."""
    threshold = usual.threshold.clone()
    threshold[:, 0] = score
    return replace(usual, threshold=threshold)
