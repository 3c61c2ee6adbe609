"""Many seats side by side: batches, autoreset, and the single seat as a special case."""

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode
from seated import ID, TINY, many, same, walk

import sim  # noqa: F401  # names the environments
from sim.presets.errors import BadInput
from sim.seats.recommender.env import RecommenderEnv
from sim.seats.recommender.slate_check import BadSlate
from sim.seats.recommender.vector_env import RecommenderVectorEnv

LEAVING = {"sessions.quit_base": 0.05}
pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize("task", [{}, {"exact": True}, {"slots": 1}], ids=str)
def test_batches_lie_in_the_batched_spaces(task):
    envs = gymnasium.make_vec(
        ID, num_envs=5, vectorization_mode="vector_entry_point", days=2, settings=TINY, **task
    )
    assert envs.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    assert envs.action_space.shape == ((5,) if "slots" in task else (5, 10))
    ends = 0
    for seen, reward, terminated, truncated, _ in walk(envs, 25):
        assert seen in envs.observation_space
        if reward is not None:
            assert reward.shape == (5,) and reward.dtype == np.float32
            assert terminated.dtype == truncated.dtype == bool
            ends += truncated.sum()
    assert ends >= (1 if "slots" in task else 5)


def test_numpy_is_the_default_and_tensors_hold_the_same_and_can_be_learnt_from():
    envs = many(output="torch")
    weight = torch.ones((), requires_grad=True)
    for ours, theirs in zip(walk(envs, 8), walk(many(), 8), strict=True):
        for name, value in ours[0].items():
            assert isinstance(value, torch.Tensor) and value.device.type == "cpu"
            assert np.array_equal(value.numpy(), theirs[0][name])
        (ours[0]["candidates"] * weight).mean().backward()
        if ours[1] is not None:
            assert all(np.array_equal(ours[i].numpy(), theirs[i]) for i in (1, 2, 3))
    assert weight.grad != 0


def test_an_action_may_be_a_tensor():
    envs, other = many(), many()
    envs.reset(seed=0)
    other.reset(seed=0)
    _, reward, *_ = envs.step(torch.arange(10).repeat(6, 1))
    assert np.array_equal(reward, other.step(np.tile(np.arange(10), (6, 1)))[1])


def single(seed: int, envs: int, seat: int, task: dict):
    """Episodes of seat `seat` of so many, under a policy that goes by the page of the seat."""
    made = many(envs, **task)
    seen, info = made.reset(seed=seed)
    yield {name: x[seat] for name, x in seen.items()}, info["viewer"][seat], None, None
    while True:
        action = np.stack([order(*w) for w in zip(info["day"], info["page"], strict=True)])
        seen, reward, gone, over, info = made.step(action)
        row = {name: x[seat] for name, x in seen.items()}
        yield row, info["viewer"][seat], reward[seat], (gone[seat], over[seat])


def order(day, page):
    return np.random.default_rng([day, page]).permutation(30)[:10]


def test_a_seat_fares_the_same_however_many_others_there_are():
    task = {"settings": LEAVING}
    few, many = (single(7, n, 2, task) for n in (3, 40))
    ends = 0
    for _ in range(40):
        ours, theirs = next(few), next(many)
        assert same(ours[0], theirs[0]) and ours[1:] == theirs[1:]
        ends += ours[3] is not None and any(ours[3])
    assert ends > 3


@pytest.mark.parametrize("exact", [False, True])
def test_the_first_seat_is_the_single_environment(exact):
    task = {"days": 3, "candidates": 30, "settings": TINY, "exact": exact}
    one, many = RecommenderEnv(**task), RecommenderVectorEnv(1 if exact else 9, **task)
    seen, info = one.reset(seed=1)
    batch, infos = many.reset(seed=1)
    rng, done = np.random.default_rng(0), False
    while not done:
        assert all(np.array_equal(seen[name], batch[name][0]) for name in seen)
        assert info["viewer"] == infos["viewer"][0] and infos["awake"][0]
        action = rng.permutation(30)[:10]
        seen, reward, terminated, truncated, info = one.step(action)
        batch, rewards, gone, over, infos = many.step(np.tile(action, (many.num_envs, 1)))
        assert (reward, terminated, truncated) == (rewards[0], gone[0], over[0])
        done = terminated or truncated
    assert infos["_measures"][0]
    for name, value in info["measures"].items():
        assert value == pytest.approx(infos["measures"][name][0], nan_ok=True), name


def test_no_row_is_ever_asleep_but_in_the_step_in_which_its_episode_ends():
    rows = 0
    for seen, reward, terminated, truncated, info in walk(many(settings=LEAVING), 40):
        if reward is None:
            continue
        ended = terminated | truncated
        assert np.array_equal(info["awake"], ~ended)
        assert np.array_equal(seen["candidate_mask"].any(1), ~ended)
        rows += ended.sum()
    assert rows > 20


