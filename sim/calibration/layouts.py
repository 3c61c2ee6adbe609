"""What kinds of logs call their columns, and what each column holds."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

FLAGS = {  # ours: theirs
    "like": "is_like",
    "comment": "is_comment",
    "share": "is_forward",
    "follow": "is_follow",
    "collect": "is_collect",
    "hide": "is_hate",
}
YES_NO = {*FLAGS, "random", "ad"}
IDS = {"viewer", "video", "creator", "seed"}
TEXTS = {"date", "tag", "agent"}
_PLACES = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class Layout:
    """What a kind of log calls its columns."""

    name: str
    needs: Mapping[str, str]  # ours: theirs
    may: Mapping[str, str]
    second: float  # how many of the log's units make a second
    tab: int | None = None  # the scenario kept: kuaishou's single-column autoplay feed is 1
    when: tuple[str, ...] = ("time_ms", "date")  # of these columns at least one
    tick: float = 1.0  # milliseconds in the log's unit of time

    @property
    def names(self) -> dict[str, str]:
        return {**self.needs, **self.may}


LAYOUTS = (
    Layout(
        "KuaiRand",
        {
            "viewer": "user_id",
            "video": "video_id",
            "watch": "play_time_ms",
            "seconds": "duration_ms",
        },
        {"time": "time_ms", "date": "date", "creator": "author_id", "tag": "tag", "tab": "tab"}
        | {"hourmin": "hourmin", "random": "is_rand"}
        | FLAGS,
        second=1000.0,
        tab=1,
    ),
    Layout(
        "KuaiRec",
        {
            "viewer": "user_id",
            "video": "video_id",
            "watch": "play_duration",
            "seconds": "video_duration",
        },
        {"time": "timestamp", "date": "date"},
        second=1000.0,
        when=("timestamp", "date"),
        tick=1000.0,
    ),
    Layout(
        "table",
        {"viewer": "user_id", "video": "item_id", "watch": "watch_s", "seconds": "duration_s"},
        {"time": "time_ms", "date": "date", "day": "day", "hour": "hour", "hourmin": "hourmin"}
        | {"creator": "creator", "tag": "category", "random": "is_rand"}
        | {name: name for name in FLAGS},
        second=1.0,
        when=("time_ms", "date", "day"),
    ),
    Layout(  # of the simulator's own runs
        "events",
        {"viewer": "viewer", "video": "video", "watch": "watch_s", "seconds": "duration_s"},
        {"day": "day", "hour": "hour", "step": "step", "slot": "slot", "creator": "creator"}
        | {"tag": "category", "seed": "seed", "agent": "agent", "ad": "ad"}
        | {name: name for name in FLAGS},
        second=1.0,
        when=("day",),
    ),
)
ABOUT_VIDEOS = {  # columns of the tables beside a log: what they hold
    "video_id": "video",
    "author_id": "creator",
    "tag": "tag",
    "feat": "tag",
    "video_duration": "length",
    "collect_cnt": "count",
    "play_cnt": "count",
    "counts": "count",
}
KNOWN = {name for layout in LAYOUTS for name in layout.names.values()} | set(ABOUT_VIDEOS)


def text_type(ours: str) -> pa.DataType:
    """What a column of a text table is read as: ids as they stand, so that no digit is lost."""
    if ours in IDS:
        return pa.string()
    return _PLACES if ours in TEXTS | YES_NO else pa.float64()
