"""Moderation as work: what the machine takes for a violation, what people look at, and what is
done about it."""

from sim.world.moderation.params import PolicyParams, policy

__all__ = ["PolicyParams", "policy"]
