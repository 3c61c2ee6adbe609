"""The people who watch: who they are, how they feel today, what they remember."""

from dataclasses import dataclass, fields

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor


@dataclass(frozen=True)
class Viewers:
    """Traits, which change slowly or never. Taste and all below it is hidden from agents."""

    id: Int[Tensor, " viewers"]  # permanent id; keys the viewer's noise
    registered: Bool[Tensor, " viewers"]  # has an account; False also before arrival, and once gone
    joined: Int[Tensor, " viewers"]  # day of registration; residents joined before day 0
    age_band: Int[Tensor, " viewers"]  # 0..5: under 18, 18-24, 25-30, 31-40, 41-50, over 50
    region: Int[Tensor, " viewers"]  # 0..4: tiers of cities, largest first
    taste: Float[Tensor, "viewers topics"]  # standardised affinity per topic
    interests: Float[Tensor, "viewers clusters"]  # the common ones, of which taste is made
    won: Float[Tensor, "viewers topics"]  # the part of taste that watching won, or lost
    pliancy: Float[Tensor, " viewers"]  # how fast taste answers what is watched; mean 1
    leaning: Float[Tensor, "viewers styles"]  # liking for each style, within any topic
    choosiness: Float[Tensor, " viewers"]  # sensitivity to quality; mean 1
    activity: Float[Tensor, " viewers"]  # logit of coming on a day
    like_odds: Float[Tensor, " viewers"]  # odds of a like at average watching; mostly near 0
    talk: Float[Tensor, " viewers"]  # multiplier of comments, shares, follows; mean 1
    minutes: Float[Tensor, " viewers"]  # usual minutes a day, before scaling
    patience: Float[Tensor, " viewers"]  # usual dull videos put up with, before scaling
    evening: Float[Tensor, " viewers"]  # part of a day's sessions that begin before the usual one
    haste: Float[Tensor, " viewers"]  # logits of skipping, over those of others
    stay: Float[Tensor, " viewers"]  # logits of finishing and looping, likewise
    pace: Float[Tensor, " viewers"]  # of their skips: slower is above 0, in spreads of ln seconds


@dataclass(frozen=True)
class Mood:
    """What changes from page to page."""

    present: Bool[Tensor, " viewers"]  # came today
    hour: Float[Tensor, " viewers"]  # when today's session began, 0..24
    time_left: Float[Tensor, " viewers"]  # seconds
    patience_left: Float[Tensor, " viewers"]  # dull videos
    satiation: Float[Tensor, "viewers topics"]  # in [0, 1); 1 = wants no more of the topic
    fancy: Float[Tensor, "viewers topics"]  # passing interest, standard deviations of taste
    joy: Int[Tensor, "viewers topics"]  # today's, by how much more it satisfied than is usual
    wants: Float[Tensor, "viewers topics"]  # today's affinity per topic: taste and passing interest
    goodwill: Float[Tensor, " viewers"]  # running mean of satisfaction, 0..1; drives coming back
    away: Int[Tensor, " viewers"]  # days since the last visit; 0 = was here yesterday
    visits: Int[Tensor, " viewers"]  # days with a visit, ever


@dataclass(frozen=True)
class Memory:
    """What the platform (and the viewer) remembers of what was shown and followed."""

    # Written in place: at 100,000 viewers a copy per page would cost more than the page itself.
    # A cell holds 1 + day % 250 of the last showing; see catalog.py.
    shown: UInt8[Tensor, "viewers cells"]
    history: Int[Tensor, "viewers recent"]  # ids of the last videos watched, newest last
    history_watch: Float[Tensor, "viewers recent"]  # seconds
    history_liked: Bool[Tensor, "viewers recent"]
    follows: Int[Tensor, "viewers followed"]  # creator ids, 0 = empty
    follow_count: Int[Tensor, " viewers"]  # follows ever made
    inbox: Int[Tensor, " viewers"]  # id of a video that a friend sent, 0 = none
    # What ties viewers to those whom they follow; without money these have no columns.
    bond: Float[Tensor, "viewers ties"]  # 0..1, beside `follows`
    # today's: videos seen of each, and in the lower bits the thousandths by which they satisfied
    # more than is usual (state/brand.py)
    felt: Int[Tensor, "viewers ties"]
    feed: Int[Tensor, "viewers waiting"]  # ids of followed creators' posts of the day, 0 = none


@dataclass(frozen=True)
class Audience:
    """Some viewers as a page meets them: of their traits and mood, what it asks for."""

    id: Int[Tensor, " awake"]
    wants: Float[Tensor, "awake topics"]
    leaning: Float[Tensor, "awake styles"]
    choosiness: Float[Tensor, " awake"]
    like_odds: Float[Tensor, " awake"]
    talk: Float[Tensor, " awake"]
    haste: Float[Tensor, " awake"]
    stay: Float[Tensor, " awake"]
    pace: Float[Tensor, " awake"]
    time_left: Float[Tensor, " awake"]
    patience_left: Float[Tensor, " awake"]
    satiation: Float[Tensor, "awake topics"]
    goodwill: Float[Tensor, " awake"]


def audience(viewers: Viewers, mood: Mood, row: Int[Tensor, " awake"]) -> Audience:
    names = (field.name for field in fields(Audience))
    found = {n: getattr(viewers if hasattr(viewers, n) else mood, n) for n in names}
    of = {n: field.index_select(0, row) for n, field in found.items()}
    of["leaning"] = of["leaning"].T.contiguous().T
    return Audience(**of)


@dataclass(frozen=True)
class Recent:
    """The last videos that some viewers watched, newest last."""

    ids: Int[Tensor, "awake recent"]  # 0 = none
    watch: Float[Tensor, "awake recent"]  # seconds
    liked: UInt8[Tensor, "awake recent"]


def recent(memory: Memory, row: Int[Tensor, " awake"]) -> Recent:
    held = memory.history, memory.history_watch, memory.history_liked.view(torch.uint8)
    return Recent(*(field.index_select(0, row) for field in held))


def following(memory: Memory, row: Int[Tensor, " awake"]) -> Float[Tensor, "followed awake"]:
    """Ids of the creators followed; floats hold them (see Shown) and compare fast."""
    ids = memory.follows.index_select(0, row)
    # in one pass: `.T.float().contiguous()` takes four times as long
    return torch.empty(ids.shape[::-1], device=ids.device).copy_(ids.T)
