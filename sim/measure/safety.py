"""What a day was like for safety: what harmful content was seen, what was done about it, and whom
it hit; nothing is told where threats rest."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from sim.measure import trail
from sim.world.state import COUNTS, EVENT_FLAGS, HARMS, Events, World, row_of
from sim.world.state.moderation import has

Measured = tuple[str, str, float]
_VIEWS = COUNTS.index("views")
_ENGAGED = ("like", "comment", "share", "follow", "collect")
VULNERABLE = 0.9  # quantile of vulnerability above which viewers are called vulnerable; assumed


def measured(world: World, events: list[Events]) -> list[Measured]:
    """The day's safety; `world` is as the day ended."""
    if world.threats is None:
        return []
    rows = [*_seen(world, events), *_borne(world)]
    return rows if world.moderation is None else [*rows, *_done(world), *_staff(world)]


def _seen(world: World, events: list[Events]) -> list[Measured]:
    """Of what people saw, the share that was harmful; of all engagement, the bots' share."""
    threats = world.threats
    assert threats is not None
    kinds = torch.zeros(1 + len(HARMS), dtype=torch.float64, device=world.device)
    severity, acts, fake = 0.0, 0, 0
    mask = sum(1 << EVENT_FLAGS.index(name) for name in _ENGAGED)
    for e in events:
        bot = threats.bot[e.request.row]
        seen = e.response.seen & ~bot[:, None]
        video = row_of(e.ids, len(world.videos.id))
        harm = threats.harm[video].long()
        kinds += torch.bincount(harm[seen], minlength=len(kinds)).double()
        severity += float((threats.severity[video] * (harm > 0) * seen).double().sum())
        acted = _bits(e.response.flags & mask)
        acts, fake = acts + int(acted.sum()), fake + int(acted[bot].sum())
    total = float(kinds.sum())
    rows = [("violative_view_rate", f"harm:{k}", _ratio(n, total)) for k, n in
            zip(HARMS, map(float, kinds[1:]), strict=True)]  # fmt: skip
    return [
        ("violative_view_rate", "all", _ratio(float(kinds[1:].sum()), total)),
        ("harm", "all", _ratio(severity, total)),
        ("bot_share", "all", _ratio(fake, acts)),
        *rows,
    ]


def _bits(flags: Tensor) -> Tensor:
    return sum(((flags >> i) & 1 for i in range(len(EVENT_FLAGS))), torch.zeros_like(flags))


def _borne(world: World) -> list[Measured]:
    """Harm that people carry: over all, and over the most vulnerable."""
    threats, people = world.threats, world.viewers
    assert threats is not None
    here = people.registered & ~threats.bot
    soft = threats.vulnerability.mean(1)
    line = soft[here].quantile(VULNERABLE) if bool(here.any()) else soft.new_tensor(math.inf)
    load = threats.harmed.sum(1).double()
    return [
        ("harm_borne", "all", _mean(load, here)),
        ("harm_borne", "viewer:vulnerable", _mean(load, here & (soft >= line))),
    ]


def _done(world: World) -> list[Measured]:
    """Removals of last night and this morning, by what they hit."""
    threats, videos = world.threats, world.videos
    assert threats is not None
    posted = (videos.id > 0) & (videos.uploaded == world.day)
    table = trail.rows(world)
    gone = table[trail.is_(table, None, "remove")]
    harm = trail.column(gone, "harm")
    wrong, n = int((harm == 0).sum()), len(gone)
    rows = [
        ("removals", "all", float(n)),
        ("removed_share", "all", _ratio(n, int(posted.sum()))),
        ("wrongful_removals", "all", float(wrong)),
        ("wrongful_removal_rate", "all", _ratio(wrong, n)),
        ("views_before_removal", "all", _ratio(int(trail.column(gone, "views").sum()), n)),
        ("reinstated", "all", float(trail.is_(table, None, "reinstate").sum())),
        ("appeals", "all", float(trail.is_(table, "filing", "appeal").sum())),
        ("harm_prevented", "all", _prevented(world, gone)),
        ("violative_uploads", "all", float((posted & (threats.harm > 0)).sum())),
    ]
    for i, name in enumerate(HARMS, start=1):
        posts = posted & (threats.harm == i)
        rows += [
            ("violative_uploads", f"harm:{name}", float(posts.sum())),
            ("removals", f"harm:{name}", float((harm == i).sum())),
        ]
    machine = gone[trail.is_(gone, "machine", "remove")]
    large = _large(world, trail.column(gone, "creator"))
    for group, some in (("creator:large", large), ("creator:small", ~large)):
        rows.append(("wrongful_removals", group, float(((harm == 0) & some).sum())))
    bad = int((trail.column(machine, "harm") > 0).sum())
    return [*rows, ("classifier_precision", "all", _ratio(bad, len(machine)))]


def _large(world: World, creator: Tensor) -> Tensor:
    """Whether each creator (by id) is among the tenth with most followers."""
    followers = world.creators.followers
    line = followers.double().quantile(0.9)
    return followers[row_of(creator, len(followers))] > line


def _prevented(world: World, gone: Tensor) -> float:
    """Severity times the views that harmful videos would still have had, as far as can be told: as
    many as videos of their age have on average today, times how well they had done so far. Two
    worlds of one seed tell it truly; this is one world's estimate."""
    by_age = _views_by_age(world)
    left = by_age.flip(0).cumsum(0).flip(0)  # from each age on
    age = (trail.column(gone, "day") - trail.column(gone, "uploaded")).clamp(0, len(by_age) - 1)
    usual = left[0] - left[age] + by_age[0]  # with a day's views of caution
    did = (trail.column(gone, "views") + by_age[0]) / usual.clamp(min=1e-9)
    severity = trail.column(gone, "severity").double() / trail.POINTS
    return float((severity * (trail.column(gone, "harm") > 0) * did * left[age]).sum())


def _views_by_age(world: World) -> Float[Tensor, " ages"]:
    """Mean views today of a video of each age that may be shown."""
    videos, ages = world.videos, 30
    live = (videos.id > 0) & ~videos.removed
    age = (world.day - videos.uploaded).clamp(0, ages - 1)
    n = torch.bincount(age[live], minlength=ages).double()
    views = torch.bincount(age[live], weights=videos.views_today[live].double(), minlength=ages)
    return views / n.clamp(min=1)


def _staff(world: World) -> list[Measured]:
    """Hours worked last night, and how long what waits has waited."""
    held = world.moderation
    assert held is not None
    waits = has(held.state, "waiting") & (world.videos.id > 0) & ~world.videos.removed
    days = (world.day - held.flagged)[waits].double()
    return [
        ("staff_hours", "all", float(held.minutes.double().sum()) / 60),
        ("queue_length", "all", float(len(days))),
        ("queue_age", "all", float(days.mean()) if len(days) else 0.0),
    ]


def _ratio(part: float | int, whole: float | int) -> float:
    return part / whole if whole else math.nan


def _mean(amount: Tensor, of: Tensor) -> float:
    return float(amount[of].mean()) if bool(of.any()) else math.nan