@pytest.mark.parametrize("task", [{}, {"days": 20, "settings": LEAVING}], ids=str)
def test_an_episode_that_ended_begins_anew_in_the_next_step(task):
    envs, ended, dealt = many(12, **task), np.zeros(12, bool), 0
    for seen, reward, terminated, truncated, info in walk(envs, 40):
        if reward is None:
            continue
        assert (reward[ended] == 0).all() and not (terminated | truncated)[ended].any()
        assert (info["day"][ended] == 0).all() and (info["page"][ended] == 0).all()
        assert all((part[terminated] == 0).all() for part in seen.values())
        assert not (terminated & truncated).any()
        dealt += ended.sum()
        ended = terminated | truncated
    assert dealt > 12


def test_at_once_is_the_same_story_with_its_end_in_info():
    ours, theirs = (many(4, autoreset_mode=m, settings=LEAVING) for m in ("SameStep", "NextStep"))
    assert ours.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    told = [rows(ours, 60), rows(theirs, 60)]
    for seat in range(4):
        a, b = (some[seat][:30] for some in told)
        assert a == b and sum(step[2] is not None for step in a) > 2


def rows(envs, steps):
    """For each seat what it told step by step, ends included and fresh starts left out."""
    at_once = envs.mode is AutoresetMode.SAME_STEP
    seen, info = envs.reset(seed=3)
    told, fresh = [[] for _ in range(envs.num_envs)], np.zeros(envs.num_envs, bool)
    for _ in range(steps):
        action = np.stack([order(*w) for w in zip(info["day"], info["page"], strict=True)])
        seen, reward, gone, over, info = envs.step(action)
        done = gone | over
        for i in np.flatnonzero(~fresh):
            last = info.get("final_obs", np.full(len(done), None))[i]
            end = info["final_info"] if last is not None else info
            view = last or {name: x[i] for name, x in seen.items()}
            told[i].append(
                (
                    float(view["viewer"].sum() + view["history"].sum()),
                    float(reward[i]),
                    str({n: x[i] for n, x in end["measures"].items()}) if done[i] else None,
                    int(end["viewer"][i]),
                )
            )
            assert (last is not None) == (done[i] and at_once)
        if at_once and done.any():
            assert np.array_equal(info["_final_obs"], done)
            assert info["awake"].all() and (info["day"][done] == 0).all()
        fresh = done & (not at_once)
    return told


def test_where_autoreset_is_off_the_mask_says_which_begin_anew():
    envs = many(5, autoreset_mode=AutoresetMode.DISABLED, settings=LEAVING)
    envs.reset(seed=0)
    for _ in range(15):
        seen, _, gone, over, info = envs.step(np.tile(np.arange(10), (5, 1)))
        done = gone | over
        if done.any():
            with pytest.raises(ResetNeeded, match="reset_mask"):
                envs.step(np.tile(np.arange(10), (5, 1)))
            before = {name: x.copy() for name, x in seen.items()}
            seen, info = envs.reset(options={"reset_mask": done})
            assert info["awake"].all() and (info["day"][done] == 0).all()
            assert all(np.array_equal(seen[n][~done], x[~done]) for n, x in before.items())
            break
    assert done.any() and not done.all()
    with pytest.raises(BadInput, match=r"reset_mask has shape \(5,\)"):
        envs.reset(options={"reset_mask": np.ones(4, bool)})


@pytest.mark.parametrize("exact", [False, True])
def test_measures_of_an_episode_that_goes_on_are_not_told(exact):
    told = 0
    envs = many(6, days=9, settings={"sessions.quit_base": 0.2}, exact=exact)
    for *_, info in walk(envs, 20):
        if "measures" in info:
            going = ~info["_measures"]
            told += (info["measures"]["satisfaction"][~going] > 0).sum()
            assert all((value[going] == 0).all() for value in info["measures"].values())
    assert told > 0


@pytest.mark.parametrize("exact", [False, True])
def test_seeds_repeat_and_a_reset_without_one_goes_on(exact):
    envs = many(exact=exact)
    a, b, c = envs.reset(seed=1)[0], envs.reset()[0], envs.reset(seed=1)[0]
    assert same(a, c) and not same(a, b) and same(b, envs.reset()[0])


def test_a_bad_row_names_its_viewer_and_its_day():
    envs = many(40)
    *_, info = list(walk(envs, 5))[-1]
    bad = np.tile(np.arange(10), (40, 1))
    row = int(np.flatnonzero(info["awake"] & (info["day"] > 0))[0])
    bad[row, 0] = 9
    who = rf"day {info['day'][row]}, viewer {info['viewer'][row]}\b.*got \[9\]"
    with pytest.raises(BadSlate, match=who):
        envs.step(bad)
    with pytest.raises(BadSlate, match=r"shape \(40, 10\); got \(10,\)"):
        envs.step(bad[0])
    envs.step(np.tile(np.arange(10), (40, 1)))


def test_action_masks_stand_one_a_row():
    envs = many(slots=2)
    seen, _ = envs.reset(seed=0)
    assert np.array_equal(envs.action_masks(), np.tile(seen["candidate_mask"] == 1, 2))


@pytest.mark.parametrize(
    "task",
    [{"num_envs": 0}, {"num_envs": 61, "exact": True}, {"output": "jax"},
     {"autoreset_mode": "never"}, {"autoreset_mode": "SameStep", "exact": True}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_made_is_refused(task):
    with pytest.raises(BadInput, match=r"Take|Leave|nearest is|is one of|Known"):
        many(**task)
