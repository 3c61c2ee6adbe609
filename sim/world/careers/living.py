"""Work and rest, hope and discouragement, giving up and beginning."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.careers.params import CareerParams, kinds
from sim.world.rng import Key, streams
from sim.world.state import Brand, Conduct, Creators, Posts, most

LEAVES, BEGINS, KIND, HOURS = streams("careers", "leaves", "begins", "kind", "hours")
_ROOM = 1.5  # hours that there are at least, over those that posting by habit takes; assumed
_LEAST = 1e-3  # of morale
EFFORT = 0.5  # by habit


def dealt(creators: Creators, params: CareerParams, key: Key) -> Creators:
    """How each decides, and the hours that each has: enough for the posts of habit."""
    p, name = params, creators.id
    own = p.hours * (p.hours_sd * key.fold(HOURS).normal(name)).exp()
    need = _ROOM * creators.cadence * sum(p.post_hours) / len(p.post_hours)
    budget = torch.maximum(own, need).clamp(min=_LEAST)
    return replace(creators, kind=kinds(key.fold(KIND).uniform(name), p), budget=budget)


def reflect(creators: Creators, params: CareerParams) -> Creators:
    """The night: recent views against those hoped for. Hope follows slowly, morale faster: what
    stays away for long is missed less and less, and so are the creators who left over it."""
    p, first = params, creators.hoped == 0
    hoped = torch.lerp(creators.hoped, creators.usual, p.hope_rate)
    hoped = torch.where(first, creators.usual, hoped)
    gap = torch.log1p(creators.usual) - torch.log1p(hoped) + p.hope_slack
    aim = torch.exp(gap.clamp(max=0))
    morale = torch.lerp(creators.morale, aim, p.morale_rate)
    return replace(creators, hoped=hoped, morale=morale)


def will(creators: Creators, params: CareerParams) -> Float[Tensor, " creators"]:
    """By what posting is multiplied: the discouraged post less, those who left nothing."""
    return creators.active * creators.morale.clamp(min=_LEAST) ** params.discourage


def leave(
    creators: Creators,
    day: Tensor,
    params: CareerParams,
    key: Key,
    seated: Bool[Tensor, " creators"] | None = None,
) -> Creators:
    """Some give up: the likelier, the lower their morale and the longer they are worn out. Who is
    `seated` decides that alone."""
    p = params
    chance = p.leave + p.leave_low * (1 - creators.morale) ** 2 + p.leave_burnt * creators.burnout
    gone = creators.active & (key.fold(LEAVES).uniform(creators.id) < chance)
    gone = gone if seated is None else gone & ~seated
    return replace(
        creators, active=creators.active & ~gone, left=torch.where(gone, day, creators.left)
    )


def reborn(
    creators: Creators, day: Tensor, rest: int, params: CareerParams, key: Key
) -> tuple[Bool[Tensor, " creators"], Int[Tensor, " creators"]]:
    """Where somebody new begins, and under which permanent id: in the row of one who left more than
    `rest` days ago, whose last videos nobody is shown any more."""
    name = creators.id + len(creators.id)
    free = ~creators.active & (day - creators.left > rest) & (name <= most("creator"))
    return free & (key.fold(BEGINS).uniform(creators.id) < params.arrive), name


def work(
    creators: Creators,
    count: Int[Tensor, " creators"],
    posts: Posts,
    conduct: Conduct,
    brand: Brand,
    params: CareerParams,
) -> Creators:
    """The hours that the day takes, and what they leave of energy. Hours beyond those that there
    are wear out; rest brings back a part of what is missing."""
    p = params
    each = torch.tensor(p.post_hours, device=count.device)
    usual = each.mean().expand_as(creators.energy)
    hours = torch.where(posts.format < 0, usual, each[posts.format.clamp(min=0)])
    effort = _told(posts.effort_quality, EFFORT) + _told(posts.effort_hook, EFFORT)
    used = count * hours * (0.4 + 0.6 * effort)  # two fifths are there whatever the effort; assumed
    answers = torch.minimum(_told(conduct.replies, 0.0), brand.waiting.float())
    used = used + answers * p.reply_minutes / 60 + _told(conduct.community, 0.0) * p.act_hours
    over = (used / creators.budget - 1).clamp(min=0)
    energy = creators.energy + p.recover * (1 - creators.energy) - p.drain * over
    energy = energy.clamp(0, 1)
    burnout = torch.lerp(creators.burnout, 1 - energy, p.burnout_rate)
    return replace(creators, hours=used, energy=energy, burnout=burnout)


def _told(told: Tensor, habit: float) -> Tensor:
    return torch.where(torch.isnan(told), habit, told)
