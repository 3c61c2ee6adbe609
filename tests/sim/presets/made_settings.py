"""Settings as people and chance write them: each with its range, values in it and out of it."""

import datetime
import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin

from hypothesis import strategies as st
from worlds import tensors

from sim.presets.checking import hints
from sim.presets.config import resolve
from sim.presets.describing import unwrapped
from sim.world.ranges import Len, Within
from sim.world.rules import Params


class Setting(NamedTuple):
    key: str
    hint: Any
    now: Any  # in the smallest world

    @property
    def many(self) -> bool:
        return get_origin(unwrapped(self.hint)[0]) is tuple

    @property
    def whole(self) -> bool:
        return unwrapped(self.hint)[0] is int

    @property
    def range(self) -> Within | None:
        """Of the number, or of each number of a list."""
        base, notes = unwrapped(self.hint)
        if self.many:
            notes = unwrapped(get_args(base)[0])[1]
        return next((note for note in notes if isinstance(note, Within)), None)

    @property
    def words(self) -> tuple[str, ...]:
        """Those that it may be, where it is no number."""
        base = unwrapped(self.hint)[0]
        return get_args(base) if get_origin(base) is Literal else ()

    @property
    def limited(self) -> bool:
        return any(isinstance(note, Len) for note in unwrapped(self.hint)[1])


@cache
def every_setting() -> tuple[Setting, ...]:
    """Of a world."""
    return tuple(_settings(Params, resolve("nano"), ""))


def _settings(kind: type, now: Any, above: str) -> Iterator[Setting]:
    for field in fields(kind):
        hint, value = hints(kind)[field.name], getattr(now, field.name)
        if is_dataclass(hint):
            yield from _settings(hint, value, f"{above}{field.name}.")
        else:
            yield Setting(f"{above}{field.name}", hint, value)


def numbers(setting: Setting) -> st.SearchStrategy:
    """In the range, its ends often; or one of the words."""
    if setting.words:
        return st.sampled_from(setting.words)
    low, high = setting.range.low, setting.range.high
    if setting.whole:
        return st.sampled_from([low, high]) | st.integers(low, high)
    return st.sampled_from([low, high]) | st.floats(low, high)


def lists(setting: Setting) -> st.SearchStrategy:
    """As long as the preset's own; shares are laid out to sum to 1, knots and quantiles rise."""
    raw = st.lists(numbers(setting), min_size=len(setting.now), max_size=len(setting.now))
    if setting.key in ("videos.category_share", "sessions.hour_share"):
        return raw.filter(any).map(lambda x: [v / sum(x) for v in x])
    if setting.key in ("watch.knots", "videos.duration_quantiles"):
        return raw.map(lambda x: sorted(set(x)))
    return raw


def infinite(*structs: Any) -> list[str]:
    """Paths at which a struct holds a number that is not finite; the ln of a propensity that nobody
    knows is NaN by right."""
    return [
        path
        for struct in structs
        for path, tensor in tensors(struct)
        if tensor.is_floating_point() and not path.endswith("logp") and not tensor.isfinite().all()
    ]


SHARES = tuple(f"watch.{name}" for name in ("skip", "leave", "finish", "loop"))
SMALL = {"size.viewers": (1, 40), "size.live": (1, 60), "size.slots": (1, 12), "size.pages": (1, 3),
         "size.spare": (0.0, 2.0), "catalog.life": (1, 10)}  # fmt: skip


@st.composite
def within(draw: st.DrawFn) -> dict[str, Any]:
    """Some settings, each in its own range, of a world that is lived through in no time."""
    chosen = draw(
        st.lists(st.sampled_from(every_setting()), max_size=12, unique_by=lambda s: s.key)
    )
    found: dict[str, Any] = {"size.viewers": 30, "size.live": 40, "size.slots": 4}
    for setting in chosen:
        if setting.key in SHARES:
            found |= draw(mixtures(len(setting.now)))
        elif setting.key in SMALL:
            low, high = SMALL[setting.key]
            found[setting.key] = draw(
                st.integers(low, high) if setting.whole else st.floats(low, high)
            )
        else:
            found[setting.key] = draw(lists(setting) if setting.many else numbers(setting))
    return found


@st.composite
def mixtures(draw: st.DrawFn, knots: int) -> dict[str, list[float]]:
    """The four shares of watching at every knot."""
    share = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)
    rows = draw(
        st.lists(
            st.lists(share, min_size=4, max_size=4).filter(any), min_size=knots, max_size=knots
        )
    )
    return {name: [row[i] / sum(row) for row in rows] for i, name in enumerate(SHARES)}


JUNK = st.one_of(
    st.sampled_from([math.nan, math.inf, -math.inf, 0, -1, 1e308, -1e308, 10**30, 1 << 63, 1e-300]),
    st.floats(), st.integers(), st.booleans(), st.none(), st.text(max_size=6),
    st.lists(st.floats() | st.integers() | st.text(max_size=3), max_size=30),
    st.dictionaries(st.text(max_size=5), st.floats(), max_size=2),
    st.just(datetime.date(2024, 1, 1)),
)  # fmt: skip


@st.composite
def anything(draw: st.DrawFn) -> dict[str, Any]:
    """Settings some of which are right and some not, by keys some of which there are."""
    known = st.sampled_from([setting.key for setting in every_setting()])
    keys = st.one_of(known, known, known, st.text(max_size=8), known.map(lambda k: k + ".x"),
                     known.map(lambda k: k.split(".")[0]), known.map(lambda k: k[:-1]))  # fmt: skip
    right = draw(within())
    return {**right, **draw(st.dictionaries(keys, JUNK, max_size=3))}
