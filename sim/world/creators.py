"""Those who post: how creators are born, and how they answer attention."""

from dataclasses import dataclass, replace
from typing import Annotated

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.ranges import Correlation, Share, Spread, Within
from sim.world.rng import Key, streams
from sim.world.state import ARMS, Creators

(NICHE, NICHE2, STYLE, SKILL, FLASH, POSTER, CADENCE, ANSWER, FAME, POSTS) = streams(
    "creators", "niche", "second niche", "style", "skill", "flash", "poster", "cadence", "answer",
    "fame", "posts",
)  # fmt: skip
MOST = 24  # posts of one creator on one day
LONG_AGO = 1 << 40  # days


@dataclass(frozen=True)
class CreatorParams:
    active_share: Annotated[float, Within(0.001, 1)]  # of accounts that post with any regularity
    cadence: Annotated[float, Within(0.01, 5)]  # median posts a day of those
    cadence_sd: Spread  # of its ln
    idle_cadence: Annotated[float, Within(0, 5)]  # mean posts a day of all other accounts
    answer_share: Share  # of creators whose posting answers attention at all
    answer: Annotated[float, Within(0, 3)]  # their elasticity: ln posts per ln attention
    attention_rate: Share  # share of the usual attention renewed a day
    fame_sd: Annotated[float, Within(0, 4)]  # of the ln of the audience brought along
    fame_skill: Correlation  # correlation of the ln audience with skill


def born(
    name: Int[Tensor, " creators"], styles: int, shares: Tensor, params: CreatorParams, key: Key
) -> Creators:
    """The creators of these names; `shares` are the cumulative shares of topics."""

    def uniform(stream):
        return key.fold(stream).uniform(name)

    def normal(stream, *columns):
        return key.fold(stream).normal(name, *columns)

    skill = normal(SKILL)
    active = uniform(POSTER) < params.active_share
    habit = params.cadence * (params.cadence_sd * normal(CADENCE)).exp()
    own = (1 - params.fame_skill**2) ** 0.5
    fame = params.fame_sd * (params.fame_skill * skill + own * normal(FAME))
    answers = uniform(ANSWER) < params.answer_share
    zero, none = torch.zeros_like(skill), torch.zeros_like(name)
    return Creators(
        id=name,
        niche=torch.bucketize(uniform(NICHE), shares[:-1], right=True),
        niche2=torch.bucketize(uniform(NICHE2), shares[:-1], right=True),
        style=normal(STYLE, styles) / styles**0.5,
        skill=skill,
        flash=normal(FLASH),
        cadence=torch.where(active, habit.clamp(max=MOST / 2), params.idle_cadence),
        answer=torch.where(answers, params.answer, 0.0),
        surprise=zero,
        usual=zero,
        fame=torch.where(active, fame, fame - 1.0).exp(),  # assumed: idle accounts are less known
        followers=none,
        posts=none,
        views=none,
        views_today=none,
        kind=none,
        active=none == 0,
        joined=none - 365,
        left=none - LONG_AGO,
        budget=zero + 1,
        hours=zero,
        energy=zero + 1,
        burnout=zero,
        morale=zero + 1,
        hoped=zero,
        arm=none,
        worth=zero[:, None].repeat(1, ARMS),
        tried=none[:, None].repeat(1, ARMS),
    )


def learn(creators: Creators, day: Tensor, params: CreatorParams) -> Creators:
    """The night: each looks at the dashboard and compares the day with the usual."""
    views = creators.views_today.float()
    first = creators.usual == 0
    usual = torch.where(first, views, torch.lerp(creators.usual, views, params.attention_rate))
    news = (torch.log1p(views) - torch.log1p(creators.usual)).clamp(-2, 2)
    surprise = torch.where(first, 0.0, 0.5 * creators.surprise + 0.5 * news)
    return replace(
        creators, surprise=surprise, usual=usual, views_today=torch.zeros_like(creators.views_today)
    )


def plan(
    creators: Creators,
    params: CreatorParams,
    key: Key,
    will: Float[Tensor, " creators"] | None = None,
) -> Int[Tensor, " creators"]:
    """Posts of each creator today: a Poisson count around habit, raised by attention, and
    multiplied by what `will` there is."""
    rate = creators.cadence * torch.exp(creators.answer * creators.surprise)
    rate = rate if will is None else rate * will
    return key.fold(POSTS).poisson(creators.id, rate, MOST)


def obey(
    habit: Int[Tensor, " creators"], count: Int[Tensor, " creators"]
) -> Int[Tensor, " creators"]:
    """Posts of each creator where some decide for themselves; -1 leaves it to habit."""
    return torch.where(count < 0, habit, count.clamp(max=MOST))


def assign(posts: Int[Tensor, " creators"], width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Lay the day's posts out in `width` places: creator's row, number among today's, used or not.

    Where creators post more than `width` in all, the last ones by row wait for another day.
    """
    end = posts.cumsum(0)
    place = torch.arange(width, device=posts.device)
    creator = torch.searchsorted(end, place, right=True).clamp(max=len(posts) - 1)
    return creator, place - (end - posts)[creator], place < end[-1]
