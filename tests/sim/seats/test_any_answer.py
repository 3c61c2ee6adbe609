"""Whatever an agent answers, it is taken as it is or refused by name: some hundreds of answers
here, ten thousand in the slow form. A slate is good where a plain reading of the rules says so."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import tensors

from agents.base import ScoreAgent
from sim.presets.config import resolve
from sim.seats.guard import AgentFailed, Guard
from sim.seats.recommender.slate_check import BadSlate
from sim.seats.recommender.view import observe
from sim.world import platform
from sim.world.rng import key
from sim.world.state import Slate, lent

SLOTS, VIEWERS = 4, 6
SOME = settings(max_examples=250, suppress_health_check=list(HealthCheck))
MANY = settings(SOME, max_examples=10_000)
ODD = st.sampled_from([0, -1, 1, -(2**63), 2**63 - 1, 10**15])
LN_P = st.sampled_from([0.0, -0.5, -80.0, -3e38, 5e-5, 0.3, math.nan, math.inf, -math.inf])
DTYPES = st.sampled_from([torch.int64] * 9 + [torch.int32, torch.float32, torch.bool, torch.uint8])


class Told(ScoreAgent):
    """Answers and reports what it is told to."""

    def act(self, observation, slots, **how):
        return self.slate

    def learn(self, log):
        return self.report


class Scores(ScoreAgent):
    """Scores as it is told to."""

    def score(self, observation, ids):
        return self.make((*ids.shape,) if ids.dim() == 2 else (len(observation.viewer), len(ids)))


class Quiet(tuple):
    """Shown with every failure, so not in full."""

    def __repr__(self):
        return "page"


@pytest.fixture(scope="module")
def page():
    """The second page of a day of a few viewers and forty videos, of which some were removed."""
    size = {"size.viewers": 200, "size.live": 40}
    rules, root = platform.rules(resolve("nano", settings=size, slots=SLOTS)), key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    listing = platform.public(world, rules)
    request = platform.ask(world, rules)
    first = listing.id[listing.eligible][:SLOTS].expand(len(request.row), -1)
    world, _ = platform.answer(world, rules, request, Slate(first), root)
    removed = world.videos.removed.index_fill(0, torch.tensor([11, 12]), True)
    world = replace(world, videos=replace(world.videos, removed=removed))
    asking = platform.ask(world, rules)
    asking = replace(
        asking, row=asking.row[:VIEWERS], viewer=asking.viewer[:VIEWERS], hour=asking.hour[:VIEWERS]
    )
    seen = observe(world, rules, asking, 1, 1, platform.public(world, rules))
    assert len(seen.viewer) == VIEWERS and seen.shown(first[:VIEWERS]).any()
    return Quiet((world, rules, asking, seen, root))


@st.composite
def answers(draw, seen):
    """A good slate, spoilt here and there; or none at all."""
    catalog = seen.catalog
    fresh = [catalog.id[catalog.eligible & ~shown].tolist() for shown in _shown(seen)]
    rows = [draw(st.permutations(some))[:SLOTS] for some in fresh]
    for _ in range(draw(st.integers(0, 3))):
        row = rows[draw(st.integers(0, VIEWERS - 1))]
        spoilt = st.sampled_from(catalog.id.tolist()) | ODD | st.sampled_from(row)
        row[draw(st.integers(0, SLOTS - 1))] = draw(spoilt)
    ids = torch.tensor(rows)
    logp = draw(st.none() | st.lists(LN_P, min_size=ids.numel(), max_size=ids.numel()))
    calm = draw(st.integers(0, 2))
    if logp is not None:
        fill = torch.tensor(logp).view(ids.shape)
        logp = fill if calm == 0 else torch.full_like(fill, -0.5 if calm == 1 else torch.nan)
    slate = Slate(ids, logp)
    return draw(_ill_formed(slate)) if draw(st.integers(0, 2)) == 0 else slate


def _ill_formed(slate: Slate):
    ids, logp, zero = slate.ids, slate.logp, torch.zeros(slate.ids.shape)
    cut = st.tuples(st.integers(0, VIEWERS + 1), st.integers(0, SLOTS + 1))
    return st.one_of(
        DTYPES.map(lambda dtype: Slate(ids.to(dtype), logp)),
        DTYPES.map(lambda dtype: Slate(ids, zero.to(dtype))),
        cut.map(lambda n: Slate(ids[: n[0], : n[1]], logp)),
        cut.map(lambda n: Slate(ids, torch.zeros(n))),
        st.sampled_from([None, 3, "ids", ids, (ids, logp), [], Slate(None), Slate(ids, "no")]),
        st.sampled_from([*map(Slate, _forms(ids)), *(Slate(ids, x) for x in _forms(zero))]),
    )


def _forms(x: torch.Tensor) -> list:
    """The same numbers otherwise: some of these are good."""
    nested = torch.nested.nested_tensor([x[0], x[1]], layout=torch.jagged)
    laid = [x.T.contiguous().T, x[:1].expand(VIEWERS, -1), x[None], x[0, 0], x.numpy(), x.tolist()]
    kinds = [torch.float16, torch.bfloat16, torch.float64, torch.complex64, torch.float8_e4m3fn]
    forms = [*laid, nested, x.to_sparse(), x.to("meta"), *(x.to(dtype) for dtype in kinds)]
    return [*forms, *([x.clone().requires_grad_()] if x.is_floating_point() else [])]


def _shown(seen):
    return seen.shown(seen.catalog.id.expand(VIEWERS, -1))


def is_good(slate, seen) -> bool:
    """The rules as they are written, place by place."""
    if not isinstance(slate, Slate) or not _in_form(slate):
        return False
    known = dict(zip(seen.catalog.id.tolist(), seen.catalog.eligible.tolist(), strict=True))
    column = {video: i for i, video in enumerate(seen.catalog.id.tolist())}
    shown = _shown(seen).tolist()
    for who, row in enumerate(slate.ids.tolist()):
        used = [video for video in row if video != 0]
        if len(set(used)) < len(used) or row[: len(used)] != used:
            return False
        if any(not known.get(v, False) or v == 0 or shown[who][column[v]] for v in used):
            return False
    if slate.logp is None:
        return True
    pairs = zip(slate.ids.flatten().tolist(), slate.logp.flatten().tolist(), strict=True)
    values = [p for video, p in pairs if video != 0]
    unknown = [math.isnan(p) for p in values]
    return all(unknown) or all(not math.isnan(p) and -math.inf < p <= 1e-4 for p in values)


def _in_form(slate) -> bool:
    tensors = [slate.ids] + ([] if slate.logp is None else [slate.logp])
    for x in tensors:
        if not isinstance(x, torch.Tensor) or x.is_nested or x.layout != torch.strided:
            return False
        if x.device.type != "cpu" or tuple(x.shape) != (VIEWERS, SLOTS):
            return False
    floats = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
    return slate.ids.dtype == torch.int64 and all(x.dtype in floats for x in tensors[1:])


def finite(struct) -> bool:
    return all(bool(x.isfinite().all()) for _, x in tensors(struct) if x.is_floating_point())


def takes_good_slates_and_refuses_all_others(page, data):
    world, rules, request, seen, root = page
    agent = Told()
    agent.slate = data.draw(answers(seen))
    good = is_good(agent.slate, seen)
    try:
        slate = Guard(agent).act(seen, SLOTS)
    except BadSlate as refused:
        assert not good and str(refused).startswith("agent 'Told', day 1, viewer ")
        return
    assert good
    memory = replace(world.memory, shown=world.memory.shown.clone())  # written in place
    world = replace(world, memory=memory)
    after, events = platform.answer(world, rules, request, slate, root)
    assert torch.equal(events.ids[events.source == 0], slate.ids[events.source == 0])
    assert finite(events.response) and finite(after.mood) and finite(after.videos)


@given(data=st.data())
@SOME
def test_a_good_slate_is_shown_and_any_other_is_refused(page, data):
    takes_good_slates_and_refuses_all_others(page, data)


@pytest.mark.slow
@given(data=st.data())
@MANY
def test_ten_thousand_slates_are_shown_or_refused(page, data):
    takes_good_slates_and_refuses_all_others(page, data)


NUMBERS = st.floats(width=32) | st.sampled_from([math.nan, math.inf, -math.inf, 3.4e38, -3.4e38])
FIGURES = st.one_of(
    NUMBERS, st.integers(), st.booleans(), st.none(), st.text(max_size=3), st.complex_numbers(),
    st.binary(max_size=3), st.lists(st.floats(), max_size=2), st.fractions(), st.decimals(),
    st.lists(st.floats(), max_size=2).map(np.array),
    st.lists(st.floats(), max_size=2).map(torch.tensor),
    st.floats(width=32).map(np.float32), st.floats().map(torch.tensor),
    st.sampled_from([object(), torch.zeros((), device="meta"), torch.tensor(True), float, {}]),
)  # fmt: skip
NAMES = st.text(max_size=4) | st.integers() | st.none() | st.tuples(st.integers())
REPORTS = st.dictionaries(NAMES, FIGURES, max_size=3) | FIGURES | st.lists(FIGURES, max_size=2)


def becomes_finite_figures_or_is_refused(reports):
    agent = Told()
    guard, kept = Guard(agent), []
    try:
        for report in reports:
            agent.report = report
            kept.append(guard.learn(None, 3))
        means = guard.means(kept, 3)
    except AgentFailed as refused:
        assert str(refused).startswith("agent 'Told', day 3: learn re")
        return
    assert all(isinstance(report, dict) for report in reports)
    assert set(means) == {str(name) for report in reports for name in report}
    assert all(type(value) is float and math.isfinite(value) for value in means.values())


@given(st.lists(REPORTS, min_size=1, max_size=3))
@SOME
def test_what_is_reported_is_figures_or_refused(reports):
    becomes_finite_figures_or_is_refused(reports)


@pytest.mark.slow
@given(st.lists(REPORTS, min_size=1, max_size=3))
@MANY
def test_ten_thousand_reports_are_figures_or_refused(reports):
    becomes_finite_figures_or_is_refused(reports)


@st.composite
def scorings(draw):
    """How scores are made: from few values, in any dtype, and now and then in a wrong shape."""
    values = draw(st.lists(NUMBERS, min_size=1, max_size=7))
    tame = draw(st.booleans())
    values = [v for v in values if math.isfinite(v) or v == -math.inf] or [0.0] if tame else values
    kinds = [torch.float32] * 5 + [torch.float64, torch.float16, torch.bfloat16, torch.int64]
    dtype = draw(st.sampled_from(kinds))
    wrong = draw(st.integers(0, 9)) == 0
    cut = draw(st.tuples(st.integers(0, 3), st.integers(0, 3))) if wrong else (0, 0)

    def make(shape):
        place = torch.arange(math.prod(shape)) * 7919 % len(values)
        scores = torch.tensor(values, dtype=torch.float64)[place].view(shape)
        if not dtype.is_floating_point:
            scores = scores.nan_to_num(0.0, 9.0, -9.0).clamp(-9e9, 9e9)
        return scores.to(dtype)[cut[0] :, cut[1] :]

    return make, draw(st.sampled_from([0.0, 1e-9, 0.25, 1e6])), draw(st.sampled_from([1, 40]))


def gives_an_honest_slate_or_is_refused(page, scoring):
    *_, seen, _ = page
    agent = Scores()
    agent.make, agent.temperature, agent.shortlist = scoring
    guard = Guard(agent)
    listing = lent(seen.catalog)
    guard.reset(listing, viewers=400, seed=0, device=torch.device("cpu"))
    try:
        slate = guard.act(seen, SLOTS)
    except AgentFailed as refused:
        told = str(refused)
        assert told.startswith("agent 'Scores', day 1: act raised ")
        assert "scores are finite" in told or "one score per id" in told
        return
    assert is_good(slate, seen) and bool((slate.logp <= 0).all())


@given(scorings())
@SOME
def test_any_scores_give_a_slate_with_honest_chances_or_are_refused(page, scoring):
    gives_an_honest_slate_or_is_refused(page, scoring)


@pytest.mark.slow
@given(scorings())
@MANY
def test_ten_thousand_scorings_give_a_slate_or_are_refused(page, scoring):
    gives_an_honest_slate_or_is_refused(page, scoring)
