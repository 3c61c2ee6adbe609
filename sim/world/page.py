"""One page: a block of viewers swipes through its slates. The part of the story worth compiling."""

from dataclasses import dataclass, fields

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world import appeal, catalog, community, reactions, sessions, watching
from sim.world.rng import Dice
from sim.world.rules import Rules
from sim.world.state import (
    EVENT_FLAGS,
    SOURCES,
    Audience,
    Response,
    Trends,
    World,
    audience,
    look,
)

# where each law's streams begin among the page's
WATCH, GLAD = 0, watching.STREAMS
REACT = GLAD + appeal.STREAMS
SURVEY = REACT + reactions.STREAMS
STREAMS = SURVEY + reactions.SURVEY_STREAMS
LONG_VIEW = 18.0  # seconds, or to the end (FACTS)
_SHARED = SOURCES.index("share")


@dataclass(frozen=True)
class Page:
    """What a block of viewers did: viewers first, though slot lies by slot in memory."""

    ids: Int[Tensor, "awake slots"]  # as delivered
    video: Int[Tensor, "awake slots"]  # their rows
    source: Int[Tensor, "awake slots"]
    response: Response
    word: Int[Tensor, "awake slots"]  # seen, finished and long views, 20 bits each
    milliseconds: Int[Tensor, "awake slots"]  # watched


@dataclass(frozen=True)
class Left:
    """How a block of viewers was left."""

    time_left: Float[Tensor, " awake"]
    patience_left: Float[Tensor, " awake"]
    goodwill: Float[Tensor, " awake"]
    topic: Int[Tensor, "awake slots"]  # what was shown, and
    satiation: Float[Tensor, "awake slots"]  # how sated they are with it now
    cells: tuple[Int[Tensor, "awake slots"], ...]  # of memory, where what was seen is stamped


def joined(pages: list[Page]) -> Page:
    """Blocks laid one after another."""
    return pages[0] if len(pages) == 1 else _cat(pages)


def _cat(structs):
    first = structs[0]
    new = {}
    for field in fields(first):
        values = [getattr(s, field.name) for s in structs]
        whole = isinstance(values[0], Tensor)
        new[field.name] = torch.cat([v.T for v in values], dim=1).T if whole else _cat(values)
    return type(first)(**new)


@dataclass(frozen=True)
class Delivered:
    """A block of viewers with the slates on their phones: all that a page needs to know of them."""

    ids: Int[Tensor, "slots awake"]
    video: Int[Tensor, "slots awake"]  # their rows
    source: Int[Tensor, "slots awake"]
    sheet: Float[Tensor, "videos sheet"]  # of all videos
    viewers: Audience
    follows: Int[Tensor, "awake followed"]
    cells: int  # of memory, a viewer
    trends: Trends
    day: Int[Tensor, ""]


def swipe_through(slate: Delivered, rules: Rules, dice: Dice) -> tuple[Page, Left]:
    """The viewers meet their slates, in order, until they have enough; `dice` has STREAMS.

    No Python loop over viewers, no stall of the device, static shapes: it compiles to one graph.
    """
    p, t = rules.params, rules.tables
    viewers, shown = slate.viewers, look(slate.sheet, slate.video)
    followed = community.follows(slate.follows, shown.creator).float()
    duration, mixture = shown.duration, shown.watching
    dice = dice.cast(viewers.name)

    want = appeal.appeal(viewers, shown, slate.trends, followed, slate.day, p.appeal)
    watch = watching.watch(want.appeal, duration, mixture, p.watch, dice.of(WATCH))
    seen, time_left, patience_left = sessions.swipe(
        watch, slate.ids > 0, viewers.time_left, viewers.patience_left, p.sessions
    )
    # by way of numbers: a graph writes and reads truth values one at a time
    seen = seen.float() > 0
    watch = torch.where(seen, watch, 0.0)
    glad = appeal.gladness(want.glad, p.appeal, dice.of(GLAD))
    flags = reactions.react(
        watch,
        duration,
        want.appeal - p.watch.house_appeal,
        viewers.like_odds * mixture.like_factor,
        viewers.talk,
        t.reactions,
        p.reactions,
        dice.of(REACT),
    )
    follow = EVENT_FLAGS.index("follow")
    flags[follow] = flags[follow] & (followed == 0)
    last = seen & ~torch.cat([seen[1:], torch.zeros_like(seen[:1])])
    over = (time_left <= 0) | (patience_left <= 0)
    response = Response(
        seen=seen.T,
        watch=watch.T,
        flags=_packed(flags, seen).T,
        left=(last & over).T,
        survey=torch.where(seen, reactions.survey(glad, p.reactions, dice.of(SURVEY)), 0.0).T,
        appeal=torch.where(seen, want.appeal, 0.0).T,
        glad=torch.where(seen, glad, 0.0).T,
    )
    finished, long_view = watch >= duration, watch >= duration.clamp(max=LONG_VIEW)
    word = seen.long() + ((seen & finished).long() << 20) + ((seen & long_view).long() << 40)
    milliseconds = (watch * 1000).round().long()
    return Page(slate.ids.T, slate.video.T, slate.source.T, response, word.T, milliseconds.T), Left(
        time_left,
        patience_left,
        sessions.feel(viewers.goodwill, glad, seen, p.sessions),
        shown.topic.T,
        sessions.sate(viewers.satiation, shown.topic, seen, p.sessions).T,
        catalog.cells_of(slate.ids.T, slate.video.T, slate.cells, len(slate.sheet)),
    )


