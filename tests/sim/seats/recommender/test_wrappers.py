"""Wrappers and monitors of Gymnasium and Stable-Baselines3 go around both forms."""

import gymnasium
import numpy as np
import pytest
from gymnasium import wrappers
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers import vector
from seated import ID, TINY, many, play, walk
from stable_baselines3.common.monitor import Monitor

pytestmark = pytest.mark.filterwarnings("error")

SINGLE = {
    "RecordEpisodeStatistics": wrappers.RecordEpisodeStatistics,
    "Clip": lambda env: wrappers.ClipReward(env, 0, 1),
    "NormalizeReward": wrappers.NormalizeReward,
    "Flatten": wrappers.FlattenObservation,
    "NormalizeObservation": lambda env: wrappers.NormalizeObservation(
        wrappers.FlattenObservation(env)
    ),
    "FrameStack": lambda env: wrappers.FrameStackObservation(env, 2),
    "Filter": lambda env: wrappers.FilterObservation(env, ["viewer", "candidates"]),
    "TimeLimit": lambda env: wrappers.TimeLimit(env, 100),
    "Autoreset": wrappers.Autoreset,
    "Transform": lambda env: wrappers.TransformObservation(
        env, lambda seen: seen["viewer"], env.observation_space["viewer"]
    ),
    "Monitor": Monitor,
}


@pytest.mark.parametrize("name", SINGLE)
def test_wrappers_and_the_monitor_go_around_a_seat_and_its_measures_stay(name):
    env = SINGLE[name](gymnasium.make(ID, days=2, settings=TINY, candidates=30))
    steps = play(env)
    assert all(step[0] in env.observation_space for step in steps)
    measures = steps[-1][4]["measures"]
    assert 0 < measures["satisfaction"] < 1
    assert ("episode" in steps[-1][4]) == (name in ("RecordEpisodeStatistics", "Monitor"))
    if "episode" in steps[-1][4]:
        told = steps[-1][4]["episode"]
        assert (told["l"], told["r"]) == (measures["l"], pytest.approx(measures["r"], abs=1e-4))


def flat(envs):
    return vector.FlattenObservation(envs)


VECTOR = {
    "RecordEpisodeStatistics": vector.RecordEpisodeStatistics,
    "DictInfoToList": vector.DictInfoToList,
    "ClipReward": lambda envs: vector.ClipReward(envs, 0, 1),
    "TransformReward": lambda envs: vector.TransformReward(envs, lambda r: r / 2),
    "VectorizeTransformReward": lambda envs: vector.VectorizeTransformReward(
        envs, wrappers.TransformReward, func=lambda r: r / 2
    ),
    "NormalizeReward": vector.NormalizeReward,
    "TransformAction": lambda envs: vector.TransformAction(envs, lambda a: a[:, ::-1].copy()),
    "VectorizeTransformAction": lambda envs: vector.VectorizeTransformAction(
        envs, wrappers.TransformAction, func=lambda a: a[::-1].copy(), action_space=None
    ),
    "TransformObservation": lambda envs: vector.TransformObservation(
        envs,
        lambda seen: seen["viewer"],
        envs.observation_space["viewer"],
        envs.single_observation_space["viewer"],
    ),
    "VectorizeTransformObservation": lambda envs: vector.VectorizeTransformObservation(
        envs,
        wrappers.TransformObservation,
        func=lambda seen: seen["viewer"],
        observation_space=envs.single_observation_space["viewer"],
    ),
    "FilterObservation": lambda envs: vector.FilterObservation(envs, ["viewer", "candidates"]),
    "FlattenObservation": flat,
    # these take one array, so they go around what is flat
    "NormalizeObservation": lambda envs: vector.NormalizeObservation(flat(envs)),
    "RescaleObservation": lambda envs: vector.RescaleObservation(
        flat(envs), np.float32(-1), np.float32(1)
    ),
    "ReshapeObservation": lambda envs: vector.ReshapeObservation(
        flat(envs), (1, *flat(envs).single_observation_space.shape)
    ),
    "DtypeObservation": lambda envs: vector.DtypeObservation(flat(envs), np.float32),
}
NOT_HERE = {
    "ClipAction", "RescaleAction",  # for actions that are boxes
    "GrayscaleObservation", "ResizeObservation", "RecordVideo", "HumanRendering",  # for pictures
    # need packages that are not here; output="torch" gives tensors
    "ArrayConversion", "JaxToNumpy", "JaxToTorch", "NumpyToTorch",
}  # fmt: skip
OBSERVATION = {name for name in VECTOR if "Observation" in name}


def test_all_wrappers_of_gymnasium_are_tried_or_are_for_something_else():
    assert set(vector.__all__) == set(VECTOR) | NOT_HERE


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
@pytest.mark.parametrize("name", VECTOR)
def test_gymnasiums_vector_wrappers_go_around_the_default_output(name, mode):
    if mode == "SameStep" and name in OBSERVATION:  # Gymnasium's own rule
        with pytest.raises(ValueError, match="NEXT_STEP"):
            VECTOR[name](many(4, autoreset_mode=mode))
        return
    envs, ends = VECTOR[name](many(4, autoreset_mode=mode)), 0
    assert envs.metadata["autoreset_mode"] is AutoresetMode(mode)
    for seen, reward, gone, over, info in walk(envs, 20):
        assert seen in envs.observation_space
        if reward is None:
            continue
        done = np.asarray(gone) | np.asarray(over)
        ends += done.sum()
        if name == "DictInfoToList":
            assert [("measures" in i.get("final_info", i)) for i in info] == done.tolist()
        elif done.any():
            told = info["final_info"] if mode == "SameStep" else info
            assert (np.asarray(told["measures"]["satisfaction"])[done] > 0).all()
    assert ends >= 4


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_gymnasiums_statistics_agree_with_the_measures(mode):
    envs, episodes = vector.RecordEpisodeStatistics(many(autoreset_mode=mode)), 0
    for *_, info in walk(envs, 30):
        if "episode" not in info:
            continue
        told = info["final_info"] if mode == "SameStep" else info
        done = told["_measures"]
        assert np.array_equal(done, info["_episode"])
        for name in "rl":
            ours, theirs = told["measures"][name][done], info["episode"][name][done]
            assert ours == pytest.approx(theirs, rel=1e-5)
        episodes += done.sum()
    assert episodes >= 6 and envs.episode_count == episodes


def test_gymnasiums_own_vectors_of_it_tell_the_measures():
    made = {"days": 1, "settings": TINY, "candidates": 30}
    envs = gymnasium.make_vec(ID, num_envs=2, vectorization_mode="sync", **made)
    told = [info["measures"]["l"] for *_, info in walk(envs, 12) if "measures" in info]
    assert told
