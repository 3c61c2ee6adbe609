"""What audiences hold of creators, by creator's group: followers, the parts of brand equity."""

import torch
from jaxtyping import Bool
from torch import Tensor

from sim.world import brand
from sim.world.state import SEGMENTS, World, row_of

WEEK = 7
SMALL = 10  # followers below which a creator is a new one to most
PARTS = ("brand_equity", "awareness", "association", "perceived_quality", "loyalty")


def posting(world: World) -> Bool[Tensor, " creators"]:
    """Creators with a video of the last seven days."""
    videos, creators = world.videos, world.creators
    live = (world.day - videos.uploaded < WEEK) & (videos.id > 0)
    none = torch.zeros_like(creators.id)
    return none.index_add(0, row_of(videos.creator, len(none)), live.long()) > 0


def groups(world: World) -> dict[str, Bool[Tensor, " creators"]]:
    """Of those who post: all, the tenth with most followers, the others, and those with few."""
    some, followers = posting(world), world.creators.followers.double()
    large = some
    if bool(some.any()):
        large = some & (followers >= followers[some].quantile(0.9))
    new = some & (world.creators.followers < SMALL)
    return {"all": some, "creator:large": large, "creator:small": some & ~large, "creator:new": new}


def segments(world: World) -> Tensor:
    """Registered viewers by segment."""
    here = world.viewers.registered.float()
    none = torch.zeros(SEGMENTS, device=world.device)
    return none.index_add(0, world.viewers.age_band, here)


def equity(world: World) -> brand.Equity:
    """Of every creator; the world must build brands."""
    assert world.brand is not None
    return brand.equity(world.brand, world.creators.followers, segments(world))


def measure(world: World) -> list[tuple[str, str, float]]:
    """Means over the creators of each group who posted in the last seven days."""
    if world.brand is None:
        return []
    found = equity(world)
    values = {name: getattr(found, name) for name in PARTS}
    values["followers"] = world.creators.followers.float()
    values["burnout"] = world.creators.burnout
    return [
        (name, group, float(value[mask].mean()))
        for group, mask in groups(world).items()
        for name, value in values.items()
    ]
