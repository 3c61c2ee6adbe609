"""Every setting has a range, and a world lives at either end of it."""

import datetime
import math
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pytest
from made_settings import SHARES, Setting, every_setting, infinite
from worlds import live_through, nano, with_parts

from sim.lab.run.config import _RUN, RunConfig
from sim.presets import config
from sim.presets.checking import hints
from sim.presets.config import Layer, nested, platform_layers, resolve, settled, world_layer
from sim.presets.describing import unwrapped
from sim.presets.errors import BadInput
from sim.seats.recommender.task import Episode
from sim.world import platform
from sim.world.ranges import Within

NAMES = {"world", "platform", "objective", "load", "house"}  # checked against what there is
BIG = {("size.viewers", 1_000_000), ("size.live", 10_000_000)}  # no day of theirs fits a test
WRONG = (math.nan, math.inf, -math.inf, 1e308, -1e308, 10**400, True, None, "1", "x", [], [0.5],
         [math.nan] * 24, {"x": 1}, datetime.date(2024, 1, 1))  # fmt: skip


def _ranged(hint: Any) -> bool:
    base, notes = unwrapped(hint)
    if get_origin(base) is tuple:
        return all(_ranged(part) for part in get_args(base) if part is not ...)
    return base is bool or get_origin(base) is Literal or any(isinstance(n, Within) for n in notes)


def test_every_setting_has_a_range_or_a_set_of_words():
    said = {setting.key: setting.hint for setting in every_setting()}
    said |= {name: hints(RunConfig)[name] for name in _RUN}
    said |= {name: hint for name, hint in hints(Episode).items() if name != "device"}
    assert {name for name, hint in said.items() if not _ranged(hint)} <= NAMES
    assert len(said) > 100


@pytest.mark.parametrize("name", config.platforms())
@pytest.mark.parametrize("world", config.worlds())
def test_every_shipped_platform_and_world_is_within_its_ranges(name, world):
    resolve(world, name)


@cache
def _base() -> tuple[Layer, ...]:
    return (*platform_layers("kuaishou"), world_layer("nano"))


def _refused(key: str, value: Any) -> str:
    with pytest.raises(BadInput) as told:
        settled([*_base(), Layer("mine.toml", nested(key, value))])
    return str(told.value)


NUMBERS = [setting for setting in every_setting() if not setting.words]
WORDS = [setting for setting in every_setting() if setting.words]


@pytest.mark.parametrize("setting", WORDS, ids=lambda s: s.key)
def test_what_is_none_of_the_words_is_refused_by_name(setting):
    for value in (*WRONG, setting.words[0].upper(), ""):
        told = _refused(setting.key, value)
        assert told.startswith("mine.toml: ") and setting.key in told
        assert "; got " in told and told.endswith(".")
    for word in setting.words:
        settled([*_base(), Layer("mine.toml", nested(setting.key, word))])


@pytest.mark.parametrize("setting", NUMBERS, ids=lambda s: s.key)
def test_what_is_of_another_kind_or_outside_the_range_is_refused_by_name(setting):
    low, high = setting.range.low, setting.range.high
    beyond: list[Any] = [low - 1, high + 1]
    if not setting.whole:
        beyond += [math.nextafter(low, -math.inf), math.nextafter(high, math.inf)]
    one = [[x, *setting.now[1:]] for x in beyond] if setting.many else beyond
    for value in (*WRONG, *one):
        told = _refused(setting.key, value)
        assert told.startswith("mine.toml: ") and setting.key in told
        assert "; got " in told and told.endswith(".")


def _ends() -> Iterator[tuple[str, float | str, dict[str, Any]]]:
    for setting in WORDS:
        for word in setting.words:
            yield setting.key, word, {setting.key: word}
    for setting in NUMBERS:
        for end in (setting.range.low, setting.range.high):
            if (setting.key, end) not in BIG:
                yield setting.key, end, _at(setting, end)


def _at(setting: Setting, end: float) -> dict[str, Any]:
    """The setting at an end of its range, and what must go with it."""
    key, n = setting.key, len(setting.now) if setting.many else 0
    if key in SHARES:  # all of what is left, or none
        others = [s for s in every_setting() if s.key in SHARES and s.key != key]
        rest = [sum(at) for at in zip(*(s.now for s in others), strict=True)]
        fit = {s.key: [(1 - end) * x / r for x, r in zip(s.now, rest, strict=True)] for s in others}
        return {key: [end] * n, **fit}
    if key == "watch.knots":
        return {key: list(np.geomspace(*((0.1, 5.0) if end < 1 else (5000.0, 86_400.0)), n))}
    if key in ("videos.category_share", "sessions.hour_share"):
        one = [1.0] + [0.0] * (n - 1)
        return {key: one if end else one[::-1]}
    if key == "size.live" and end < 10:
        return {key: end, "size.slots": end}
    return {key: [end] * n if setting.many else end}


