"""Whose seat it is: small accounts of the world, taken over as they stand.

A seat takes over one of the world's own accounts instead of adding one: the world then is the same
to the last digit until the seat decides otherwise, and leaving the account to its habit is what a
decision is compared with. It is a small one that posts with some regularity: few followers, and at
least two posts that are still up, both of which anybody can see. With one, a tenth to a fifth of
them were among the three quarters of accounts that post once in a hundred days, whose habit is no
creator's.
"""

from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from sim.world import brand, community
from sim.world.rng import Key, streams
from sim.world.rules import Rules
from sim.world.state import Memory, World, row_of

(GRANT,) = streams("creator's seat", "followers granted")
SMALL = 10  # followers below which an account is small, as in the measures
REGULAR = 2  # posts that are up of one who posts with some regularity; assumed


def candidates(world: World) -> Int[Tensor, " some"]:
    """Rows of the accounts that a seat may take over, the smallest first."""
    order, posting, followers = _ranked(world)
    return order[(posting & (followers < SMALL))[order]]


def _ranked(world: World) -> tuple[Tensor, Tensor, Tensor]:
    """Rows by followers, the fewest first; who posts regularly; and followers."""
    creators, videos = world.creators, world.videos
    held = videos.creator[(videos.id > 0) & ~videos.removed]
    by, none = row_of(held, len(creators.id)), torch.zeros_like(creators.id)
    posts = none.index_add(0, by, torch.ones_like(held))
    followers = community.followers(world.memory, len(creators.id))
    posting = (posts >= REGULAR) & creators.active
    return followers.argsort(stable=True), posting, followers


def drawn(
    world: World, seats: int, taken: Bool[Tensor, " creators"], rng: np.random.Generator
) -> Int[Tensor, " some"]:
    """Rows of `seats` accounts, evenly among the small ones that post; where those are too few,
    the smallest others that post beside them, then any; fewer where the world has no more."""
    small = candidates(world)
    small = small[~taken[small]]
    chosen = small[torch.as_tensor(rng.permutation(len(small)), device=small.device)][:seats]
    order, posting, _ = _ranked(world)
    for able in (posting, world.creators.active):
        if len(chosen) < seats:
            free = able & ~taken.index_fill(0, chosen, True)
            chosen = torch.cat([chosen, order[free[order]][: seats - len(chosen)]])
    return chosen


def granted(world: World, rules: Rules, row: int, followers: int, key: Key) -> World:
    """The world in which the account at `row` has so many followers: viewers drawn evenly follow
    it as anybody does who begins to, or follow it no more."""
    memory, creator = world.memory, world.creators.id[row]
    mine = (memory.follows == creator).any(1)
    order = key.fold(GRANT).uniform(world.viewers.id).argsort()
    now = int(mine.sum())
    more = followers >= now
    able = world.viewers.registered & ~mine if more else mine
    who = order[able[order]][: abs(followers - now)]
    changed = {name: getattr(memory, name).clone() for name in TIES}
    memory = replace(memory, **changed)
    if more:
        _follow(memory, rules, who, creator, world.brand is not None)
    else:
        gone = (memory.follows == creator) & torch.isin(rows_of(memory), who)[:, None]
        memory.follows.masked_fill_(gone, 0)
        if world.brand is not None:
            memory.bond.masked_fill_(gone, 0.0)
            memory.felt.masked_fill_(gone, 0)
    return replace(world, memory=memory)


TIES = ("follows", "follow_count", "bond", "felt")


def rows_of(memory: Memory) -> Int[Tensor, " viewers"]:
    return torch.arange(len(memory.follows), device=memory.follows.device)


def _follow(memory: Memory, rules: Rules, who: Tensor, creator: Tensor, branded: bool) -> None:
    """In place, as a page does it."""
    ids = creator.expand(len(who), 1)
    made = torch.ones_like(ids, dtype=torch.bool)
    if branded:
        brand.remember(memory, who, ids, made, rules.params.brand)
        return
    held, count = community.follow(memory.follows[who], memory.follow_count[who], ids, made)
    memory.follows.index_copy_(0, who, held)
    memory.follow_count.index_copy_(0, who, count)
