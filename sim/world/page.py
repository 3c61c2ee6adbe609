"""One page: a block of viewers swipes through its slates. The part of the story worth compiling."""

from dataclasses import dataclass, fields

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world import appeal, catalog, community, reactions, sessions, watching
from sim.world.rng import Key
from sim.world.rules import Rules
from sim.world.state import COUNTS, EVENT_FLAGS, SOURCES, Response, Videos, World, take

WATCH, REACT, GLAD, SURVEY = range(4)  # streams
LONG_VIEW = 18.0  # seconds, or to the end (FACTS)
_SHARED = SOURCES.index("share")


@dataclass(frozen=True)
class Page:
    """What a block did and how it was left; the first axis is the viewer everywhere."""

    ids: Int[Tensor, "awake slots"]  # as delivered
    source: Int[Tensor, "awake slots"]
    response: Response
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


def play(world: World, rules: Rules, row: Tensor, ids: Tensor, key: Key) -> Page:
    """The viewers at `row` (awake,) meet `ids` (awake, slots), in order, until they have enough."""
    return swipe_through(world, rules, row, *deliver(world, rules, row, ids), key)


def swipe_through(
    world: World, rules: Rules, row: Tensor, ids: Tensor, video: Tensor, source: Tensor, key: Key
) -> Page:
    """The same once the slate is on the phone; `video` are the rows of `ids`.

    No Python loop over viewers, no stall of the device, static shapes: it compiles to one graph.
    """
    p, t = rules.params, rules.tables
    viewers, mood = take(world.viewers, row), take(world.mood, row)
    held = world.memory.follows[row]
    creator = world.videos.creator[video]
    followed = community.follows(held, creator)
    name, duration = viewers.name, world.videos.duration[video]

    want = appeal.appeal(
        viewers, mood, world.videos, world.trends, followed, world.day, video, p.appeal
    )
    mixture = take(world.videos.watching, video)
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
    return Page(
        ids,
        source,
        response,
        time_left,
        patience_left,
        sessions.feel(mood.goodwill, glad, seen, p.sessions),
        sessions.sate(mood.satiation, world.videos.topic[video], seen, p.sessions),
        *_recall(world, row, ids, response),
    )


def deliver(
    world: World, rules: Rules, row: Tensor, ids: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The slate as it reaches the phone: a video that a friend sent takes the last place.

    Returns ids, their rows and sources. It stays outside the graph: a division of whole numbers
    costs more than all else that is done to an impression, and a graph would repeat it in every
    loop that needs the row.
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
    last = torch.arange(ids.shape[1], device=ids.device) == ids.shape[1] - 1
    place = fresh[:, None] & last
    ids = torch.where(place, sent[:, None], ids)
    return ids, ((ids - 1) % capacity).clamp_(min=0), torch.where(place, _SHARED, 0)


def _packed(flags: list[Tensor]) -> Tensor:
    packed = flags[0].to(torch.uint8)
    for i, flag in enumerate(flags[1:], start=1):
        packed = packed | (flag.to(torch.uint8) << i)
    return packed


def _recall(world: World, row: Tensor, ids: Tensor, response: Response):
    """The last videos watched, newest last: those seen now push the oldest out."""
    memory = world.memory
    recent = memory.history.shape[1]
    at = torch.arange(recent, device=ids.device) + response.seen.sum(1, keepdim=True)

    def pushed(old, new):
        return torch.cat([old[row], new], dim=1).gather(1, at)

    return (
        pushed(memory.history, ids),
        pushed(memory.history_watch, response.watch),
        pushed(memory.history_liked, response.did("like")),
    )


def tally(page: Page, videos: Videos) -> Int[Tensor, "videos counts"]:
    """The page's counts per video. Integers, so the order of adding is moot."""
    capacity, response = len(videos.name), page.response
    row = ((page.ids - 1) % capacity).clamp(min=0).flatten()
    duration = videos.duration[row].view_as(response.watch)
    seen, finished = response.seen, response.seen & (response.watch >= duration)
    long_view = seen & (response.watch >= duration.clamp(max=LONG_VIEW))
    # three counts ride in one word of 20 bits each: fewer passes over what misses the cache
    word = seen.long() + (finished.long() << 20) + (long_view.long() << 40)
    zero = torch.zeros(capacity, dtype=torch.int64, device=row.device)
    three = zero.index_add(0, row, word.flatten())
    milliseconds = zero.index_add(0, row, (response.watch * 1000).round().long().flatten())
    mask = (1 << 20) - 1
    columns = [three & mask, milliseconds, (three >> 20) & mask, three >> 40]

    acted = response.flags.flatten().nonzero().squeeze(1)  # a few in a hundred
    bits, row = response.flags.flatten()[acted].long(), row[acted]
    columns += [zero.index_add(0, row, (bits >> i) & 1) for i in range(len(EVENT_FLAGS))]
    assert len(columns) == len(COUNTS)
    return torch.stack(columns, dim=1)
