"""Many seats in one world: batches, autoreset, and the single seat as a special case."""

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers.vector import RecordEpisodeStatistics

import sim  # noqa: F401  # names the environments
from sim.presets.errors import BadInput
from sim.seats.recommender.env import RecommenderEnv
from sim.seats.recommender.slate_check import BadSlate
from sim.seats.recommender.vector_env import RecommenderVectorEnv

ID = "ShortVideo/Recommender-v0"
TINY = {"size.viewers": 60, "size.live": 400}
pytestmark = pytest.mark.filterwarnings("error")


def tiny(num_envs=6, **task) -> RecommenderVectorEnv:
    settings = TINY | task.pop("settings", {})
    task = {"days": 3, "candidates": 30, "settings": settings, "output": "numpy"} | task
    return RecommenderVectorEnv(num_envs, **task)


def walk(envs, steps, seed=0):
    """(observation, reward, terminated, truncated, info) of a random policy, the reset first."""
    seen, info = envs.reset(seed=seed)
    envs.action_space.seed(seed)
    yield seen, None, None, None, info
    for _ in range(steps):
        yield envs.step(envs.action_space.sample())


def test_batches_lie_in_the_batched_spaces():
    envs = gymnasium.make_vec(
        ID, num_envs=5, vectorization_mode="vector_entry_point", output="numpy", days=2
    )
    assert envs.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    assert envs.action_space.shape == (5, 10)
    ends = 0
    for seen, reward, terminated, truncated, _ in walk(envs, 25):
        assert seen in envs.observation_space
        if reward is not None:
            assert reward.shape == (5,) and reward.dtype == np.float32
            assert terminated.dtype == truncated.dtype == bool
            ends += truncated.sum()
    assert ends >= 5


def test_tensors_on_the_device_are_the_default_and_numpy_holds_the_same():
    envs = RecommenderVectorEnv(6, days=3, candidates=30, settings=TINY)
    for ours, theirs in zip(walk(envs, 8), walk(tiny(), 8), strict=True):
        for name, value in ours[0].items():
            assert isinstance(value, torch.Tensor) and value.device.type == "cpu"
            assert np.array_equal(value.numpy(), theirs[0][name])
        if ours[1] is not None:
            assert all(np.array_equal(ours[i].numpy(), theirs[i]) for i in (1, 2, 3))


def test_an_action_may_be_a_tensor():
    envs = RecommenderVectorEnv(6, days=3, candidates=30, settings=TINY)
    envs.reset(seed=0)
    _, reward, *_ = envs.step(torch.arange(10).repeat(6, 1))
    other = tiny()
    other.reset(seed=0)
    assert np.array_equal(reward.numpy(), other.step(np.tile(np.arange(10), (6, 1)))[1])


def test_one_seat_of_many_is_the_single_environment():
    one, many = RecommenderEnv(days=3, candidates=30, settings=TINY), tiny(1)
    seen, info = one.reset(seed=1)
    batch, infos = many.reset(seed=1)
    rng, done = np.random.default_rng(0), False
    while not done:
        assert all(np.array_equal(seen[name], batch[name][0]) for name in seen)
        assert info["viewer"] == infos["viewer"][0] and infos["awake"][0]
        action = rng.permutation(30)[:10]
        seen, reward, terminated, truncated, info = one.step(action)
        batch, rewards, gone, over, infos = many.step(action[None])
        assert (reward, terminated, truncated) == (rewards[0], gone[0], over[0])
        done = terminated or truncated
    assert infos["_episode"][0]
    for name, value in info["episode"].items():
        assert value == pytest.approx(infos["episode"][name][0], nan_ok=True), name


def test_a_seat_asleep_is_offered_nothing_and_earns_nothing():
    asleep = 0
    was_awake = np.ones(6, bool)
    for seen, reward, _, _, info in walk(tiny(), 12):
        offered = seen["candidate_mask"].any(1)
        assert np.array_equal(offered, info["awake"])
        if reward is not None:
            assert (reward[~was_awake] == 0).all()
        was_awake = info["awake"]
        asleep += (~was_awake).sum()
    assert asleep > 0


def test_gymnasiums_statistics_agree_with_the_episodes_own():
    envs = RecordEpisodeStatistics(tiny(), stats_key="statistics")
    episodes = 0
    for *_, info in walk(envs, 30):
        if "episode" in info:
            done = info["_episode"]
            assert np.array_equal(done, info["_statistics"])
            for name in "rl":
                ours, theirs = info["episode"][name][done], info["statistics"][name][done]
                assert ours == pytest.approx(theirs, rel=1e-5)
            episodes += done.sum()
    assert episodes >= 6


