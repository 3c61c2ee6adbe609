"""An agent at the creator's seat: what it is shown, what it answers, what it is told afterwards."""

from typing import Any

import torch
from torch import Tensor

from agents.registry import create
from sim.seats.creator.studios import Studios
from sim.seats.guard import Guard
from sim.world.rules import Rules
from sim.world.state import Backstage, Choice, Dashboard, Lived, World, rows, wrong_choice

OWN = 1_000_033  # an agent's seed is its own, never the world's


class Author:
    """An agent behind glass: it is handed copies, and what it answers is checked."""

    def __init__(self, agent: Any, studios: Studios, label: str = "", explore: bool = True):
        self.agent = create(agent, "creator")
        self.guard = Guard(self.agent, label)
        self.studios, self.explore = studios, explore

    def reset(self, seed: int) -> None:
        own, day = (seed + OWN) % (1 << 63), 0
        with self.guard.calling("reset", day):
            s = self.studios
            self.agent.reset(seats=s.seats, seed=own, device=s.device)

    def live(self) -> Lived:
        """A day: it looks, chooses, lives it and learns."""
        seen = self.studios.observe()
        choice = self.choose(seen)
        held = self.studios.held
        reward = self.studios.live(choice)
        over = (held & ~self.studios.held) | self.studios.over
        lived = Lived(seen, choice, reward, over, self.studios.observe())
        with self.guard.calling("learn", seen.day):
            report = self.agent.learn(lent(lived))
        if not isinstance(report, dict):
            got, cure = f"returned {type(report).__name__}, not figures by name", "Return {}."
            raise self.guard.wrong("learn", seen.day, got, cure)
        return lived

    def choose(self, seen: Dashboard) -> Choice:
        s = self.studios
        truth = backstage(s.world, s.clock.rules, s.row) if self.guard.privileged else None
        extra = {} if truth is None else {"truth": truth}
        with self.guard.calling("act", seen.day):
            choice = self.agent.act(lent(seen), explore=self.explore, **extra)
        wrong = wrong_choice(choice, self.studios.seats, len(seen.trends))
        if wrong:
            rule, got, cure = wrong
            raise self.guard.wrong("act", seen.day, f"broke a rule: {rule}; got {got}", cure)
        return lent(choice)


def lent(message: Any) -> Any:
    """A copy, so that what its holder writes there stays with the holder."""
    return rows(message, Tensor.clone)


def backstage(world: World, rules: Rules, row: Tensor) -> Backstage:
    """What only a privileged agent is handed, of a world and the accounts at `row`."""
    people, videos, p = world.viewers, world.videos, rules.params
    live = (videos.id > 0) & ~videos.removed
    topics = people.taste.shape[1]
    count = torch.zeros(topics, device=row.device).index_add(0, videos.topic, live.float())

    def told(value: Any) -> Tensor:
        return torch.tensor(value, device=row.device)

    likes = p.appeal
    return Backstage(
        wants=people.taste[people.registered].clone(),
        supply=count / count.sum().clamp(min=1),
        skill=world.creators.skill[row].clone(),
        budget=world.creators.budget[row].clone(),
        hours=told(p.careers.post_hours),
        quality=told(p.craft.quality),
        hook=told(p.craft.hook),
        bend=told(p.craft.bend),
        wear=told(p.careers.drain / max(p.careers.recover, 1e-6)),
        tired=told(p.careers.tired),
        appeals=told(
            (likes.quality, likes.hook, likes.satisfaction_quality, likes.satisfaction_bait)
        ),
    )
