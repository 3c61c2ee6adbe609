"""What a creator's own account shows, and what came of what was chosen."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state.choices import Choice
from sim.world.state.money import INCOME

FLOWS = (
    "impressions",
    "plays",  # watched for 3 s, or to the end
    "watch_s",
    "finishes",
    "likes",
    "comments",
    "shares",
    "collects",
    "hides",
    "gained",  # followers
    "lost",
)
VIDEO_FLOWS = (
    "impressions",
    "plays",
    "watch_s",
    "finishes",
    "likes",
    "comments",
    "shares",
    "gained",
)
POINTS = 10  # of a retention curve: still watching at a tenth, two tenths, ... of the duration
AGES, REGIONS = 6, 5  # public groups of viewers
AUDIENCE = AGES + REGIONS + 2  # impressions by age band, by region; of followers; of who came back
WEEK = 7  # days of flows that a dashboard shows
HOT = 10  # videos on the public list of the most viewed
STREAMS = INCOME  # of income


@dataclass(frozen=True)
class Dashboard:
    """A creator's own figures, as the account shows them; a row a seat.

    Figures of the audience are as old as the platform's delay; what creators know of themselves
    (cash, energy, hours, what they posted) is of now. Nothing hidden is in it.
    """

    day: int
    creator: Int[Tensor, " seats"]  # permanent ids
    seated: Int[Tensor, " seats"]  # days since the seat was taken
    main: Int[Tensor, " seats"]  # topic that the account stands for
    second: Int[Tensor, " seats"]
    followers: Int[Tensor, " seats"]
    flows: Float[Tensor, "seats week flows"]  # by the names of FLOWS, newest day last
    sources: Float[Tensor, "seats sources"]  # impressions of the week by SOURCES
    groups: Float[Tensor, "seats audience"]  # impressions of the week; see AUDIENCE
    income: Float[Tensor, "seats streams"]  # of the week by STREAMS, money units
    spent: Float[Tensor, " seats"]  # of the week, money units
    unanswered: Float[Tensor, " seats"]  # comments of the newest day shown
    video: Int[Tensor, "seats recent"]  # ids of the last posts, newest first; 0 = none
    video_age: Int[Tensor, "seats recent"]  # days
    video_topic: Int[Tensor, "seats recent"]
    video_format: Int[Tensor, "seats recent"]  # index into FORMATS
    video_duration: Float[Tensor, "seats recent"]  # seconds
    video_flows: Float[Tensor, "seats recent videoflows"]  # by VIDEO_FLOWS, since it came out
    retention: Float[Tensor, "seats recent points"]  # shares of its impressions
    cash: Float[Tensor, " seats"]  # money units
    energy: Float[Tensor, " seats"]  # 0..1
    hours: Float[Tensor, " seats"]  # of work, yesterday
    trends: Float[Tensor, " topics"]  # the public list: how hot each topic is; 0 = not on it
    hot_topic: Int[Tensor, " hot"]  # the most viewed videos of yesterday, anybody's
    hot_format: Int[Tensor, " hot"]  # index into FORMATS
    hot_duration: Float[Tensor, " hot"]  # seconds
    hot_views: Int[Tensor, " hot"]  # 0 = no more videos

    def of(self, flow: str) -> Float[Tensor, "seats week"]:
        """A flow by name."""
        return self.flows[..., FLOWS.index(flow)]

    def menu(self) -> Int[Tensor, "seats topics"]:
        """The topics that TOPICS mean: the account's main one; its second; that of its best recent
        post; the hottest of the public list. Where there is no such post, or no trend, the main
        one."""
        plays = self.of_video("plays").where(self.video > 0, -1.0)
        best = self.video_topic.gather(1, plays.argmax(1, keepdim=True))[:, 0]
        best = torch.where((self.video > 0).any(1), best, self.main)
        hot = torch.where(self.trends.max() > 0, self.trends.argmax(), self.main)
        return torch.stack([self.main, self.second, best, hot], dim=1)

    def of_video(self, flow: str) -> Float[Tensor, "seats recent"]:
        return self.video_flows[..., VIDEO_FLOWS.index(flow)]


@dataclass(frozen=True)
class Lived:
    """A day as an agent learns from it; a row a seat."""

    before: Dashboard  # when it chose
    choice: Choice
    reward: Float[Tensor, " seats"]
    over: Bool[Tensor, " seats"]  # the seat's last day
    after: Dashboard


@dataclass(frozen=True)
class Backstage:
    """What only a creator's agent marked privileged is handed: a diagnostic, never a method."""

    wants: Float[Tensor, "viewers topics"]  # how much each registered viewer wants a topic
    supply: Float[Tensor, " topics"]  # share of the live videos
    skill: Float[Tensor, " seats"]  # standardised
    budget: Float[Tensor, " seats"]  # hours a day that there are
    # what work is, by format: hours of a post (at the effort of habit), and what effort adds to
    # quality and to the hook, standard deviations per unit of ln(1 + bend x effort)
    hours: Float[Tensor, " formats"]
    quality: Float[Tensor, " formats"]
    hook: Float[Tensor, " formats"]
    bend: Float[Tensor, ""]
    # energy missing in the long run, per hour worked over those that there are, as a share of them;
    # and quality lacking, standard deviations, without any energy
    wear: Float[Tensor, ""]
    tired: Float[Tensor, ""]
    # appeal per standard deviation of quality and of hook; then logits of satisfaction of quality,
    # and lost by promising more than there is
    appeals: Float[Tensor, "4"]
