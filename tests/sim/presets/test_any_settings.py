"""Whatever is asked for is refused in one clear line, or lives with finite numbers."""

import itertools
import math
import string
import time

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from made_settings import JUNK, anything, every_setting, infinite, within
from worlds import live_through

from sim.lab.run.config import _RUN, RunConfig, make
from sim.presets import toml
from sim.presets.config import nested, resolve, typed
from sim.presets.errors import BadInput
from sim.presets.files import merged
from sim.seats.recommender.task import set_up
from sim.world import platform

PATIENT = 60.0  # seconds: what takes longer hangs, on the slowest machine
ROUGH = settings(suppress_health_check=list(HealthCheck))


def cases(few: int, many: int):
    """A test of a few cases in ordinary runs, and of many in slow ones."""
    slow = pytest.param(many, marks=pytest.mark.slow)
    return pytest.mark.parametrize("most", [few, slow])


def each(most, strategy, check):
    """`check` on so many cases; each ends, and not in a traceback from the depths."""

    @settings(ROUGH, max_examples=most)
    @given(strategy)
    def one(case):
        start = time.monotonic()
        try:
            check(case)
        except BadInput as error:
            told = str(error)
            assert "; got " in told and told.rstrip()[-1] in ".!?", told
            assert len(told) < 3000 and told.isprintable()
        assert time.monotonic() - start < PATIENT

    one()


def lived(asked) -> None:
    """A day of a world, and no number of it is lost; BadInput where settings do not go together."""
    params = resolve("nano", settings=asked)
    rules = platform.rules(params)
    world, events = live_through(rules, days=1, pages=1)
    assert infinite(rules.tables.watching, rules.tables.viewers, rules.tables.videos) == []
    odds = (rules.tables.reactions.rates, rules.tables.reactions.with_like)
    flat = [x for table in odds for row in table for x in row]
    assert all(math.isfinite(x) and x >= 0 for x in flat)
    assert infinite(world, *events) == []
    for event in events:
        assert bool((event.response.watch >= 0).all())


@cases(30, 4_000)
def test_any_settings_within_their_ranges_live_a_day_with_finite_numbers(most):
    each(most, within(), lived)


def _small(asked) -> None:
    params = resolve("nano", settings=asked)
    size = params.size
    if size.viewers <= 60 and params.ring <= 1000 and params.catalog.life <= 20:
        lived(asked)


@cases(100, 6_000)
def test_any_settings_at_all_are_refused_by_name_or_live(most):
    each(most, anything(), _small)


WORDS = st.one_of(
    st.sampled_from([setting.key for setting in every_setting()]), st.text(max_size=10)
)
TYPED = st.one_of(
    st.tuples(WORDS, st.text(string.printable, max_size=12)).map("=".join), st.text(max_size=12)
)


@cases(200, 10_000)
def test_any_text_after_set_is_a_setting_or_refused(most):
    each(most, st.lists(TYPED, max_size=3), lambda texts: make({"agent": "popular"}, texts))


GIVEN = st.dictionaries(
    st.sampled_from([*_RUN, "agent", "baseline", "slots", "x"]),
    JUNK | st.sampled_from(["nano", "mf", "none", "kuaishou", "cpu", "mix", 3, (0, 1)]),
    max_size=4,
)


@cases(200, 10_000)
def test_any_arguments_of_a_run_make_a_plan_or_are_refused(most):
    def planned(options):
        plan = make({"agent": "popular", "world": "nano", **options})
        assert isinstance(plan, RunConfig)

    each(most, GIVEN, planned)


ARGUMENTS = (
    "world", "platform", "objective", "days", "slots", "house", "device", "candidates", "repair",
    "future", "settings", "x",
)  # fmt: skip


@cases(200, 10_000)
def test_any_arguments_of_an_episode_make_one_or_are_refused(most):
    each(most, st.dictionaries(st.sampled_from(ARGUMENTS), JUNK, max_size=3), lambda a: set_up(**a))


@st.composite
def files(draw) -> bytes:
    """A config file with anything in it, now and then damaged or of another encoding."""
    tables: dict = {"run": {"agent": "popular", "world": "nano", **draw(GIVEN)}}
    for layer in typed(draw(anything())):
        tables = merged(tables, layer.tables)
    tables = merged(tables, nested(draw(WORDS), draw(JUNK)))
    try:
        text = toml.dumps(tables, digits=None)
    except (TypeError, ValueError):  # what TOML cannot hold
        assume(False)
    content = text.encode(draw(st.sampled_from(["utf-8"] * 6 + ["utf-16", "utf-8-sig"])))
    for at, byte in draw(
        st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=2)), max_size=1)
    ):
        content = content[:at] + byte + content[at + 1 :]
    return content


@cases(200, 10_000)
def test_any_config_file_makes_a_plan_or_is_refused_by_name(most, tmp_path):
    number = itertools.count()

    def read(content):
        path = tmp_path / f"{next(number)}.toml"
        path.write_bytes(content)
        try:
            plan = make({}, (), path)
        except BadInput as error:
            told = (path.name, "machine's memory", "a run needs an agent")  # nobody named one
            assert any(words in str(error) for words in told)
            raise
        again = tmp_path / "again.toml"
        again.write_text(plan.text())
        assert make({}, (), again).params == plan.params

    each(most, files(), read)
