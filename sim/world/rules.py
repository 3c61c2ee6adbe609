"""All the parameters of a world, and the tables that follow from them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from sim.world import moderation, reactions, videos, viewers, watching
from sim.world.appeal import AppealParams
from sim.world.brand import BrandParams
from sim.world.careers import CareerParams
from sim.world.catalog import CatalogParams
from sim.world.community import FRIENDS, CommunityParams
from sim.world.creators import CreatorParams
from sim.world.moderation import ClassifierParams, PolicyParams, ReviewParams
from sim.world.money.ads import AdParams
from sim.world.money.deals import DealParams
from sim.world.money.habit import EarningParams
from sim.world.money.payout import TermParams
from sim.world.money.promotion import PromotionParams
from sim.world.money.sales import SalesParams
from sim.world.ranges import Within
from sim.world.reactions import ReactionParams, ReactionTables
from sim.world.rng import key, streams
from sim.world.sessions import SessionParams
from sim.world.state import EVENT_FLAGS, LINE, MOST_FLAGS, Policy, most, sheet_width
from sim.world.tastes import Feedback, TasteParams
from sim.world.threats import ActorParams, BotParams, HarmParams, Level, codes, head_counts
from sim.world.videos import CraftParams, VideoParams, VideoTables
from sim.world.viewers import ViewerParams, ViewerTables
from sim.world.watching import WatchParams, WatchTables

# branches under a world's root key, and NIGHT and PAGES under its luck
(CULTURE, VIEWERS, LIKES, CREATORS, COMMUNITY, VIDEOS, ARRIVE, NIGHT, PAGES) = streams(
    "world", "culture", "viewers", "likes", "creators", "community", "videos", "arrivals", "night",
    "pages",
)  # fmt: skip


(MONEY,) = streams("world's money", "campaigns")  # likewise under its root
(THREATS,) = streams("world's threats", "people")  # likewise
(MODERATION,) = streams("world's moderation", "classifier")  # likewise

COUNT_BITS = 21  # of a video's views in one page: three counts ride in 63 bits


@dataclass(frozen=True)
class SizeParams:
    viewers: Annotated[int, Within(1, 1_000_000)]  # residents on day 0
    live: Annotated[int, Within(1, 10_000_000)]  # videos that may be shown at once, about
    spare: Annotated[float, Within(0, 10)] = 0.3  # rows for arrivals, over viewers
    slots: Annotated[int, Within(1, 200)] = 10  # videos in a page
    pages: Annotated[int, Within(1, 500)] = 16  # at most, a viewer and day
    history: Annotated[int, Within(1, 200)] = 20  # videos that an observation recalls
    followed: Annotated[int, Within(1, 200)] = 16  # creators that a viewer can follow at once
    styles: Annotated[int, Within(1, 9)] = 8  # dimensions of style within a topic
    # viewers computed at once on a CPU, at least on a GPU; changes no result
    block: Annotated[int, Within(16, 1_048_576)] = 8192

    @property
    def viewer_rows(self) -> int:
        return math.ceil(self.viewers * (1 + self.spare))

    def arrivals(self, rate: float) -> int:
        """New viewers a day."""
        return max(1, round(rate * self.viewers)) if rate else 0


@dataclass(frozen=True)
class Params:
    size: SizeParams
    watch: WatchParams
    appeal: AppealParams
    reactions: ReactionParams
    viewers: ViewerParams
    tastes: TasteParams
    sessions: SessionParams
    videos: VideoParams
    craft: CraftParams
    creators: CreatorParams
    community: CommunityParams
    catalog: CatalogParams
    ads: AdParams
    terms: TermParams
    earning: EarningParams
    sales: SalesParams
    deals: DealParams
    promotion: PromotionParams
    brand: BrandParams
    careers: CareerParams
    policy: PolicyParams
    actors: ActorParams
    harms: HarmParams
    bots: BotParams
    classifier: ClassifierParams
    review: ReviewParams
    feedback: Feedback = "slight"  # how much tastes answer what is watched
    # whether brands are built and anything is earned; "off" rests all of it
    money: Literal["off", "on"] = "off"
    brands: Literal["off", "on"] = "on"  # of that, brands and careers; "off" rests them alone
    threats: Level = "none"  # who posts to do harm; "none" rests moderation too
    moderation: Literal["none", "house", "strict"] = "house"  # what is done about it

    @property
    def uploads(self) -> float:
        """Videos posted a day, about: what keeps `size.live` of them live."""
        return self.size.live / self.catalog.life

    @property
    def branded(self) -> bool:
        """Whether brands are built and creators live."""
        return self.money == "on" and self.brands == "on"

    @property
    def threatened(self) -> bool:
        return self.threats != "none"

    @property
    def moderated(self) -> bool:
        """Whether anything is done about threats."""
        return self.threatened and self.moderation != "none"

    @property
    def times(self) -> float:
        """How many times as many threats there are as at threats=low."""
        return {"none": 0.0, "low": 1.0, "high": self.actors.high}[self.threats]

    @property
    def supply(self) -> float:
        """Posts a day over `uploads` that are made to do harm, as long as nobody is stopped."""
        return self.actors.supply * self.times

    @property
    def bot_count(self) -> int:
        """Fake accounts; their rows come after those of all other viewers."""
        return math.ceil(self.bots.share * self.times * self.size.viewers)

    @property
    def viewer_rows(self) -> int:
        return self.size.viewer_rows + self.bot_count

    @property
    def actor_counts(self) -> tuple[int, ...]:
        """Actors by kind."""
        return head_counts(self.actors, self.supply * self.uploads, self.honest_count, self.times)

    @property
    def creator_count(self) -> int:
        """All accounts that may post; those of actors come last."""
        return self.honest_count + sum(self.actor_counts) * self.actors.accounts

    @property
    def honest_count(self) -> int:
        """Accounts that post `uploads` a day between them."""
        c = self.creators
        active = c.cadence * math.exp(c.cadence_sd**2 / 2)
        each = c.active_share * active + (1 - c.active_share) * c.idle_cadence
        return max(8, round(self.uploads / each))

    @property
    def upload_width(self) -> int:
        """Places for a day's posts; more than ever needed by a few standard deviations."""
        uploads = self.uploads * (1 + self.supply)
        return math.ceil(1.5 * uploads + 4 * uploads**0.5 + 8)

    @property
    def ring(self) -> int:
        """Rows of the catalogue: its life's posts and some."""
        return math.ceil(1.35 * self.size.live * (1 + self.supply)) + self.upload_width


