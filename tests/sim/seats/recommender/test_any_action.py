"""Whatever action comes, it is taken as it is or refused by name, and the episode goes on: some
hundreds of actions here, ten thousand in the slow form."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.seats.recommender.slate_check import BadSlate
from sim.seats.recommender.vector_env import RecommenderVectorEnv

SEATS, SLOTS, OFFERED = 3, 3, 8
TINY = {"size.viewers": 30, "size.live": 60, "size.pages": 5}
SOME = settings(max_examples=100, suppress_health_check=list(HealthCheck))
MANY = settings(SOME, max_examples=10_000)
FAR = st.sampled_from([-1, OFFERED, -(2**63), 2**63 - 1, 10**9])
PLACES = st.lists(
    st.permutations(range(OFFERED)).map(lambda p: p[:SLOTS]), min_size=SEATS, max_size=SEATS
)
KINDS = st.sampled_from(
    [np.int64, np.int32, np.int16, np.int8, np.uint8, np.uint16, np.uint64, np.float32, bool,
     np.float16, np.complex64, object, "U4", "datetime64[s]", torch.int64, torch.int32, torch.uint8]
)  # fmt: skip


class Raises:
    def __array__(self, *a, **k):
        raise RuntimeError("no array")


RAGGED = torch.nested.nested_tensor([torch.arange(2), torch.arange(3)], layout=torch.jagged)
NONE = [
    None, 3, "abc", [], [[]], [[1, 2], [3]], {}, object(), Raises(), 1j, b"ab", np.zeros(0),
    np.full((SEATS, SLOTS), np.nan), [[10**30] * SLOTS] * SEATS, float("nan"), {"a": [1]},
    torch.zeros(SEATS, SLOTS, dtype=torch.int64, device="meta"), np.array(["a", None]),
    torch.arange(SLOTS).expand(SEATS, SLOTS).to_sparse(), np.ma.masked_array([1, 2], [0, 1]),
    RAGGED, np.zeros((SEATS, SLOTS), "i,f"),
]  # fmt: skip


@st.composite
def actions(draw):
    """Distinct places for every seat, spoilt here and there; or nothing of the kind."""
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return draw(st.sampled_from(NONE))
    rows = draw(PLACES)
    for _ in range(draw(st.integers(0, 2))):
        row = rows[draw(st.integers(0, SEATS - 1))]
        row[draw(st.integers(0, SLOTS - 1))] = draw(FAR | st.integers(0, OFFERED - 1))
    if kind == 1:
        return rows
    if kind == 2:
        cut = draw(st.tuples(st.integers(0, SEATS), st.integers(0, SLOTS)))
        return np.array(rows)[: cut[0], : cut[1]]
    return as_kind(rows, draw(KINDS))


def as_kind(rows, kind):
    whole = np.array(rows)
    return torch.tensor(whole).to(kind) if isinstance(kind, torch.dtype) else whole.astype(kind)


def places(action):
    """The places that an action means, as whole numbers, or None where it is no action."""
    if isinstance(action, list) and np.array(action, dtype=object).shape != (SEATS, SLOTS):
        return None
    if not isinstance(action, list | np.ndarray | torch.Tensor):
        return None
    if isinstance(action, torch.Tensor) and (action.is_nested or action.layout != torch.strided):
        return None
    if isinstance(action, torch.Tensor) and action.device.type != "cpu":
        return None
    whole = np.asarray(action)
    if whole.shape != (SEATS, SLOTS) or whole.dtype.kind not in "iu":
        return None
    return whole.astype(object)  # numbers of any size


def is_good(action, offered, awake) -> bool:
    rows = places(action)
    if rows is None:
        return False
    for row, ids, up in zip(rows.tolist(), offered, awake, strict=True):
        if not up:
            continue
        if len(set(row)) < SLOTS or not all(0 <= place < OFFERED for place in row):
            return False
        if sum(ids[place] > 0 for place in row) < min(SLOTS, sum(v > 0 for v in ids)):
            return False
    return True


FORMS = [{"repair": r, "exact": e} for r in (False, True) for e in (False, True)]


@pytest.fixture(scope="module", params=FORMS, ids=str)
def envs(request):
    env = RecommenderVectorEnv(
        SEATS, output="numpy", days=3, candidates=OFFERED, slots=SLOTS, settings=TINY,
        **request.param,
    )  # fmt: skip
    env.reset(seed=0)
    step = None
    # until one sleeps, or has just begun
    while step is None or not 0 < step[4]["awake"].sum() < SEATS:
        step = env.step(np.tile(np.arange(SLOTS), (SEATS, 1)))
    env.seen, env.info = step[0], step[4]
    return env


def is_taken_or_refused(envs, action):
    env = copy.deepcopy(envs)  # every action meets the same moment
    offered, awake = env.info["candidate_id"].tolist(), env.info["awake"].tolist()
    good = is_good(action, offered, awake)
    if env.episode.repair:
        good = places(action) is not None
    try:
        seen, reward, terminated, truncated, _ = env.step(action)
    except BadSlate as refused:
        assert not good and "the agent in the recommender's seat" in str(refused)
        assert env.seats.offered.tolist() == offered  # nothing has moved
        assert all(np.array_equal(env.seen[n], x) for n, x in env._observe().items())
        return
    assert good
    assert np.isfinite(reward).all() and not (reward[~np.array(awake)]).any()
    assert not (terminated & truncated).any()
    assert seen in env.observation_space


@given(action=actions())
@SOME
def test_an_action_is_taken_or_refused_and_the_episode_goes_on(envs, action):
    is_taken_or_refused(envs, action)


@pytest.mark.slow
@given(action=actions())
@MANY
def test_ten_thousand_actions_are_taken_or_refused(envs, action):
    is_taken_or_refused(envs, action)
