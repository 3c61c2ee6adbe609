"""Hand-written worlds: small enough to know every number in them."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache

import torch
from torch import Tensor

from sim.presets.config import resolve
from sim.world import creators, platform, watching
from sim.world.rng import Key, key
from sim.world.rules import Params, Rules
from sim.world.state import (
    ARMS,
    COUNTS,
    FEATURES,
    Buzz,
    Creators,
    Events,
    Memory,
    Mood,
    Request,
    Slate,
    Trends,
    Videos,
    Viewers,
    World,
    sheet_of,
)
from sim.world.viewers import CLUSTERS

TOPICS, STYLES, RECENT, FOLLOWED = 4, 2, 5, 4  # of hand-written worlds
UNGRIPPED = (  # the preset as it was fitted while videos did not grip: what was taken down then
    "watch.video_haste_sd=0", "watch.video_stay_sd=0", "watch.haste_sd=1.916",
    "watch.stay_sd=0.41", "watch.haste_stay=-0.504", "watch.haste_plays=0.037",
    "watch.stay_plays=-0.144", "watch.logging_alike=0.22",
)  # fmt: skip


@cache
def nano(*settings: str) -> Params:
    """The smallest preset world, changed by `key=value`."""
    return resolve("nano", settings=settings)


@cache
def nano_rules(*settings: str) -> Rules:
    return platform.rules(nano(*settings))


def with_parts(params: Params, **parts: dict) -> Params:
    """`params` with some values of its parts replaced: with_parts(p, watch={"skip": ...})."""
    return replace(params, **{k: replace(getattr(params, k), **v) for k, v in parts.items()})


def people(n: int, **changes) -> Viewers:
    """Viewers without a taste, alike but for their names."""
    one = torch.ones(n)
    base = Viewers(
        id=torch.arange(1, n + 1), registered=one > 0, joined=torch.full((n,), -365),
        age_band=torch.zeros(n, dtype=torch.int64), region=torch.zeros(n, dtype=torch.int64),
        taste=torch.zeros(n, TOPICS), interests=torch.zeros(n, CLUSTERS),
        won=torch.zeros(n, TOPICS), pliancy=one,
        leaning=torch.zeros(n, STYLES), choosiness=one, activity=0 * one, like_odds=0.02 * one,
        talk=one, minutes=100 * one, patience=100 * one, evening=0 * one,
        haste=0 * one, stay=0 * one, pace=0 * one,
    )  # fmt: skip
    return replace(base, **changes)


def watchers(n: int, params: watching.WatchParams) -> Viewers:
    """Viewers 1 to n with habits of watching as they are over the plays of the log."""
    dealt = watching.mannered(people(n), params, key(77))
    haste, stay = params.logging_habits
    return replace(dealt, haste=dealt.haste + haste, stay=dealt.stay + stay)


def grips(params: watching.WatchParams, duration: Tensor) -> Tensor:
    """Grips of videos of these durations as they are over the plays of the log."""
    mean = torch.from_numpy(watching.mean_grip(params, duration.double().log().numpy())).float()
    names = torch.arange(duration.numel())
    return mean + watching.grip(names, params, key(78)).view_as(duration)


def moods(n: int, **changes) -> Mood:
    """All present, rested, with an hour and twenty dull videos to spare."""
    one = torch.ones(n)
    base = Mood(
        present=one > 0, hour=12 * one, time_left=3600 * one, patience_left=20 * one,
        satiation=torch.zeros(n, TOPICS), fancy=torch.zeros(n, TOPICS),
        joy=torch.zeros(n, TOPICS, dtype=torch.int32),
        wants=torch.zeros(n, TOPICS), goodwill=0.66 * one,
        away=torch.zeros(n, dtype=torch.int64), visits=torch.full((n,), 30),
    )  # fmt: skip
    return replace(base, **changes)


def stock(n: int, **changes) -> Videos:
    """Average videos of 20 s, all by creator 1, posted today."""
    zero, none = torch.zeros(n), torch.zeros(n, dtype=torch.int64)
    base = Videos(
        id=torch.arange(1, n + 1), key=torch.arange(1, n + 1), creator=none + 1, topic=none,
        topic2=none, duration=zero + 20, uploaded=none, hour=zero + 12, format=none, deal=none,
        shop=none, removed=none > 0, style=torch.zeros(n, STYLES), quality=zero, hook=zero,
        bait=zero, feature=torch.zeros(n, sum(FEATURES.values())),
        counts=torch.zeros(n, len(COUNTS), dtype=torch.int64), views_today=none, heat=zero,
        charm=zero + 1, grip=zero, sheet=torch.zeros(n, 1).int(),
    )  # fmt: skip
    made = replace(base, **changes)
    if "bait" not in changes:
        made = replace(made, bait=(made.hook - made.quality).clamp(min=0))
    return replace(made, sheet=sheet_of(made))


def authors(n: int, **changes) -> Creators:
    zero, none = torch.zeros(n), torch.zeros(n, dtype=torch.int64)
    base = Creators(
        id=torch.arange(1, n + 1), niche=none, niche2=none, style=torch.zeros(n, STYLES),
        skill=zero, flash=zero, cadence=zero + 1, answer=zero, surprise=zero, usual=zero,
        fame=zero + 1, followers=none, posts=none, views=none, views_today=none,
        kind=none, active=none == 0, joined=none - 365, left=none - creators.LONG_AGO,
        budget=zero + 2, hours=zero, energy=zero + 1, burnout=zero, morale=zero + 1, hoped=zero,
        arm=none, worth=torch.zeros(n, ARMS), tried=torch.zeros(n, ARMS, dtype=torch.int64),
    )  # fmt: skip
    return replace(base, **changes)


def blank_memory(viewers: int, cells: int) -> Memory:
    def whole(*shape):
        return torch.zeros(viewers, *shape, dtype=torch.int64)

    return Memory(
        shown=whole(cells).to(torch.uint8), history=whole(RECENT),
        history_watch=whole(RECENT).float(), history_liked=whole(RECENT) > 0,
        follows=whole(FOLLOWED), follow_count=whole(), inbox=whole(),
        bond=torch.zeros(viewers, 0), felt=whole(0), feed=whole(0),
    )  # fmt: skip


def tiny(viewers: int = 2, videos: int = 12, creators: int = 3, /, **parts) -> World:
    """A world of a few viewers and videos on day 0, by hand."""
    base = World(
        day=torch.tensor(0), page=torch.tensor(0), viewers=people(viewers), mood=moods(viewers),
        memory=blank_memory(viewers, videos), videos=stock(videos), creators=authors(creators),
        trends=Trends(torch.zeros(TOPICS)), brand=None, head=torch.tensor(0),
        buzz=Buzz(torch.full((TOPICS,), 1 / TOPICS), torch.zeros(TOPICS, dtype=torch.int64)),
    )  # fmt: skip
    return replace(base, **parts)


def tensors(struct, name: str = "") -> Iterator[tuple[str, Tensor]]:
    """Every tensor of a struct, with its path."""
    for field in fields(struct):
        value, path = getattr(struct, field.name), f"{name}.{field.name}"
        if isinstance(value, Tensor):
            yield path, value
        elif is_dataclass(value):
            yield from tensors(value, path)


def copy_of(struct):
    """A deep copy, to hold against what the original becomes."""
    new = {}
    for field in fields(struct):
        value = getattr(struct, field.name)
        if isinstance(value, Tensor):
            new[field.name] = value.clone()
        elif is_dataclass(value):
            new[field.name] = copy_of(value)
    return replace(struct, **new)


def differences(one, two) -> list[str]:
    """Paths at which two structs are not equal bit for bit (NaN equals NaN)."""
    pairs = zip(tensors(one), tensors(two), strict=True)
    return [
        path
        for (path, a), (_, b) in pairs
        if a.dtype != b.dtype or a.shape != b.shape or not _same(a, b)
    ]


def _same(a: Tensor, b: Tensor) -> bool:
    return bool(((a == b) | ((a != a) & (b != b))).all())


def random_slate(world: World, rules: Rules, request: Request, draw: Key) -> Slate:
    """For each viewer an even draw of distinct live videos not shown before."""
    catalog = platform.public(world, rules)
    ids = catalog.id[catalog.eligible]
    old = platform.shown_before(world, request.row, ids.expand(len(request.row), -1))
    at = draw.fold(world.page).uniform(request.viewer, len(ids)) + old.float()
    found = at.topk(min(rules.params.size.slots, len(ids)), largest=False)
    return Slate(torch.where(found.values < 1, ids[found.indices], 0))


def live_through(
    rules: Rules,
    days: int = 2,
    pages: int = 3,
    seed: int = 0,
    choose: Callable = random_slate,
    future: int = 0,
    **how,
) -> tuple[World, list[Events]]:
    """Some days of a world from its eve, `pages` a day; `how` goes to `platform.answer`."""
    root, events = key(seed, future=future), []
    world = platform.init(rules, root)
    for _ in range(days):
        world = platform.turn_day(world, rules, root)
        for _ in range(pages):
            request = platform.ask(world, rules)
            slate = choose(world, rules, request, key(seed + 1).fold(world.day))
            world, page = platform.answer(world, rules, request, slate, root, **how)
            events.append(page)
    return world, events
