"""Actors learn from what became of their posts, and choose what to do next; all in the night."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.rng import Key, streams
from sim.world.state import (
    GOAL_OF,
    GOALS,
    KINDS,
    TACTICS,
    Creators,
    Threats,
    Videos,
    nobody,
    places,
    put,
    row_of,
    rows_at,
)
from sim.world.threats.params import ActorParams

CHOICE, MODEL = streams("adapting", "choice", "model")
_MOVE, _SPLIT, _IMITATE, _BUY, _WAIT = (
    TACTICS.index(n) for n in ("move", "split", "imitate", "buy", "wait")
)
_PLAIN, _RING, _BRIGADE = TACTICS.index("plain"), KINDS.index("ring"), KINDS.index("brigade")
_SLIGHT = 1e-3  # by which chance decides between what seems alike
_ONE = 0.5  # post, beside those made, so that nothing is divided by none


def learned(
    threats: Threats, videos: Videos, rate: Float[Tensor, " actors"], params: ActorParams
) -> Threats:
    """The evening: each actor counts what its posts brought today by tactic, and what was taken
    down; what it learned before counts for less every day. It sees no more than that."""
    n, device = len(rate), rate.device
    owner = rows_at(threats.actor, row_of(videos.creator, len(threats.actor)))
    own = owner.bool() & (videos.id > 0)
    row = places(own)
    mine, run = own[row], (owner[row] - 1).clamp(min=0)
    cell = (run * len(TACTICS) + threats.tactic[row]) * mine
    goal = torch.tensor(GOAL_OF, device=device)[threats.actors.kind[run]]
    reach = goal == GOALS.index("reach")
    brought = torch.where(reach, videos.views_today[row], threats.done[row])
    gone = own & videos.removed & ~threats.noticed

    def by_tactic(x: Tensor) -> Float[Tensor, "actors tactics"]:
        none = torch.zeros(n * len(TACTICS), dtype=torch.int64, device=device)
        return none.index_add(0, cell, x.long() * mine).view(n, -1).float()

    actors = threats.actors
    against = actors.kind == _BRIGADE
    done = torch.where(against, 1.0, rate)  # a brigade's attack is one
    today = torch.zeros_like(actors.posts).scatter(1, actors.tactic[:, None], done[:, None])
    hits = torch.zeros_like(today).scatter(1, actors.tactic[:, None], _hits(threats, videos))
    keep = params.forget
    return replace(
        threats,
        noticed=threats.noticed | gone,
        done=torch.zeros_like(threats.done),
        actors=replace(
            actors,
            posts=keep * actors.posts + today,
            gone=keep * actors.gone + by_tactic(gone[row]),
            gain=keep * actors.gain + by_tactic(brought) + hits,
        ),
    )


def _hits(threats: Threats, videos: Videos) -> Float[Tensor, "actors one"]:
    """Of what brigades had reported today, how much was taken down."""
    at = row_of(threats.targets, len(videos.id))
    down = videos.removed[at] & (videos.id[at] == threats.targets) & (threats.targets > 0)
    return (down.sum(1) * (threats.actors.kind == _BRIGADE)).float()[:, None]


def worth(threats: Threats, params: ActorParams) -> Float[Tensor, "actors tactics"]:
    """What each actor thinks of each tactic: what a post brings, as a multiple of what its posts
    bring on average, less its fear of removal, and more where it knows little (discounted UCB,
    Garivier and Moulines 2011)."""
    a = threats.actors
    posts, whole = a.posts + _ONE, (a.posts + _ONE).sum(1, keepdim=True)
    mean = (a.gain.sum(1, keepdim=True) / whole).clamp(min=1e-9)
    doubt = params.explore * (torch.log1p(whole) / posts).sqrt()
    return a.gain / posts / mean - params.fear * (a.gone / posts).clamp(max=1) + doubt


def chosen(
    threats: Threats, barred: Bool[Tensor, " creators"], params: ActorParams, key: Key
) -> Threats:
    """The tactic of tomorrow, among those that the budget pays for; and the first account that is
    open."""
    a = threats.actors
    n, device = len(a.kind), a.kind.device
    purse = (a.budget + params.allowance).clamp(max=params.purse)
    cost = torch.tensor(params.cost, device=device).repeat(n, 1)
    cost[:, _BUY] = torch.where(a.kind == _RING, 0.0, cost[:, _BUY])  # theirs are their own
    slight = _SLIGHT * key.fold(CHOICE).uniform(torch.arange(n, device=device), len(TACTICS))
    able = (cost <= purse[:, None]) & _can(a.kind)
    tactic = torch.where(able, worth(threats, params) + slight, -torch.inf).argmax(1)
    paid = cost.gather(1, tactic[:, None])[:, 0]
    moved = a.moved + params.practice * (params.move - a.moved) * (tactic == _MOVE)
    actors = replace(
        a, tactic=tactic, budget=purse - paid, moved=moved,
        account=_open_account(threats, barred, params),
    )  # fmt: skip
    return replace(threats, actors=actors)


def _can(kind: Int[Tensor, " actors"]) -> Bool[Tensor, "actors tactics"]:
    """Brigades post nothing: they send accounts out, or wait."""
    tactic = torch.arange(len(TACTICS), device=kind.device)
    against = (tactic == _BUY) | (tactic == _WAIT)
    return (kind != _BRIGADE)[:, None] | against


def _open_account(
    threats: Threats, barred: Bool[Tensor, " creators"], params: ActorParams
) -> Int[Tensor, " actors"]:
    """The one used so far, or the first that is not barred."""
    a, each = threats.actors, params.accounts
    n = len(a.kind)
    shut = barred[len(barred) - n * each :].view(n, each)
    now = shut.gather(1, a.account[:, None])[:, 0]
    return torch.where(now, (~shut).int().argmax(1), a.account)


def imitating(creators: Creators, threats: Threats, key: Key) -> Creators:
    """Accounts of actors who imitate take on topic and style of a creator whom many follow."""
    run = threats.actor > 0
    owner = (threats.actor - 1).clamp(min=0)
    copies = run & (threats.actors.tactic[owner] == _IMITATE)
    at = places(copies)
    if nobody(at):  # many nights
        return creators
    crowd = torch.where(run, 0, creators.followers).double().cumsum(0)
    u = key.fold(MODEL).uniform(threats.actors.kind.new_tensor(range(len(threats.actors.kind))))
    model = torch.searchsorted(crowd, u.double() * crowd[-1]).clamp(max=len(crowd) - 1)
    model, copies = model[owner[at]], copies[at]

    def taken_over(trait: Tensor) -> Tensor:
        return put(trait, at, trait[model], copies)

    return replace(
        creators,
        niche=taken_over(creators.niche),
        niche2=taken_over(creators.niche2),
        style=taken_over(creators.style),
    )