SAMPLE = 16  # one end of so many is lived in ordinary runs


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(at, id=f"{key}={end}", marks=[] if i % SAMPLE == 0 else pytest.mark.slow)
        for i, (key, end, at) in enumerate(_ends())
    ],
)
def test_a_world_lives_a_day_at_either_end_of_a_range(settings):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        rules = platform.rules(resolve("nano", settings=settings))
    world, events = live_through(rules, days=1, pages=2)
    assert infinite(world, *events) == []
    assert sum(int(event.response.seen.sum()) for event in events) > 0


def test_lists_of_a_fixed_length_say_it():
    assert "a list of 24 numbers" in _refused("sessions.hour_share", [1 / 23] * 23)
    assert "a list of 3 numbers" in _refused("videos.feature_noise", [0.5, 0.5])
    assert "a list of 5 numbers" in _refused("reactions.like_by_ratio", [0.1] * 6)
    assert "for each of the 13 of watch.knots" in _refused("watch.skip_sd", [0.5] * 12)


def test_shares_sum_to_one_and_knots_rise():
    even = np.full(24, 1 / 24)
    settled([*_base(), Layer("", nested("sessions.hour_share", list(even * 1.01)))])
    assert "sum to 1" in _refused("sessions.hour_share", list(even * 1.05))
    assert "sum to 1" in _refused("sessions.hour_share", [0.0] * 24)
    assert "sum to 1" in _refused("videos.category_share", [0.5, 0.4])
    told = _refused("watch.loop", [0.5] * 13)
    assert all(name in told for name in SHARES) and "At knot 1 they are" in told
    knots = list(nano().watch.knots)
    assert "each larger than the one before" in _refused("watch.knots", knots[::-1])
    assert "none smaller" in _refused("videos.duration_quantiles", [20.0, 10.0])


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"size.slots": 20, "size.live": 15}, "as many slots as there are live videos, 15; got 20"),
        ({"size.viewers": 10**6, "size.spare": 10}, "video's views in .* got '11,000,000'"),
        ({"creators.cadence": 5.0, "creators.cadence_sd": 2.0}, "is at most 12; got 36.9"),
        ({"size.live": 10**7, "creators.active_share": 0.001, "creators.idle_cadence": 0.0},
         "at most 16,777,215 creators"),
    ],
)  # fmt: skip
def test_what_fits_alone_but_not_together_is_refused(settings, told):
    with pytest.raises(BadInput, match=told):
        resolve("nano", settings=settings)


def test_a_world_that_the_machine_cannot_hold_is_refused_before_it_is_made(monkeypatch):
    monkeypatch.setattr("sim.presets.together._machine", lambda: 2.0**30)
    resolve("nano")
    with pytest.raises(BadInput, match=r"memory of 1\.0 GiB; got '.* GiB at least for 1,000,000"):
        resolve("city")


def test_without_arrivals_nobody_new_comes():
    """A share of 0 used to bring one viewer a day all the same."""
    for rate, came in ((0.0, 0), (0.002, 2)):
        rules = platform.rules(resolve("nano", settings={"viewers.arrivals": rate}))
        world, _ = live_through(rules, days=2, pages=0)
        assert int((world.viewers.joined >= 0).sum()) == came


@pytest.mark.parametrize("topics", [2, 5, 64])
def test_a_world_may_have_few_topics_or_many(topics):
    rules = platform.rules(
        resolve("nano", settings={"videos.category_share": [1 / topics] * topics})
    )
    world, _ = live_through(rules, days=1, pages=1)
    assert world.viewers.taste.shape[1] == topics
    assert set(world.videos.topic.tolist()) <= set(range(topics))


def test_taste_that_does_not_count_leaves_satisfaction_to_taste_all_the_same():
    """Appeal without a match: the weight of 0 was divided by."""
    one, none = (
        live_through(platform.rules(with_parts(nano(), appeal={"match": w})), 1, 1)[1][0].response
        for w in (0.72, 0.0)
    )
    assert infinite(none) == []
    both = one.seen & none.seen
    assert float(none.appeal[both].std()) < float(one.appeal[both].std())


@pytest.mark.parametrize("flag", ["comment", "follow"])
def test_an_act_of_rate_0_is_never_done(flag):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        rules = platform.rules(resolve("nano", settings={f"reactions.{flag}_by_ratio": [0.0] * 5}))
    _, events = live_through(rules, days=1, pages=2)
    assert not any(bool(event.response.did(flag).any()) for event in events)


def test_the_steepest_skipping_still_skips_what_is_dull():
    """Odds beyond float32 made the dullest videos those that were watched twice over."""
    steep = {"watch.appeal_skip": 6.0, "watch.pull_turn": 5.0, "appeal.quality": 5.0,
             "viewers.choosiness_sd": 2.0, "appeal.match": 5.0}  # fmt: skip
    rules = platform.rules(resolve("nano", settings=steep))
    _, events = live_through(rules, days=1, pages=2)
    seen = np.concatenate([e.response.seen.numpy().ravel() for e in events])
    watch, appeal = (
        np.concatenate([getattr(e.response, name).numpy().ravel() for e in events])[seen]
        for name in ("watch", "appeal")
    )
    dull = appeal <= -24
    assert dull.sum() > 20
    assert np.median(watch[dull]) < 3
