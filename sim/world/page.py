"""One page: a block of viewers swipes through its slates. The part of the story worth compiling."""

from dataclasses import dataclass, fields

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from sim.world import appeal, brand, catalog, community, reactions, sessions, tastes, watching
from sim.world.delivery import Delivered
from sim.world.rng import Dice
from sim.world.rules import COUNT_BITS, Rules
from sim.world.state import EVENT_FLAGS, Recent, Response, grip_of, look
from sim.world.state.watched import LONG_VIEW

STREAMS = (*watching.STREAMS, *appeal.STREAMS, *reactions.STREAMS)  # of all that is drawn here


@dataclass(frozen=True)
class Page:
    """What a block of viewers did: viewers first, though slot lies by slot in memory."""

    seen: UInt8[Tensor, "awake slots"]  # this and what follows as in Response
    watch: Float[Tensor, "awake slots"]
    flags: Int[Tensor, "awake slots"]
    left: UInt8[Tensor, "awake slots"]
    # place of the creator in the viewer's list, from 1; 0 = not followed, or no brands are built
    tie: UInt8[Tensor, "awake slots"]
    survey: Float[Tensor, "awake slots"]
    appeal: Float[Tensor, "awake slots"]
    satisfaction: Float[Tensor, "awake slots"]
    word: Int[Tensor, "awake slots"]  # seen, finished and long views, COUNT_BITS each
    milliseconds: Int[Tensor, "awake slots"]  # watched
    ads: UInt8[Tensor, "awake places"] | None  # advertisements seen; None where there are none

    def response(self) -> Response:
        seen, left = self.seen.view(torch.bool), self.left.view(torch.bool)
        return Response(
            seen, self.watch, self.flags, left, self.survey, self.appeal, self.satisfaction
        )


@dataclass(frozen=True)
class Left:
    """How a block of viewers was left."""

    time_left: Float[Tensor, " awake"]
    patience_left: Float[Tensor, " awake"]
    goodwill: Float[Tensor, " awake"]
    topic: Int[Tensor, "awake slots"]  # what was shown, and
    satiation: Float[Tensor, "awake slots"]  # how sated they are with it now
    joy: Int[Tensor, "awake slots"]  # what it did for its topic
    recent: Recent
    cells: tuple[Int[Tensor, "awake slots"], ...]  # of memory, where what was seen is stamped


def joined(pages: list[Page]) -> Page:
    """Blocks laid one after another."""
    if len(pages) == 1:
        return pages[0]
    names = [f.name for f in fields(Page) if getattr(pages[0], f.name) is not None]
    whole = {n: torch.cat([getattr(p, n).T for p in pages], dim=1).T for n in names}
    return Page(**{"ads": None, **whole})  # type: ignore[arg-type]


def swipe_through(slate: Delivered, rules: Rules, dice: Dice) -> tuple[Page, Left]:
    """The viewers meet their slates, in order, until they have enough; `dice` has STREAMS.

    No Python loop over viewers, no stall of the device, static shapes: it compiles to one graph.
    Yes and no are 1.0 and 0.0 here: a graph reads and writes truth values one at a time.
    """
    p, t = rules.params, rules.tables
    viewers, shown = slate.viewers, look(slate.sheet)
    follows, tie = weights(slate.follows, slate.bonds, shown.creator, rules)
    duration, mixture = shown.duration, watching.describe(shown.duration, t.watching)
    dice = dice.cast(viewers.id)

    want = appeal.appeal(viewers, shown, slate.trends, follows, slate.day, p.appeal)
    drawn = want.appeal if slate.pull is None else want.appeal + slate.pull
    grip = grip_of(slate.sheet) if p.watch.grips else None
    watch = watching.watch(drawn, duration, mixture, viewers, p.watch, dice, grip)
    seen, ads, time_left, patience_left = _swiped(slate, watch, p.sessions)
    watch = seen * watch
    satisfaction = appeal.satisfaction(want.satisfaction_logit, p.appeal, dice)
    flags = reactions.react(
        watch,
        duration,
        drawn - p.watch.logging_appeal,
        viewers.like_odds * (mixture.like_factor * shown.charm),
        viewers.talk,
        t.reactions,
        p.reactions,
        dice,
    )
    follow = EVENT_FLAGS.index("follow")
    flags[follow] = flags[follow] * (tie == 0).float()
    page = Page(
        seen.to(torch.uint8).T,
        watch.T,
        _packed(flags, seen).T,
        _left(seen, time_left, patience_left).to(torch.uint8).T,
        (seen * tie).to(torch.uint8).T,
        (seen * reactions.survey(satisfaction, p.reactions, dice)).T,
        (seen * drawn).T,
        (seen * satisfaction).T,
        word_of(seen, watch, duration).T,
        (watch * 1000).round().long().T,
        None if ads is None else ads.to(torch.uint8).T,
    )
    return page, Left(
        time_left,
        patience_left,
        _felt(slate, satisfaction, seen, ads, p.sessions),
        shown.topic.T,
        sessions.sate(viewers.satiation, shown.topic, seen, p.sessions).T,
        tastes.joy(satisfaction, (watch / duration).clamp(max=1), viewers.goodwill).T,
        recalled(slate.recent, slate.ids, page, seen),
        catalog.cells_of(slate.ids.T, slate.video.T, slate.cells, slate.capacity),
    )


