"""The learner as a newcomer: what recommenders that have run for some days make of a few swipes.

Each recommender lives its own days on the same world first. Then somebody new arrives, of whom
nothing is known but an average profile, and swipes through a deck; the log of it is handed to each
recommender as any log is, and each is asked what it would show next, before and after.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from sim.lab.run.arm import Arm
from sim.presets.config import resolve
from sim.seats.recommender.view import observe
from sim.world import platform
from sim.world.rng import key, streams
from sim.world.state import Catalog, Log, Observation, Request, row_of

(DECK,) = streams("lesson deck", "deck")
TOPICS, EACH = 12, 2  # of the topics with most videos; cards of each
NEXT = 30  # videos that are looked at, as many as the learner is asked to log at home
EVENING, AWAY, MOST = 20.0, 1.5, 60.0  # hour; seconds of a card swiped away; most of one watched


@dataclass(frozen=True)
class Cards:
    """The deck: videos that were there before the first day, so every platform has them."""

    video: Int[Tensor, " cards"]  # ids
    topic: Int[Tensor, " cards"]
    duration: Tensor  # seconds


def deal(world: str, seed: int, device: str = "cpu", topics: int = TOPICS) -> Cards:
    """The cards for a newcomer of this world: a few of each of its largest topics, mixed."""
    arm = Arm("random", resolve(world=world), seed, device)
    listing = platform.public(arm.world, arm.clock.rules)
    row = listing.eligible.nonzero().squeeze(1)
    row = row[key(seed, device).fold(DECK).uniform(listing.id[row]).argsort()]
    largest = listing.topic[row].bincount().topk(topics).indices
    chosen = torch.cat([row[listing.topic[row] == topic][:EACH] for topic in largest])
    chosen = chosen[key(seed, device).fold(DECK).fold(1).uniform(listing.id[chosen]).argsort()]
    return Cards(listing.id[chosen], listing.topic[chosen], listing.duration[chosen])


@dataclass(frozen=True)
class Made:
    """What one recommender would show a newcomer: ids and topics of the next videos, before it knew
    anything of them and after the deck."""

    before: list[int]
    before_topics: list[int]
    after: list[int]
    after_topics: list[int]

    def share(self, topics: Iterable[int], when: str = "after") -> float:
        """Of the next videos, the part about these topics, in per cent."""
        shown, wanted = getattr(self, f"{when}_topics"), set(topics)
        return 100 * sum(t in wanted for t in shown) / max(1, len(shown))


def platforms(names: Sequence[str], world: str, days: int, seed: int, device: str = "cpu"):
    """Each recommender after some days of its own on the same world."""
    arms = {name: Arm(name, resolve(world=world), seed, device) for name in names}
    for arm in arms.values():
        for _ in arm.run(days):
            pass
    return arms


def chance(arm: Arm, topics: Iterable[int]) -> float:
    """Of all videos that can be shown, the part about these topics, in per cent."""
    listing = platform.public(arm.world, arm.clock.rules)
    there = listing.topic[listing.eligible]
    return 100 * float(torch.isin(there, torch.tensor(sorted(set(topics)))).float().mean())


def make_of(arm: Arm, cards: Cards, swipes: Sequence[int]) -> Made:
    """What an arm's recommender makes of a newcomer's swipes (1: watched on, 0: swiped away). The
    recommender learns from them: what it is asked afterwards it answers as one who knows them."""
    listing = platform.public(arm.world, arm.clock.rules)
    here = listing.id[row_of(cards.video, listing.capacity)] == cards.video
    seen = _arrives(arm, listing, cards.video)
    before = _asked(arm, seen)
    arm.agent.learn(_log(seen, cards, torch.tensor(swipes), here))
    after = _asked(arm, replace(seen, page=seen.page + 8))  # past the pages that candidates serve
    return Made(*before, *after)


def _arrives(arm: Arm, listing: Catalog, deck: Tensor) -> Observation:
    """Somebody new in the place of the first viewer: a new id, an average profile, no past."""
    world, rules = arm.world, arm.clock.rules
    everybody = torch.arange(len(world.viewers.id), device=world.device)
    hours = torch.full_like(everybody, EVENING, dtype=torch.float32)
    crowd = Request(everybody, world.viewers.id, hours)
    average = observe(world, rules, crowd, arm.day, 0, listing).profile.mean(0, keepdim=True)
    first = Request(everybody[:1], world.viewers.id[:1] + len(everybody), hours[:1])
    seen = observe(world, rules, first, arm.day, 0, listing)

    def shown(ids: Tensor, some: Any = slice(None)) -> Tensor:
        return torch.isin(ids, deck) if ids.dim() == 2 else torch.isin(ids, deck)[None]

    return replace(
        seen, profile=average, history=torch.zeros_like(seen.history), shown=shown,
        history_watch=torch.zeros_like(seen.history_watch), follows=torch.zeros_like(seen.follows),
        history_liked=torch.zeros_like(seen.history_liked),
    )  # fmt: skip


def _asked(arm: Arm, seen: Observation) -> tuple[list[int], list[int]]:
    ids = arm.agent.act(seen, NEXT, explore=False).ids[0]
    ids = ids[ids > 0]
    return ids.tolist(), seen.catalog.topic[row_of(ids, seen.catalog.capacity)].tolist()


def _log(seen: Observation, cards: Cards, swipes: Tensor, here: Tensor) -> Log:
    """The swipes as a log: one visit, one card after the other, of the videos still there."""
    video, duration, watched = cards.video[here], cards.duration[here], swipes[here] == 1
    n = len(video)
    whole = torch.zeros(n, dtype=torch.int64, device=video.device)
    watch = torch.where(watched, duration.clamp(max=MOST), torch.minimum(duration, whole + AWAY))
    return Log(
        viewer=seen.viewer.expand(n), video=video, day=whole + seen.day,
        slot=torch.arange(n, device=video.device), watch=watch, duration=duration,
        flags=whole.int(), survey=whole.float(), left=whole.bool(),
        logp=torch.full_like(watch, torch.nan), profile=seen.profile.expand(n, -1),
        catalog=seen.catalog, page=whole, hour=whole + EVENING, source=whole, visit=whole,
        visit_history=seen.history, visit_history_watch=seen.history_watch,
        visit_history_liked=seen.history_liked,
    )  # fmt: skip
