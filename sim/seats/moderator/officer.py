"""An agent at the moderator's seat: what it is shown, what it answers, what it is told after."""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from agents.registry import create
from sim.seats.guard import Guard
from sim.seats.moderator.office import Office, backroom
from sim.world.state import Backroom, Desk, Policy, Shift, rows, wrong_policy

OWN = 1_000_037  # an agent's seed is its own, never the world's


class Officer:
    """An agent behind glass: it is handed copies, and what it answers is checked."""

    def __init__(self, agent: Any, office: Office, label: str = "", explore: bool = True):
        self.agent = create(agent, "moderator")
        self.guard = Guard(self.agent, label)
        self.office, self.explore = office, explore
        office.catch = self._catch if self.guard.privileged else None

    def reset(self, seed: int) -> None:
        own = (seed + OWN) % (1 << 63)
        with self.guard.calling("reset", 0):
            self.agent.reset(seed=own, device=self.office.device)

    def live(self) -> Shift:
        """A day: it looks, decides, lives it and learns."""
        seen = self.office.observe()
        policy = self.choose(seen)
        paid = self.office.live(policy)
        shift = Shift(seen, policy, paid, self.office.over, self.office.observe())
        with self.guard.calling("learn", seen.day):
            report = self.agent.learn(lent(shift))
        if not isinstance(report, dict):
            got, cure = f"returned {type(report).__name__}, not figures by name", "Return {}."
            raise self.guard.wrong("learn", seen.day, got, cure)
        return shift

    def choose(self, seen: Desk) -> Policy:
        world, clock = self.office.world, self.office.clock
        extra = {"truth": backroom(world, clock)} if self.guard.privileged else {}
        with self.guard.calling("act", seen.day):
            policy = self.agent.act(lent(seen), explore=self.explore, **extra)
        if wrong := wrong_policy(policy):
            rule, got, cure = wrong
            raise self.guard.wrong("act", seen.day, f"broke a rule: {rule}; got {got}", cure)
        return lent(policy)

    def _catch(self, truth: Backroom) -> Tensor:
        """Videos that a privileged agent takes down by the truth alone, each morning."""
        if not hasattr(self.agent, "catch"):
            return truth.video[:0]
        with self.guard.calling("catch", self.office.days):
            return self.agent.catch(truth)


def lent(message: Any) -> Any:
    """A copy, so that what its holder writes there stays with the holder."""
    if isinstance(message, Policy):
        return rows(message, Tensor.clone)
    if isinstance(message, Desk):
        new: dict[str, Any] = {
            k: v.clone() for k, v in vars(message).items() if isinstance(v, Tensor)
        }
        return replace(message, **new, usual=lent(message.usual))
    before, after = lent(message.before), lent(message.after)
    policy, paid = lent(message.policy), torch.clone(message.reward)
    return replace(message, before=before, after=after, policy=policy, reward=paid)
