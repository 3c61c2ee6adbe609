"""Fake accounts: who hires them, what they open, and what they do there."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from sim.world.rng import Key, streams
from sim.world.state import (
    EVENT_FLAGS,
    KINDS,
    TACTICS,
    Mood,
    Threats,
    Videos,
    Viewers,
    places,
    row_of,
)
from sim.world.threats.params import BotParams

BUSY, FOLLOWS, REPORTS, RENEWED, CHOSEN = streams(
    "bots", "busy", "follows", "reports", "renewed", "chosen"
)
_BUY, _BRIGADE = TACTICS.index("buy"), KINDS.index("brigade")
_FOLLOW, _REPORT = (1 << EVENT_FLAGS.index(name) for name in ("follow", "report"))
NEVER, SURE, LIKES = -50.0, 25.0, 1e6  # logits, logits and odds
TIME, PATIENCE = 100_000.0, 1_000.0  # enough for a page, whatever is on it


def enlisted(viewers: Viewers, threats: Threats, joined: Tensor, who: Tensor) -> Viewers:
    """Fake accounts are registered where `who`, and never come by themselves."""
    bot = threats.bot
    return replace(
        viewers,
        registered=viewers.registered | who,
        joined=torch.where(who, joined, viewers.joined),
        activity=torch.where(bot, NEVER, viewers.activity),
    )


def renewed(
    viewers: Viewers, threats: Threats, params: BotParams, key: Key
) -> Bool[Tensor, " viewers"]:
    """Which closed accounts others are bought for this morning."""
    closed = threats.bot & ~viewers.registered
    at = places(closed)
    new = key.fold(RENEWED).uniform(viewers.id[at]) < params.renew
    return closed.index_put((at,), closed[at] & new)


def targets(
    threats: Threats,
    videos: Videos,
    fresh: Bool[Tensor, " videos"],
    most: int,
    key: Key,
) -> Int[Tensor, "actors places"]:
    """Ids of what each actor would have opened today: its own of the `fresh` posts; brigades pick
    among those of others. 0 where there is none."""
    n, device = len(threats.actors.kind), fresh.device
    new = places(fresh)
    owner = threats.actor[row_of(videos.creator[new], len(threats.actor))]
    able, bad = fresh[new] & (owner == 0), fresh[new] & (owner > 0)
    # each with one more, for nobody
    held, whose, is_bad = (torch.nn.functional.pad(x, (0, 1)) for x in (new, owner, bad))
    some = torch.nn.functional.pad(places(bad), (0, 1))
    row, first = held[some], torch.where(is_bad[some], whose[some], n + 1)
    first[-1] = n + 1
    run, order = first.sort(stable=True)
    at = torch.searchsorted(run, torch.arange(1, n + 1, device=device))
    at = at[:, None] + torch.arange(most, device=device)
    at = at.clamp(max=len(run) - 1)
    mine = run[at] == torch.arange(1, n + 1, device=device)[:, None]
    own = torch.where(mine, videos.id[row[order[at]]], 0)
    against = threats.actors.kind == _BRIGADE
    u = torch.where(able, key.fold(CHOSEN).uniform(videos.id[new]), 2.0)
    drawn = u.topk(min(n * most, len(u)), largest=False)
    others = torch.where(drawn.values < 2, videos.id[new[drawn.indices]], 0)
    others = torch.nn.functional.pad(others, (0, n * most - len(others))).view(n, most)
    dealt = others[(against.long().cumsum(0) - 1).clamp(min=0)]
    return torch.where(against[:, None], dealt, own)


def errands(
    threats: Threats,
    registered: Bool[Tensor, " viewers"],
    name: Int[Tensor, " viewers"],
    busy: Int[Tensor, "actors places"],
    params: BotParams,
    key: Key,
) -> Int[Tensor, " viewers"]:
    """Which actor each fake account works for today: those who buy, and have something to open,
    get `hire` of the accounts each, or an equal part where there are too many of them."""
    buys = (threats.actors.tactic == _BUY) & (busy > 0).any(1)
    nth = buys.long().cumsum(0)
    width = torch.minimum(
        torch.full_like(nth[-1], 1.0, dtype=torch.float32) * params.hire,
        1 / nth[-1].clamp(min=1),
    )
    bot = threats.bot & registered
    at = places(bot)
    place = (key.fold(BUSY).uniform(name[at]) / width.clamp(min=1e-9)).long() + 1
    hired = bot[at] & (place <= nth[-1]) & (width > 0)
    actor = torch.searchsorted(nth, place.clamp(max=nth[-1])) + 1
    return torch.zeros_like(name).index_put((at,), torch.where(hired, actor, 0))


def turned_up(viewers: Viewers, mood: Mood, threats: Threats) -> tuple[Viewers, Mood]:
    """Fake accounts on an errand are there, with time for it. Those who make videos look popular
    watch to the end and like; those of a brigade look for a moment."""
    bot, out = threats.bot, threats.errand > 0
    kind = threats.actors.kind[(threats.errand - 1).clamp(min=0)]
    against = kind == _BRIGADE
    zero = torch.zeros_like(viewers.haste)
    viewers = replace(
        viewers,
        haste=torch.where(bot, torch.where(against, SURE, -SURE), viewers.haste),
        stay=torch.where(bot, torch.where(against, -SURE, SURE), viewers.stay),
        like_odds=torch.where(bot, torch.where(against, zero, LIKES), viewers.like_odds),
    )
    mood = replace(
        mood,
        present=torch.where(bot, out, mood.present),
        time_left=torch.where(bot, TIME * out, mood.time_left),
        patience_left=torch.where(bot, PATIENCE * out, mood.patience_left),
    )
    return viewers, mood


def sent(
    threats: Threats, row: Int[Tensor, " awake"]
) -> tuple[Int[Tensor, " bots"], Int[Tensor, "places bots"]] | None:
    """Places in the page of the fake accounts, and the ids that each was sent to; None where there
    are none."""
    errand = threats.errand.index_select(0, row)
    who = errand.nonzero().squeeze(1)
    if not len(who):  # all pages but a day's first
        return None
    return who, threats.targets[errand[who] - 1].T


def act(
    flags: Int[Tensor, "awake slots"],
    seen: Bool[Tensor, "awake slots"],
    threats: Threats,
    who: Int[Tensor, " bots"],
    row: Int[Tensor, " bots"],
    name: Int[Tensor, " bots"],
    params: BotParams,
    key: Key,
) -> None:
    """What they do besides watching and liking, in place: they follow, or report."""
    slots = flags.shape[1]
    kind = threats.actors.kind[threats.errand[row] - 1]
    against = (kind == _BRIGADE)[:, None]
    follow = key.fold(FOLLOWS).uniform(name, slots) < params.follow
    report = key.fold(REPORTS).uniform(name, slots) < params.report
    done = torch.where(against, report * _REPORT, follow * _FOLLOW) * seen[who]
    flags[who] |= done.to(flags.dtype)


def spent(mood: Mood, row: Int[Tensor, " bots"]) -> None:
    """Their errand is done; in place."""
    mood.time_left.index_fill_(0, row, 0.0)
