"""One day's measures, by the names that people's scripts read (INTERFACE, "Measures")."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from sim.measure import bubble, exposure, welfare
from sim.world.state import Events, World, row_of

WEEK = 7
NEWCOMER_DAYS = 30  # a creator is new for so long after the first post
UNITS = {
    "watch_minutes": "min",
    "watch_minutes_active": "min",
    "impressions": "count",
    "active_viewers": "count",
    "topic_entropy": "bits",
    "homogeneity": "cosine",
    "calibration": "nats",
    "satisfaction": "0..1",
    "regret": "share",
}  # all else is a share


@dataclass
class Window:
    """What each viewer was shown by topic over the last seven days, and who came in thirty."""

    shown: Tensor  # (7, sample, topics) int16, day % 7 first
    row: Tensor  # (sample,) viewer rows followed: all, or an even sample of a large world
    came: Tensor  # (30, viewers) bool, day % 30 first

    SAMPLE = 20_000

    @classmethod
    def empty(cls, world: World) -> "Window":
        viewers, topics = world.viewers.taste.shape
        step = -(-viewers // cls.SAMPLE)
        row = torch.arange(0, viewers, step, device=world.device)
        shown = torch.zeros(WEEK, len(row), topics, dtype=torch.int16, device=world.device)
        came = torch.zeros(30, viewers, dtype=torch.bool, device=world.device)
        return cls(shown, row, came)

    def take_in(self, world: World, events: list[Events]) -> None:
        day = int(world.day)
        viewers, topics = world.viewers.taste.shape
        place = torch.full((viewers,), -1, device=world.device)
        place[self.row] = torch.arange(len(self.row), device=world.device)
        counts = torch.zeros(len(self.row) * topics, dtype=torch.int64, device=world.device)
        for e in events:
            who = place[e.request.row]
            topic = world.videos.topic[row_of(e.ids, len(world.videos.id))]
            ok = e.response.seen & (who >= 0)[:, None]
            flat = (who[:, None] * topics + topic)[ok]
            counts.index_add_(0, flat, torch.ones_like(flat))
        self.shown[day % WEEK] = counts.view(len(self.row), topics).to(torch.int16)
        self.came[day % 30] = world.mood.present

    def week(self) -> Float[Tensor, "sample topics"]:
        """What each viewer was shown by topic in seven days."""
        total = torch.zeros(self.shown.shape[1:], device=self.shown.device)
        for day in self.shown:  # torch sums small integers over the first axis ten times as slowly
            total += day
        return total

    def state_dict(self) -> dict[str, Tensor]:
        return {"shown": self.shown, "row": self.row, "came": self.came}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        self.shown, self.row, self.came = state["shown"], state["row"], state["came"]


Row = tuple[str, str, float]  # metric, group, value


def measure_day(world: World, events: list[Events], window: Window) -> list[Row]:
    """All measures of the day that `events` hold; `world` is as the day ended."""
    window.take_in(world, events)
    v, mood = world.viewers, world.mood
    sums = welfare.by_viewer(world, events)
    registered = int(v.registered.sum())
    active = int(mood.present.sum())
    minutes = float(sums.seconds.sum()) / 60
    values = {
        "watch_minutes": minutes / max(1, registered),
        "watch_minutes_active": minutes / max(1, active),
        "impressions": float(sums.shown.sum()),
        "active_viewers": float(active),
        "return_rate": _share(mood.present & (mood.away == 0), v.registered & (mood.away == 0)),
        "dau_over_mau": active / max(1, int(window.came.any(0).sum())),
        **welfare.impression_rates(world, events),
    }
    shown = window.week()
    width = bubble.entropy(shown)
    supply = _supply(world)
    values["topic_entropy"] = float(width.nanmean())
    values["homogeneity"] = bubble.homogeneity(shown)
    values["calibration"] = bubble.calibration(shown, v.taste[window.row], supply)
    rows: list[Row] = [(k, "all", x) for k, x in values.items()]
    rows += [("watch_minutes", g, x) for g, x in _grouped(world, sums.seconds / 60)]
    rows += [("satisfaction", g, x) for g, x in _grouped(world, sums.satisfaction, sums.shown)]
    rows += [
        ("topic_entropy", g, float(width[mask[window.row]].nanmean()))
        for g, mask in welfare.groups(world).items()
    ]
    return rows + _exposure(world)


def _share(part: Tensor, whole: Tensor) -> float:
    n = int(whole.sum())
    return int((part & whole).sum()) / n if n else float("nan")


def _supply(world: World) -> Tensor:
    topics = world.viewers.taste.shape[1]
    live = world.videos.id > 0
    return torch.bincount(world.videos.topic[live], minlength=topics).float() / live.sum()


def _grouped(world: World, amount: Tensor, per: Tensor | None = None):
    for name, mask in welfare.groups(world).items():
        over = mask.double() if per is None else per * mask
        n = float(over.sum())
        yield name, float((amount * mask).sum()) / n if n else float("nan")


def _exposure(world: World) -> list[Row]:
    """Of the day's views: over the videos live today, over creators with a live video."""
    videos, creators = world.videos, world.creators
    live = (videos.views_today > 0) | (world.day - videos.uploaded < WEEK) & (videos.id > 0)
    views = videos.views_today[live]
    by = videos.creator[live] - 1
    zero = torch.zeros(len(creators.id), dtype=torch.int64, device=world.device)
    per_creator = zero.index_add(0, by, views)
    posting = zero.index_add(0, by, torch.ones_like(by)) > 0
    total = max(1, int(views.sum()))
    order = creators.followers.double()
    large = order >= order[posting].quantile(0.9)
    rows: list[Row] = [
        ("coverage", "all", _share(views > 0, torch.ones_like(views, dtype=torch.bool))),
        ("video_gini", "all", exposure.gini(views)),
        ("creator_gini", "all", exposure.gini(per_creator[posting])),
        ("newcomer_share", "all", int(per_creator[creators.followers < 10].sum()) / total),
        ("exposure_share", "creator:large", int(per_creator[large].sum()) / total),
        ("exposure_share", "creator:small", int(per_creator[~large].sum()) / total),
    ]
    return rows
