"""Actors post: accounts like others to look at, harmful videos that appeal by their hook."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.rng import Key, streams
from sim.world.state import (
    FEATURES,
    HARM_OF,
    HARMS,
    KINDS,
    TACTICS,
    Creators,
    Threats,
    Videos,
    places,
    put,
    rows,
)
from sim.world.threats.params import ActorParams, shares

POSTS, SEVERITY, CODE = streams("threats", "posts", "severity", "code")
_MOVE, _SPLIT, _IMITATE, _WAIT = (TACTICS.index(n) for n in ("move", "split", "imitate", "wait"))
MOST = 24  # posts of one account on one day


@dataclass(frozen=True)
class Made:
    """What is hidden in the day's posts."""

    harm: Int[Tensor, " new"]  # as in Threats, likewise the others
    severity: Float[Tensor, " new"]
    evasion: Float[Tensor, " new"]
    tactic: Int[Tensor, " new"]


def codes(key: Key) -> Float[Tensor, "harms features"]:
    """How each kind of harm looks and sounds; of length 1, the same in every world."""
    names = torch.arange(len(HARMS), device=key.bits.device)
    code = key.fold(CODE).normal(names, sum(FEATURES.values()))
    return code / (code * code).sum(1, keepdim=True).sqrt()


def _of_kind(values: tuple[float, ...], kind: Int[Tensor, " some"]) -> Float[Tensor, " some"]:
    """By kind; 0 for brigades."""
    return torch.tensor((*values, 0.0), device=kind.device)[kind]


def disguised(creators: Creators, threats: Threats, params: ActorParams) -> Creators:
    """Accounts of actors are as different as others, shifted by their trade; they post by no habit
    of their own, and are little known."""
    run = threats.actor > 0
    kind = threats.actors.kind[(threats.actor - 1).clamp(min=0)]
    none = torch.zeros_like(creators.kind)
    return replace(
        creators,
        skill=creators.skill + run * _of_kind(params.skill, kind),
        flash=creators.flash + run * _of_kind(params.flash, kind),
        fame=torch.where(run, params.fame, creators.fame),
        cadence=torch.where(run, 0.0, creators.cadence),
        answer=torch.where(run, 0.0, creators.answer),
        kind=torch.where(run, none, creators.kind),
    )


def rates(
    kind: Int[Tensor, " actors"], counts: tuple[int, ...], posts: float, params: ActorParams
) -> Float[Tensor, " actors"]:
    """Posts a day of each, if all together make `posts`."""
    each = [share * posts / max(n, 1) for share, n in zip(shares(params), counts, strict=False)]
    return _of_kind(tuple(each), kind)


def plan(
    planned: Int[Tensor, " creators"],
    name: Int[Tensor, " creators"],
    threats: Threats,
    rate: Float[Tensor, " actors"],
    barred: Bool[Tensor, " creators"],
    params: ActorParams,
    key: Key,
) -> Int[Tensor, " creators"]:
    """Posts of each account today: all from one, or split over all that are not `barred`."""
    actors, run = threats.actors, threats.actor > 0
    owner = (threats.actor - 1).clamp(min=0)
    place = torch.arange(len(run), device=run.device) - (
        len(run) - int(params.accounts) * len(rate)
    )
    place = place % params.accounts
    tactic, open_ = actors.tactic[owner], run & ~barred
    free = torch.zeros_like(rate).index_add(0, owner, open_.float())
    used = torch.where(
        tactic == _SPLIT, 1 / free[owner].clamp(min=1), place == actors.account[owner]
    )
    each = rate[owner] * used * open_ * (tactic != _WAIT)
    at = places(run)
    posts = key.fold(POSTS).poisson(name[at], each[at], MOST)
    return planned.index_put((at,), torch.where(run[at], posts, planned[at]))


def made(
    video: Videos,
    author: Int[Tensor, " new"],
    threats: Threats,
    code: Float[Tensor, "harms features"],
    params: ActorParams,
    key: Key,
) -> tuple[Videos, Made]:
    """The day's posts, and what is hidden in those of actors; `author` are rows.

    What is moved is worse to watch. The mark of its kind stands in a video's features, as strong
    as it is severe, and fades as it is moved.
    """
    by = threats.actor[author]
    at = places(by > 0)  # few
    run, owner = by[at] > 0, (by[at] - 1).clamp(min=0)
    kind, tactic = threats.actors.kind[owner], threats.actors.tactic[owner]
    harm = torch.tensor(HARM_OF, device=kind.device)[kind] * run
    middle = _of_kind(params.severity, kind).clamp(1e-3, 1 - 1e-3)
    luck = params.severity_sd * key.fold(SEVERITY).normal(video.key[at])
    severity = torch.sigmoid(torch.logit(middle) + luck) * (harm > 0)
    by_moving = threats.actors.moved[owner] * (tactic == _MOVE) * run
    evasion = by_moving + params.imitate * (tactic == _IMITATE) * run
    worse = params.spoil * by_moving
    seen = (params.mark * severity * torch.exp(-evasion))[:, None] * code[(harm - 1).clamp(min=0)]
    quality, feature = video.quality[at], video.feature[at]
    promised = video.bait[at] + worse * (video.hook[at] > quality)
    marked = replace(
        video,
        quality=video.quality.index_copy(0, at, quality - worse),
        bait=video.bait.index_copy(0, at, promised),
        feature=video.feature.index_copy(0, at, feature + torch.where(run[:, None], seen, 0.0)),
    )
    hidden = (harm.to(torch.int8), severity, evasion, tactic * run)
    return marked, Made(*(x.new_zeros(len(by)).index_copy_(0, at, x) for x in hidden))


def keep(
    threats: Threats, row: Int[Tensor, " new"], new: Made, used: Bool[Tensor, " new"]
) -> Threats:
    """The ring with the day's posts in it; nothing is known of them, and nothing done yet."""
    at = places(used)
    row, used, new = row[at], used[at], rows(new, lambda field: field[at])

    def kept(old: Tensor, value: Tensor) -> Tensor:
        return put(old, row, value, used)

    none = torch.zeros_like(row)
    return replace(
        threats,
        harm=kept(threats.harm, new.harm),
        severity=kept(threats.severity, new.severity),
        evasion=kept(threats.evasion, new.evasion),
        tactic=kept(threats.tactic, new.tactic),
        noticed=kept(threats.noticed, none > 0),
        done=kept(threats.done, none),
    )


assert len(HARM_OF) == len(KINDS)
