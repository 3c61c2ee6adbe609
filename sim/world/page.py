"""One page: a block of viewers swipes through its slates. The part of the story worth compiling."""

from dataclasses import dataclass, fields

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world import appeal, catalog, community, reactions, sessions, watching
from sim.world.rng import Key
from sim.world.rules import Rules
from sim.world.state import COUNTS, EVENT_FLAGS, SOURCES, Response, Shown, World, look, take

WATCH, REACT, GLAD, SURVEY = range(4)  # streams
LONG_VIEW = 18.0  # seconds, or to the end (FACTS)
_SHARED = SOURCES.index("share")


@dataclass(frozen=True)
class Page:
    """What a block of viewers did; the first axis is the viewer everywhere."""

    ids: Int[Tensor, "awake slots"]  # as delivered
    video: Int[Tensor, "awake slots"]  # their rows
    source: Int[Tensor, "awake slots"]
    response: Response
    word: Int[Tensor, "awake slots"]  # seen, finished and long views, 20 bits each
    milliseconds: Int[Tensor, "awake slots"]  # watched


@dataclass(frozen=True)
class Left:
    """How a block of viewers was left: rows of Mood and Memory, by the same names."""

    time_left: Float[Tensor, " awake"]
    patience_left: Float[Tensor, " awake"]
    goodwill: Float[Tensor, " awake"]
    satiation: Float[Tensor, "awake topics"]
    history: Int[Tensor, "awake recent"]
    history_watch: Float[Tensor, "awake recent"]
    history_liked: Bool[Tensor, "awake recent"]


def joined(pages: list[Page]) -> Page:
    """Blocks laid one after another."""
    return pages[0] if len(pages) == 1 else _cat(pages)


def _cat(structs):
    first = structs[0]
    new = {}
    for field in fields(first):
        values = [getattr(s, field.name) for s in structs]
        new[field.name] = torch.cat(values) if isinstance(values[0], Tensor) else _cat(values)
    return type(first)(**new)


@dataclass(frozen=True)
class Delivered:
    """Slates as they are on the phones."""

    ids: Int[Tensor, "awake slots"]
    video: Int[Tensor, "awake slots"]  # their rows
    source: Int[Tensor, "awake slots"]
    shown: Shown


def swipe_through(
    world: World, rules: Rules, row: Tensor, slate: Delivered, key: Key
) -> tuple[Page, Left]:
    """The viewers at `row` (awake,) meet their slates, in order, until they have enough.

    No Python loop over viewers, no stall of the device, static shapes: it compiles to one graph.
    """
    p, t = rules.params, rules.tables
    viewers, mood = take(world.viewers, row), take(world.mood, row)
    ids, shown = slate.ids, slate.shown
    followed = community.follows(world.memory.follows.index_select(0, row), shown.creator)
    name, duration, mixture = viewers.name, shown.duration, shown.watching

    want = appeal.appeal(viewers, mood, shown, world.trends, followed, world.day, p.appeal)
    watch = watching.watch(want.appeal, duration, mixture, p.watch, name, key.fold(WATCH))
    seen, time_left, patience_left = sessions.swipe(
        watch, ids > 0, mood.time_left, mood.patience_left, p.sessions
    )
    watch = torch.where(seen, watch, 0.0)
    glad = appeal.gladness(want.glad, p.appeal, name, key.fold(GLAD))
    flags = reactions.react(
        watch,
        duration,
        want.appeal - p.watch.house_appeal,
        viewers.like_odds[:, None] * mixture.like_factor,
        viewers.talk[:, None],
        t.reactions,
        p.reactions,
        name,
        key.fold(REACT),
    )
    flags = [flag & seen for flag in flags]
    follow = EVENT_FLAGS.index("follow")
    flags[follow] = flags[follow] & ~followed
    last = seen & ~torch.cat([seen[:, 1:], torch.zeros_like(seen[:, :1])], dim=1)
    over = (time_left <= 0) | (patience_left <= 0)
    response = Response(
        seen=seen,
        watch=watch,
        flags=_packed(flags),
        left=last & over[:, None],
        survey=torch.where(seen, reactions.survey(glad, p.reactions, name, key.fold(SURVEY)), 0.0),
        appeal=torch.where(seen, want.appeal, 0.0),
        glad=torch.where(seen, glad, 0.0),
    )
    finished, long_view = watch >= duration, watch >= duration.clamp(max=LONG_VIEW)
    word = seen.long() + ((seen & finished).long() << 20) + ((seen & long_view).long() << 40)
    return Page(
        ids,
        slate.video,
        slate.source,
        response,
        word,
        (watch * 1000).round().long(),
    ), Left(
        time_left,
        patience_left,
        sessions.feel(mood.goodwill, glad, seen, p.sessions),
        sessions.sate(mood.satiation, shown.topic, seen, p.sessions),
        *_recall(world, row, ids, response),
    )


