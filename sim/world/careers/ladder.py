"""The house's creators: by habit, imitators of what went viral, bandits on their own figures, and
planners; each reads no more than a creator's own page and the charts show."""

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.careers.params import CareerParams
from sim.world.rng import Key, streams
from sim.world.state import (
    ARMS,
    FORMATS,
    HOUSE,
    Conduct,
    Creators,
    Posts,
    Videos,
    by_habit,
    places,
    row_of,
)

COPIES, WHICH, TRIES, ARM = streams("house creators", "copies", "which", "tries", "arm")
TOP = 16  # videos of yesterday's charts that imitators look at; assumed
BAIT = 0.3  # honesty of a bandit's tempting title; assumed
STEP = 0.2  # by which a bandit's guess of an arm follows what it brought; assumed
CARE, EVENING = 0.8, 20.0  # a planner's effort in quality, and the hour of posting; assumed
D = TypeVar("D", Posts, Conduct)


@dataclass(frozen=True)
class Board:
    """What went viral yesterday, as the charts show it."""

    topic: Int[Tensor, " top"]
    format: Int[Tensor, " top"]

    @staticmethod
    def of(videos: Videos) -> "Board":
        """Before the day's views are cleared."""
        top = videos.views_today.topk(min(TOP, len(videos.id))).indices
        return Board(videos.topic[top], videos.format[top])


def reward(creators: Creators, videos: Videos, day: Tensor) -> Creators:
    """The night: each bandit sees what the posts of the day brought on their first day, as
    ln(1 + views) a post, and moves its guess of the arm that it played."""
    new, none = (videos.uploaded == day) & (videos.id > 0), torch.zeros_like(creators.id)
    row = places(new)
    at = row_of(videos.creator[row], len(creators.id))
    views = none.index_add(0, at, videos.views_today[row] * new[row])
    posts = none.index_add(0, at, new[row].long())
    at = places(posts > 0)
    told = torch.log1p(views[at] / posts[at].clamp(min=1))
    arms = torch.arange(ARMS, device=none.device)
    played = (creators.arm[at, None] == arms) & (posts[at] > 0)[:, None]
    old, tried = creators.worth[at], creators.tried[at]
    step = torch.where(tried == 0, 1.0, STEP)
    worth = torch.where(played, old + step * (told[:, None] - old), old)
    return replace(
        creators,
        worth=creators.worth.index_copy(0, at, worth),
        tried=creators.tried.index_copy(0, at, tried + played),
    )


def decide(
    creators: Creators, board: Board, params: CareerParams, key: Key
) -> tuple[Creators, Posts, Conduct]:
    """What the house's creators decide today; whoever goes by habit decides nothing."""
    n, device = len(creators.id), creators.id.device
    posts, conduct = by_habit(Posts, n, device), by_habit(Conduct, n, device)
    topic, form = _copied(creators, board, posts, params, key)
    bandit = _is(creators, "bandit")
    at = places(bandit)
    arm = torch.where(bandit[at], _arm(creators, at, params, key), creators.arm[at])
    form = form.index_copy(0, at, torch.where(bandit[at], arm % len(FORMATS), form[at]))
    baits = bandit[at] & (arm >= len(FORMATS))
    honesty = posts.honesty.index_copy(0, at, torch.where(baits, BAIT, posts.honesty[at]))
    planner = _is(creators, "planner")
    return (
        replace(creators, arm=creators.arm.index_copy(0, at, arm)),
        replace(
            posts,
            topic=torch.where(planner, creators.niche, topic),
            format=form,
            honesty=torch.where(planner, 1.0, honesty),
            effort_quality=torch.where(planner, CARE, posts.effort_quality),
            hour=torch.where(planner, EVENING, posts.hour),
        ),
        replace(conduct, replies=torch.where(planner, 1e6, conduct.replies)),  # all that came
    )


def _copied(
    creators: Creators, board: Board, posts: Posts, params: CareerParams, key: Key
) -> tuple[Int[Tensor, " creators"], Int[Tensor, " creators"]]:
    """Topic and format of the day's posts, where imitators take them from what went viral."""
    imitator = _is(creators, "imitator")
    at = places(imitator)
    name, topic, form = creators.id[at], posts.topic[at], posts.format[at]
    copies = imitator[at] & (key.fold(COPIES).uniform(name) < params.imitate)
    which = key.fold(WHICH).integer(name, len(board.topic))
    return (
        posts.topic.index_copy(0, at, torch.where(copies, board.topic[which], topic)),
        posts.format.index_copy(0, at, torch.where(copies, board.format[which], form)),
    )


def _arm(
    creators: Creators, at: Int[Tensor, " bandits"], params: CareerParams, key: Key
) -> Int[Tensor, " bandits"]:
    """The arm that each bandit plays: each once, then mostly the best so far."""
    untried, name = (creators.tried[at] == 0).float(), creators.id[at]
    best = (creators.worth[at] + 1e6 * untried).argmax(1)
    other = key.fold(ARM).integer(name, ARMS)
    tries = key.fold(TRIES).uniform(name) < params.explore
    return torch.where(tries, other, best)


def _is(creators: Creators, kind: str) -> Tensor:
    return creators.kind == HOUSE.index(kind)


def merged(told: D | None, house: D) -> D:
    """What a seat decides, and the house's decision where it leaves that to habit."""
    if told is None:
        return house
    new: dict[str, Float[Tensor, " creators"] | Int[Tensor, " creators"]] = {}
    for field in fields(house):
        own, other = getattr(told, field.name), getattr(house, field.name)
        habit = torch.isnan(own) if own.is_floating_point() else own < 0
        new[field.name] = torch.where(habit, other, own)
    return replace(house, **new)
