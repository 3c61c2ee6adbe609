"""The one table of what events tell: a row per impression, a column per entry, in this order.

A new column is an entry here: what it is called, its type and unit, what it says in two languages,
and how it is read off a page.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Int
from torch import Tensor

from sim.world.state import EVENT_FLAGS, SOURCES, Events, Response, World, row_of

DTYPES = {
    "int64": torch.int64,
    "int32": torch.int32,
    "int16": torch.int16,
    "float32": torch.float32,
    "bool": torch.bool,
    "name": torch.int8,  # a place in a list of names
}


@dataclass(frozen=True)
class Impressions:
    """The videos of a page that some viewers saw, flat."""

    page: Events
    world: World  # as the day ended
    who: Int[Tensor, " n"]  # places of the viewers in the page
    slot: Int[Tensor, " n"]
    video: Int[Tensor, " n"]  # rows
    ad: Int[Tensor, " n"] | None = None  # the campaigns, where these are advertisements
    first: int = 0  # place of the first of them, after the slate

    @classmethod
    def of(cls, page: Events, world: World, keep: Int[Tensor, " some"]) -> "Impressions":
        """What the viewers at places `keep` of the page saw, in their order."""
        at, slot = page.response.seen[keep].nonzero(as_tuple=True)
        video = row_of(page.ids[keep[at], slot], len(world.videos.id))
        return cls(page, world, keep[at], slot, video)

    @classmethod
    def of_ads(cls, page: Events, world: World, keep: Int[Tensor, " some"]) -> "Impressions | None":
        """Likewise the advertisements that they saw; None where nobody advertises."""
        if page.ads is None or page.ads_seen is None:
            return None
        at, place = page.ads_seen[keep].nonzero(as_tuple=True)
        who = keep[at]
        campaign, slots = page.ads.campaign[place, who], page.ids.shape[1]
        return cls(_as_page(page), world, who, place, 0 * place, campaign, slots)

    def __len__(self) -> int:
        return len(self.who)

    def of_video(self, table: Tensor, ad: Tensor | int = 0) -> Tensor:
        """What belongs to each video; for advertisements `ad`."""
        return table[self.video] if self.ad is None else self.all(ad)

    def of_campaign(self, name: str) -> Tensor | int:
        """What belongs to the campaign of each advertisement."""
        if self.ad is None or self.world.money is None:
            return 0
        return getattr(self.world.money.campaigns, name)[self.ad - 1]

    def each(self, table: Tensor) -> Tensor:
        """Of a table by viewer and slot, what belongs to each impression."""
        return table[self.who, self.slot]

    def all(self, value: Tensor | int) -> Tensor:
        """The same for every impression."""
        return torch.as_tensor(value, device=self.who.device).expand(len(self))


def _as_page(page: Events) -> Events:
    """The advertisements of a page as if they were its videos."""
    assert page.ads is not None and page.ads_seen is not None
    seen, none = page.ads_seen, torch.zeros_like(page.ads.seconds.T)
    did = Response(seen, page.ads.seconds.T, none.int(), seen & False, none, none, page.ads.joy.T)
    ids = none.long()
    source = torch.full_like(ids, SOURCES.index("promoted"))
    return replace(page, ids=ids, source=source, logp=none + torch.nan, response=did)


@dataclass(frozen=True)
class Column:
    """A column of events. Where `missing` is given, what equals it (NaN too) is null."""

    name: str
    kind: str  # a key of DTYPES
    unit: str
    en: str
    zh: str
    read: Callable[[Impressions], Tensor] | None = None  # None: the run knows it, not the page
    missing: float | None = None
    names: tuple[str, ...] = ()  # where kind is "name" and a page knows them
    hidden: bool = False  # what no platform can see: written only where it is asked for

    def values(self, seen: Impressions) -> Tensor:
        assert self.read is not None
        return self.read(seen).to(DTYPES[self.kind])


def _of_threats(seen: Impressions, name: str) -> Tensor:
    """What is hidden of each video; 0 of the harmless."""
    threats = seen.world.threats
    if threats is None:
        return seen.all(0)
    bad = (threats.harm > 0).to(torch.float32)
    return seen.of_video(getattr(threats, name) * bad)


def _is_bot(seen: Impressions) -> Tensor:
    threats = seen.world.threats
    return seen.all(0) if threats is None else threats.bot[seen.page.request.row[seen.who]]


def _flag(name: str, en: str, zh: str) -> Column:
    return Column(name, "bool", "", en, zh, lambda i: i.each(i.page.response.did(name)))


_ACTS = {
    "like": ("liked it", "点了赞"),
    "comment": ("commented on it", "发了评论"),
    "share": ("passed it on to a friend", "转发给了朋友"),
    "follow": ("followed the creator after it", "看后关注了创作者"),
    "collect": ("saved it for later", "收藏了"),
    "hide": ("marked it “not interested”", "点了“不感兴趣”"),
    "report": ("reported it to the platform", "向平台举报了"),
}
COLUMNS: tuple[Column, ...] = (
    Column("seed", "int64", "", "random seed of the world", "世界的随机种子"),
    Column("agent", "name", "", "the recommender", "推荐算法"),
    Column(
        "day", "int32", "days", "day of the run, from 0", "第几天，从 0 起",
        lambda i: i.all(i.page.day),
    ),
    Column(
        "step", "int16", "pages", "page of the day, from 0", "当天第几页，从 0 起",
        lambda i: i.all(i.page.page),
    ),
    Column(
        "hour", "float32", "hours", "when the session began, 0 to 24", "会话开始的时刻，0 到 24",
        lambda i: i.page.request.hour[i.who],
    ),
    Column(
        "viewer", "int64", "", "permanent id of the viewer", "观众的固定编号",
        lambda i: i.page.request.viewer[i.who],
    ),
    Column(
        "slot", "int16", "",
        "place in the slate, from 0; the page's advertisements come after it",
        "在推荐列表中的位置，从 0 起；该页的广告排在列表之后",
        lambda i: i.slot + i.first,
    ),
    Column(
        "video", "int64", "", "permanent id of the video", "视频的固定编号",
        lambda i: i.each(i.page.ids),
    ),
    Column(
        "creator", "int64", "", "permanent id of the creator", "创作者的固定编号",
        lambda i: i.of_video(i.world.videos.creator),
    ),
    Column(
        "category", "int16", "", "main topic of the video", "视频的主要话题",
        lambda i: i.of_video(i.world.videos.topic, i.of_campaign("topic")),
    ),
    Column(
        "upload_day", "int32", "days", "day on which the video was posted", "视频发布的日子",
        lambda i: i.of_video(i.world.videos.uploaded, i.page.day),
    ),
    Column(
        "duration_s", "float32", "s", "length of the video", "视频时长",
        lambda i: i.of_video(i.world.videos.duration, i.of_campaign("length")),
    ),
    Column(
        "watch_s", "float32", "s", "how long it was watched", "观看时长",
        lambda i: i.each(i.page.response.watch),
    ),
    *(_flag(name, *_ACTS[name]) for name in EVENT_FLAGS),
    Column(
        "left", "bool", "", "the session ended with this video", "看完这个视频后会话结束",
        lambda i: i.each(i.page.response.left),
    ),
    Column(
        "ad", "bool", "", "it was an advertisement: video and creator are 0",
        "是否广告；广告的视频和创作者编号为 0",
        lambda i: i.all(int(i.ad is not None)),
    ),
    Column(
        "source", "name", "", "where it came from", "从哪里来的",
        lambda i: i.each(i.page.source), names=SOURCES,
    ),
    Column(
        "survey", "float32", "1..5",
        "answer to “were you satisfied?”, null where not asked",
        "“满意吗？”的回答；没问则为空",
        lambda i: i.each(i.page.response.survey), missing=0.0,
    ),
    Column(
        "logp", "float32", "nats",
        "ln chance that the recommender showed it there, null where unknown",
        "推荐算法在此处展示它的概率的对数；未知则为空",
        lambda i: i.each(i.page.logp), missing=float("nan"),
    ),
    Column(
        "satisfaction", "float32", "0..1", "how content the viewer was afterwards", "看后的满意度",
        lambda i: i.each(i.page.response.satisfaction), hidden=True,
    ),
    Column(
        "appeal", "float32", "sd",
        "how much it drew the viewer, against a random pair",
        "对这位观众的吸引力（随机配对为 0）",
        lambda i: i.each(i.page.response.appeal), hidden=True,
    ),
    Column(
        "harm", "float32", "0..1", "how harmful it is; 0 where nothing is posted to do harm",
        "危害程度；世界里没有有害内容时为 0",
        lambda i: _of_threats(i, "severity"), hidden=True,
    ),
    Column(
        "violative", "bool", "", "whether the video breaks the rules, found or not",
        "视频是否违规，不论是否已被发现",
        lambda i: _of_threats(i, "harm") > 0, hidden=True,
    ),
    Column(
        "bot", "bool", "", "whether the viewer is a program and not a person",
        "这位“观众”是否是程序而非真人",
        lambda i: _is_bot(i), hidden=True,
    ),
)  # fmt: skip


def columns(truth: bool) -> tuple[Column, ...]:
    """Those written; with `truth` the hidden ones too."""
    return tuple(each for each in COLUMNS if truth or not each.hidden)