def deliver(world: World, rules: Rules, row: Tensor, ids: Tensor) -> Delivered:
    """The slates of the viewers at `row` (awake,) as they reach the phones: a video that a friend
    sent takes the last place.

    It stays outside the graph: a division of whole numbers costs more than all else that is done
    to an impression, and a graph would repeat it in every loop.
    """
    by_slot = ids.T.clone(memory_format=torch.contiguous_format)
    source = torch.zeros_like(by_slot)
    sent = world.memory.inbox.index_select(0, row)
    who = (sent > 0).nonzero().squeeze(1)  # few
    who, place = _mail(world, rules, row, ids, sent, who)
    by_slot.index_put_((place, who), sent[who])
    source.index_put_((place, who), torch.tensor(_SHARED, device=source.device))
    return Delivered(
        by_slot,
        ((by_slot - 1) % len(world.videos.name)).clamp_(min=0),
        source,
        world.videos.sheet,
        audience(world.viewers, world.mood, row),
        world.memory.follows.index_select(0, row),
        world.memory.shown.shape[1],
        world.trends,
        world.day,
    )


def _mail(world: World, rules: Rules, row: Tensor, ids: Tensor, sent: Tensor, who: Tensor):
    """Which of the viewers `who` are shown what they were sent, and in which place: the last, or
    the first empty one of a short slate. Not what is gone, seen, or in the slate already."""
    videos, sent, ids = world.videos, sent[who], ids[who]
    at = (sent - 1) % len(videos.name)
    live = catalog.eligible(videos, world.day, rules.params.catalog, at) & (videos.name[at] == sent)
    before = catalog.was_shown(
        world.memory.shown, row[who], sent[:, None], videos.uploaded, world.day
    )
    fresh = live & ~before[:, 0] & ~(ids == sent[:, None]).any(1)
    place = (ids > 0).sum(1).clamp(max=ids.shape[1] - 1)
    return who[fresh], place[fresh]


def _packed(flags: list[Tensor], seen: Tensor) -> Tensor:
    packed = flags[0].int()
    for i, flag in enumerate(flags[1:], start=1):
        packed = packed | (flag.int() << i)
    return (packed * seen).to(torch.uint8)


def tally(page: Page, counts: Int[Tensor, "videos counts"]) -> Int[Tensor, "videos counts"]:
    """The counts per video with the page's added. Whole numbers, so the order of adding is moot.

    Three counts ride in one word of 20 bits each, which saves passes over what misses the cache:
    a viewer sees a video once, so a count stays below the viewers awake, a million at most.
    """
    video, flags = page.video.T.flatten(), page.response.flags.T.flatten()
    zero, mask = torch.zeros_like(counts[:, 0]), (1 << 20) - 1
    three = zero.index_add(0, video, page.word.T.flatten())
    new = counts.clone()
    views, milliseconds, finishes, long_views, *acts = new.T
    views += three & mask
    milliseconds.index_add_(0, video, page.milliseconds.T.flatten())
    finishes += (three >> 20) & mask
    long_views += three >> 40
    acted = flags.nonzero().squeeze(1)  # a few in a hundred
    video, bits = video[acted], flags[acted].long()
    for i, act in enumerate(acts):
        act.index_add_(0, video, (bits >> i) & 1)
    return new