def deliver(world: World, rules: Rules, row: Tensor, ids: Tensor) -> Delivered:
    """The slate as it reaches the phone: a video that a friend sent takes the last place.

    It stays outside the graph: a division of whole numbers costs more than all else that is done
    to an impression, and a graph would repeat it, and each look at the sheet, in every loop.
    """
    sent = world.memory.inbox[row]
    capacity = len(world.videos.name)
    at = ((sent - 1) % capacity).clamp(min=0)
    live = catalog.eligible(world.videos, world.day, rules.params.catalog, at)
    live = live & (world.videos.name[at] == sent) & (sent > 0)
    before = catalog.was_shown(
        world.memory.shown,
        row,
        sent[:, None],
        world.videos.uploaded[at][:, None],
        world.day,
        capacity,
    )
    fresh = live & ~before[:, 0] & ~(ids == sent[:, None]).any(1)
    # the last place, or the first empty one of a short slate
    end = (ids > 0).sum(1, keepdim=True).clamp(max=ids.shape[1] - 1)
    place = fresh[:, None] & (torch.arange(ids.shape[1], device=ids.device) == end)
    ids = torch.where(place, sent[:, None], ids)
    video = ((ids - 1) % capacity).clamp_(min=0)
    return Delivered(ids, video, torch.where(place, _SHARED, 0), look(world.videos, video))


def _packed(flags: list[Tensor]) -> Tensor:
    packed = flags[0].to(torch.uint8)
    for i, flag in enumerate(flags[1:], start=1):
        packed = packed | (flag.to(torch.uint8) << i)
    return packed


def _recall(world: World, row: Tensor, ids: Tensor, response: Response):
    """The last videos watched, newest last: those seen now push the oldest out.

    What is seen stands at the head of the slate: viewers swipe in order, and empty places (id 0)
    are allowed at its end only.
    """
    memory = world.memory
    recent = memory.history.shape[1]
    at = torch.arange(recent, device=ids.device) + response.seen.sum(1, keepdim=True)

    def pushed(old, new):
        return torch.cat([old.index_select(0, row), new], dim=1).gather(1, at)

    return (
        pushed(memory.history, ids),
        pushed(memory.history_watch, response.watch),
        pushed(memory.history_liked, response.did("like")),
    )


def tally(page: Page, capacity: int) -> Int[Tensor, "videos counts"]:
    """The page's counts per video. Integers, so the order of adding is moot.

    Three counts ride in one word of 20 bits each, which saves passes over what misses the cache:
    a viewer sees a video once, so a count stays below the viewers awake, a million at most.
    """
    video = page.video.flatten()
    zero = torch.zeros(capacity, dtype=torch.int64, device=video.device)
    three = zero.index_add(0, video, page.word.flatten())
    milliseconds = zero.index_add(0, video, page.milliseconds.flatten())
    mask = (1 << 20) - 1
    columns = [three & mask, milliseconds, (three >> 20) & mask, three >> 40]

    flags = page.response.flags.flatten()
    acted = flags.nonzero().squeeze(1)  # a few in a hundred
    bits, video = flags[acted].long(), video[acted]
    columns += [zero.index_add(0, video, (bits >> i) & 1) for i in range(len(EVENT_FLAGS))]
    assert len(columns) == len(COUNTS)
    return torch.stack(columns, dim=1)