def test_days_over_truncate_all_and_the_next_step_is_a_new_world():
    envs = tiny(days=1)
    envs.reset(seed=0)
    action = np.tile(np.arange(10), (6, 1))
    worlds = [envs.feed.world.viewers.taste]
    for _ in range(40):
        *_, terminated, truncated, info = envs.step(action)
        if truncated.any():
            break
    assert truncated.all() and not terminated.any() and info["_episode"].all()
    _, reward, terminated, truncated, info = envs.step(np.zeros((6, 10), int))  # not looked at
    assert (reward == 0).all() and not (terminated | truncated).any() and "episode" not in info
    assert (info["day"] == 0).all() and (info["page"] == 0).all() and info["awake"].any()
    assert not torch.equal(worlds[0], envs.feed.world.viewers.taste)


def test_a_seat_whose_viewer_left_is_given_to_another_in_the_next_step():
    envs = tiny(2, days=20, settings={"sessions.quit_base": 0.05})
    left = taken = 0
    before, gone_before = None, np.zeros(2, bool)
    for seen, _, terminated, truncated, info in walk(envs, 60, seed=1):
        if terminated is None:
            before = info["viewer"]
            continue
        if gone_before.any() and not truncated.any():
            assert (info["viewer"] != before)[gone_before].all()
            assert (info["viewer"] == before)[~gone_before].all()
            taken += 1
        assert all((part[terminated] == 0).all() for part in seen.values())
        assert not (terminated & truncated).any()
        left += terminated.sum()
        before, gone_before = info["viewer"], terminated
        if truncated.any():
            break
    assert left > 0 and taken > 0


def test_a_platform_that_everybody_leaves_still_comes_to_its_end():
    envs = tiny(6, days=3, settings={"sessions.quit_base": 1.0, "sessions.quit_goodwill": 0.0})
    ends = [(t.sum(), o.sum(), i) for _, _, t, o, i in list(walk(envs, 30))[1:]]
    assert sum(gone for gone, _, _ in ends) > 6
    days = [i["day"][0] for _, _, i in ends]
    assert max(days) == 2 and days.count(0) > 1 and 0 in days[days.index(2) :]


def test_what_was_returned_is_not_written_to_later():
    kept = list(walk(tiny(2, days=2, settings={"sessions.quit_base": 0.2}), 12, seed=1))
    again = walk(tiny(2, days=2, settings={"sessions.quit_base": 0.2}), 12, seed=1)
    assert any("episode" in step[4] for step in kept)
    for ours, theirs in zip(kept, again, strict=True):
        assert str(ours) == str(theirs)


def test_measures_of_an_episode_that_goes_on_are_not_told():
    told = 0
    envs = tiny(6, days=9, settings={"sessions.quit_base": 0.2})
    for *_, info in walk(envs, 20):
        if "episode" in info:
            going = ~info["_episode"]
            told += (info["episode"]["satisfaction"][~going] > 0).sum()
            assert all((value[going] == 0).all() for value in info["episode"].values())
    assert told > 0


def test_no_viewer_sits_twice():
    envs = tiny(40)
    for *_, info in walk(envs, 15):
        assert len(set(info["viewer"])) == 40


def test_seeds_repeat_and_a_reset_without_one_goes_on():
    envs = tiny()
    a, b, c = envs.reset(seed=1)[0], envs.reset()[0], envs.reset(seed=1)[0]
    assert all(np.array_equal(a[n], c[n]) for n in a)
    assert not all(np.array_equal(a[n], b[n]) for n in a)
    assert all(np.array_equal(b[n], x) for n, x in envs.reset()[0].items())


def test_a_bad_row_names_its_viewer_and_rows_of_sleepers_are_not_looked_at():
    envs = tiny(40)
    _, info = envs.reset(seed=0)
    awake, asleep = np.flatnonzero(info["awake"]), np.flatnonzero(~info["awake"])
    action = np.tile(np.arange(10), (40, 1))
    action[asleep] = 0
    bad = action.copy()
    bad[awake[1], 0] = 9
    with pytest.raises(BadSlate, match=rf"day 0, viewer {info['viewer'][awake[1]]}\b.*got \[9\]"):
        envs.step(bad)
    with pytest.raises(BadSlate, match=r"shape \(40, 10\); got \(10,\)"):
        envs.step(action[0])
    envs.step(action)


@pytest.mark.parametrize("task", [{"num_envs": 0}, {"num_envs": 61}, {"output": "jax"}])
def test_what_cannot_be_made_is_refused(task):
    with pytest.raises(BadInput, match=r"nearest is|Known: numpy, torch"):
        tiny(**task)


def test_a_part_of_the_seats_cannot_be_reset():
    with pytest.raises(BadInput, match="together"):
        tiny().reset(options={"reset_mask": np.ones(6, bool)})