def _swiped(
    slate: Delivered, watch: Tensor, params
) -> tuple[Tensor, Tensor | None, Tensor, Tensor]:
    """What is seen, of videos and of advertisements, and the time and patience left."""
    offered, mood = (slate.ids > 0).float(), (slate.viewers.time_left, slate.viewers.patience_left)
    if slate.ads is None or slate.toll is None:
        seen, time_left, patience_left = sessions.swipe(watch, offered, *mood, params)
        return seen, None, time_left, patience_left
    seen, got_to, time_left, patience_left = sessions.swipe_past(
        watch, offered, mood, slate.toll, params
    )
    after = slate.ads.after
    ads = got_to.gather(0, after.clamp(min=0)) * (after >= 0).float()
    return seen, ads, time_left, patience_left


def _felt(slate: Delivered, satisfaction: Tensor, seen: Tensor, ads: Tensor | None, params):
    """Goodwill after the page: an advertisement pleases or annoys as a video does."""
    if slate.ads is not None and ads is not None:
        satisfaction, seen = torch.cat([satisfaction, slate.ads.joy]), torch.cat([seen, ads])
    return sessions.feel(slate.viewers.goodwill, satisfaction, seen, params)


def weights(
    held: Tensor, bonds: Tensor, creator: Float[Tensor, "slots awake"], rules: Rules
) -> tuple[Float[Tensor, "slots awake"], Float[Tensor, "slots awake"]]:
    """How much it weighs that a viewer follows a creator, 0 where not; and which place of the
    viewer's list that is, from 1, 0 for none. Without brands both are plainly 1 or 0."""
    if rules.params.branded:
        return brand.warmth(held, bonds, creator, rules.params.brand)
    follows = community.follows(held, creator)
    return follows, follows


def _left(seen: Tensor, time_left: Tensor, patience_left: Tensor) -> Tensor:
    """1 at the video with which the session ended. What is seen stands at the head of a slate:
    viewers swipe in order, and empty places (id 0) are allowed at its end only."""
    place = torch.arange(1.0, len(seen) + 1, device=seen.device)[:, None]
    over = (torch.minimum(time_left, patience_left) <= 0).float()
    return seen * over * (place == sessions.total(seen)).float()


def recalled(
    old: Recent, ids: Int[Tensor, "slots awake"], page: Page, seen: Float[Tensor, "slots awake"]
) -> Recent:
    """The last videos watched, newest last: those seen now push the oldest out."""
    at = torch.arange(old.ids.shape[1], device=seen.device) + sessions.total(seen).long()[:, None]
    liked = (page.flags & 1).to(torch.uint8)  # bit 0 of EVENT_FLAGS

    def pushed(held: Tensor, new: Tensor) -> Tensor:
        return torch.cat([held, new], dim=1).gather(1, at)

    return Recent(pushed(old.ids, ids.T), pushed(old.watch, page.watch), pushed(old.liked, liked))


def word_of(seen: Tensor, watch: Tensor, duration: Tensor) -> Tensor:
    finished = seen * (watch >= duration).float()
    long_view = seen * (watch >= duration.clamp(max=LONG_VIEW)).float()
    return seen.long() + (finished.long() << COUNT_BITS) + (long_view.long() << 2 * COUNT_BITS)


def _packed(flags: list[Tensor], seen: Tensor) -> Tensor:
    """In one word each, as in Response."""
    packed = flags[0]
    for i, flag in enumerate(flags[1:], start=1):
        packed = packed + flag * float(1 << i)
    return (packed * seen).int()