Overflow = tuple[str, object, str, str]  # the rule, what was got, the cure, the settings


def overflows(params: Params) -> Iterator[Overflow]:
    """Where a world asks for more than its formats hold: nothing is cut off in silence."""
    size, topics = params.size, len(params.videos.category_share)
    if len(EVENT_FLAGS) > MOST_FLAGS:
        rule = f"what a viewer does with a video is told by at most {MOST_FLAGS} flags"
        yield rule, len(EVENT_FLAGS), "Widen Response.flags first.", ""
    if (words := sheet_width(size.styles)) > LINE:
        rule = f"a video's sheet is at most {LINE} words, a line of memory"
        yield rule, words, f"Lower size.styles by {words - LINE}.", "size.styles"
    if topics > most("topic") + 1:
        rule = f"there are at most {most('topic') + 1} topics"
        yield rule, topics, "Join the smallest of videos.category_share.", "videos.category_share"
    if params.creator_count > most("creator"):
        rule = f"there are at most {most('creator'):,} creators, as follow from size.live, "
        rule += "catalog.life and [creators]: float32 holds no more whole numbers"
        keys = "size.live catalog.life creators.active_share creators.cadence creators.idle_cadence"
        cure = "Take fewer live videos, or creators who post more."
        yield rule, f"{params.creator_count:,}", cure, keys
    if params.viewer_rows >= 1 << COUNT_BITS:
        rule = (
            "size.viewers x (1 + size.spare), with fake accounts, is below "
            + f"{1 << COUNT_BITS:,}, for a page "
        )
        rule += f"counts a video's views in {COUNT_BITS} bits"
        keys = "size.viewers size.spare"
        yield rule, f"{params.viewer_rows:,}", "Lower one of the two.", keys
    if params.community.friends > FRIENDS:
        rule = f"a viewer has at most {FRIENDS} friends"
        yield rule, params.community.friends, "Lower community.friends.", "community.friends"


@dataclass(frozen=True)
class Tables:
    watching: WatchTables
    reactions: ReactionTables
    viewers: ViewerTables
    videos: VideoTables
    policy: Policy  # of moderation, where nobody sits there
    codes: Float[Tensor, "harms features"]  # how kinds of harm look and sound


@dataclass(frozen=True)
class Rules:
    params: Params
    tables: Tables


def accustomed(params: Params) -> Params:
    """Where there are advertisements, what their usual load takes is given back: budgets and
    goodwill were fitted to a log that had them. Once is enough: what comes back is at ease."""
    if params.money == "off":
        return params
    spare, v, s = params.ads, params.viewers, params.sessions
    return replace(
        params,
        viewers=replace(
            v,
            minutes=v.minutes / (1 - spare.spare_time),
            patience=v.patience / (1 - spare.spare_patience),
            goodwill=v.goodwill - spare.spare_goodwill,
        ),
        sessions=replace(s, usual_goodwill=s.usual_goodwill - spare.spare_goodwill),
        ads=replace(spare, spare_time=0.0, spare_patience=0.0, spare_goodwill=0.0),
    )


def rules(params: Params, device: torch.device | str = "cpu") -> Rules:
    """The parameters and the tables that follow from them, on the device.

    Raises ValueError where the formats hold no such world.
    """
    for rule, got, cure, _ in overflows(params):
        raise ValueError(f"{rule}; got {got}. {cure}")
    params = accustomed(params)
    culture = key(0, device).fold(CULTURE)  # the same in every world
    topics = len(params.videos.category_share)
    durations = videos.middles(params.videos)
    told = watching.told(params.watch, durations, reactions.RATIO_EDGES)
    likes = watching.told_likes(params.watch, durations)
    return Rules(
        params,
        Tables(
            watching.tables(params.watch, device),
            reactions.tables(params.reactions, told, device, likes),
            viewers.tables(topics, culture),
            videos.tables(params.videos, params.size.styles, culture),
            moderation.policy(params.policy, device),
            codes(culture),
        ),
    )
