"""One seat: Gymnasium's rules, seeds, ends, and what may not be seen."""

import subprocess
import sys
from dataclasses import replace

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import wrappers
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env
from seated import FORMS, ID, TINY, play, same, tiny
from stable_baselines3.common.env_checker import check_env as checked_by_sb3

import sim  # noqa: F401  # names the environments
from sim.presets.config import resolve
from sim.presets.errors import BadInput
from sim.seats.recommender.spaces import VIDEO
from sim.seats.recommender.view import PROFILE
from sim.world import platform
from sim.world.rng import key

pytestmark = pytest.mark.filterwarnings("error")


@FORMS
@pytest.mark.parametrize("slots", [10, 1])
def test_the_checkers_of_gymnasium_and_stable_baselines3_find_nothing_to_say(exact, slots):
    env = tiny(exact=exact, slots=slots)
    check_env(env, skip_render_check=True)
    checked_by_sb3(env, warn=True)


@FORMS
def test_every_step_of_an_episode_passes_the_passive_checker_and_lies_in_the_space(exact):
    env = gymnasium.make(ID, days=2, exact=exact)
    assert "PassiveEnvChecker" in str(env) and "OrderEnforcing" in str(env)
    steps = play(env)
    assert len(steps) > 2 and all(step[0] in env.observation_space for step in steps)


def test_every_entry_is_a_vector_and_no_id_is_among_the_floats():
    env = tiny()
    seen, info = env.reset(seed=0)
    assert {name: (x.ndim, str(x.dtype)) for name, x in seen.items()} == {
        "candidate_mask": (1, "int8"),
        "candidates": (1, "float32"),
        "history": (1, "float32"),
        "viewer": (1, "float32"),
    }
    flat = wrappers.FlattenObservation(tiny())
    assert flat.observation_space.dtype == np.float32 == flat.reset(seed=0)[0].dtype
    assert info["candidate_id"].max() > 30  # as ids are
    assert all(np.abs(x).max() < 25 for x in seen.values())


def test_gymnasium_makes_many_of_it_by_itself():
    envs = gymnasium.make_vec(
        ID, num_envs=2, vectorization_mode="sync", days=2, settings=TINY, candidates=30
    )
    seen, _ = envs.reset(seed=0)
    envs.action_space.seed(0)
    for _ in range(2):
        seen, reward, *_ = envs.step(envs.action_space.sample())
    assert reward.shape == (2,) and seen in envs.observation_space


def test_it_is_made_by_module_and_id_without_an_import_and_by_the_entry_point():
    code = (
        "import gymnasium; from importlib.metadata import entry_points;"
        f"assert '{ID}' not in gymnasium.registry;"
        "point, = entry_points(group='gymnasium.envs', name='__root__');"
        f"point.load()(); gymnasium.spec('{ID}');"
        f"print(gymnasium.make('sim:{ID}', days=1).reset(seed=0)[0]['candidates'].shape)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True)
    assert done.stdout.decode().strip() == f"({50 * VIDEO},)", done.stderr.decode()


@FORMS
def test_one_seed_gives_one_episode_and_another_seed_another(exact):
    once, again, other = (play(tiny(exact=exact), seed) for seed in (3, 3, 4))
    assert len(once) == len(again)
    for a, b in zip(once, again, strict=True):
        assert same(a[0], b[0]) and a[1:4] == b[1:4]
    assert not same(once[0][0], other[0][0])
    assert str(once[-1][4]) == str(again[-1][4])  # as text, for nan is not nan


@FORMS
def test_a_reset_without_a_seed_goes_on_from_the_same_generator(exact):
    env = tiny(exact=exact)
    first, second, third = env.reset(seed=5)[0], env.reset()[0], env.reset()[0]
    assert not same(first, second) and not same(second, third)
    env.reset(seed=5)
    assert same(env.reset()[0], second)


def test_a_reset_without_a_seed_stays_in_the_world_and_meets_other_lives():
    env = tiny()
    _, info = env.reset(seed=5)
    record, rewards = env.seats.record, {}
    for _ in range(40):
        reward = round(env.step(np.arange(10))[1], 4)
        rewards.setdefault(info["viewer"], []).append(reward)
        _, info = env.reset()
    assert env.seats.record is record
    twice = [some for some in rewards.values() if len(some) > 1]
    assert len(rewards) > 15 and twice and all(len(set(some)) > 1 for some in twice)


@FORMS
def test_the_seed_names_the_same_world_as_everywhere(exact):
    env = tiny(exact=exact)
    env.reset(seed=9)
    rules = platform.rules(resolve("nano", settings=TINY))
    world = platform.turn_day(platform.init(rules, key(9)), rules, key(9))
    own = env.seats.clock.world if exact else env.seats.record.clock.world
    assert torch.equal(own.viewers.taste, world.viewers.taste)
    assert torch.equal(own.videos.feature, world.videos.feature)


def test_hidden_taste_changes_what_the_viewer_does_and_not_what_is_seen_before():
    seen, after = [], []
    for shift in (0.0, 6.0):
        env = tiny()
        env.reset(seed=1)
        lives = env.seats.lives
        mood = replace(lives.now.mood, wants=lives.now.mood.wants + shift)
        lives.now = replace(lives.now, mood=mood)
        seen.append(env._observe())
        after.append(env.step(np.arange(10))[0])
    assert same(*seen)
    assert not np.array_equal(after[0]["history"], after[1]["history"])


def test_what_is_hidden_of_the_world_changes_what_the_viewer_does_and_not_what_is_seen_before():
    seen, after = [], []
    for shift in (0.0, 6.0):
        env = tiny(exact=True)
        env.reset(seed=1)
        world = env.seats.world
        mood = replace(world.mood, wants=world.mood.wants + shift)
        hidden = {name: getattr(world.videos, name) + shift for name in ("quality", "hook")}
        videos = replace(world.videos, **hidden)
        env.seats.clock.world = replace(world, mood=mood, videos=videos)
        seen.append(env._observe())
        after.append(env.step(np.arange(10))[0])
    assert same(*seen)
    assert not np.array_equal(after[0]["history"], after[1]["history"])


@FORMS
def test_only_the_last_info_tells_measures(exact):
    steps = play(tiny(exact=exact))
    usual = {"viewer", "day", "page", "candidate_id", "history_id"}
    assert all(set(step[4]) == usual for step in steps[:-1])
    assert set(steps[-1][4]) == usual | {"measures"}
    episode = steps[-1][4]["measures"]
    assert {"watch_minutes", "satisfaction", "finish_rate", "return_rate"} <= set(episode)
    assert episode["l"] == len(steps) - 1
    assert episode["r"] == pytest.approx(sum(step[1] for step in steps), rel=1e-5)
    assert episode["days"] == 3 and 0 < episode["satisfaction"] < 1


def test_watch_time_pays_for_what_the_history_then_holds():
    env = tiny(objective="watch_time")
    env.reset(seed=0)
    seen, reward, *_ = env.step(np.arange(10))
    seconds = np.expm1(
        seen["history"].reshape(20, -1)[:, VIDEO]
    )  # a first visit: all of it is this page's
    assert seconds.max() > 0 and reward == pytest.approx(
        seconds.clip(max=90).sum() / 18, rel=1e-4
    )  # objectives: 18 s are 1, and at most 90 s of one video count


def test_weights_add_up():
    rewards = []
    for objective in ("watch_time=0.5,completion=2.0", "watch_time", "completion"):
        env = tiny(objective=objective)
        env.reset(seed=0)
        rewards.append(env.step(np.arange(10))[1])
    assert rewards[0] == pytest.approx(0.5 * rewards[1] + 2 * rewards[2])
    assert rewards[1] > 0


@FORMS
@pytest.mark.parametrize("candidates", [30, 20])  # raced, and drawn one by one
def test_candidates_are_distinct_eligible_and_new_to_the_viewer(exact, candidates, monkeypatch):
    monkeypatch.setattr("sim.seats.recommender.candidates.CROWDED", 15)
    often = {"sessions.quit_base": 0.0, "sessions.scale": 0.3}
    env, shown = tiny(candidates=candidates, exact=exact, settings=often), set()
    _, info = env.reset(seed=2)
    seats = env.seats
    assert (seats.rules.params.size.live > 15 * candidates) == (candidates == 20)
    for _ in range(12):
        offered = info["candidate_id"].tolist()
        assert len(offered) == len(set(offered)) == candidates and not shown & set(offered)
        clock = seats.clock if exact else seats.record.clock
        catalog = platform.public(clock.world, seats.rules)
        able = catalog.id[catalog.eligible].tolist() if exact else pool(seats, info["day"])
        assert set(offered) <= set(able)
        *_, info = env.step(np.arange(10))
        shown |= set(info["history_id"].tolist())
        if "measures" in info:
            break
    assert len(shown) > 10


def pool(seats, day) -> list[int]:
    return seats.record.pools.ids[day].tolist()


@FORMS
def test_days_over_truncate_and_do_not_terminate(exact):
    *_, terminated, truncated, info = play(tiny(days=1, exact=exact))[-1]
    assert truncated is True and terminated is False and info["day"] == 0


@FORMS
def test_a_viewer_who_leaves_for_good_terminates_and_leaves_nothing_to_see(exact):
    gone = {
        "sessions.quit_base": 1.0,
        "sessions.quit_newcomer": 1.0,
        "sessions.quit_goodwill": 0.0,
    }  # all, in the first night
    env = tiny(days=20, settings=gone, exact=exact)
    seen, _, terminated, truncated, info = play(env)[-1]
    assert terminated is True and truncated is False and info["measures"]["days"] == 1
    assert all((part == 0).all() for part in seen.values())
    with pytest.raises(ResetNeeded, match="reset"):
        env.step(np.arange(10))


def test_another_house_serves_the_others_and_the_seat_meets_the_same_first_page():
    pages = [tiny(house=house, days=3) for house in ("house", "popular", "mf")]
    firsts = [env.reset(seed=0)[0] for env in pages]
    assert same(firsts[0], firsts[1]) and same(firsts[0], firsts[2])
    assert not same(play(pages[0])[-1][0], play(pages[1])[-1][0])
    assert play(pages[2])[-1][3]


def test_the_first_page_of_a_viewer_shows_a_profile_and_an_hour():
    viewer = play(tiny(), most=0)[0][0]["viewer"]
    assert viewer[:6].sum() == 1 and viewer[6:11].sum() == 1  # one age band, one region
    assert np.hypot(*viewer[PROFILE : PROFILE + 2]) == pytest.approx(1)


@pytest.mark.parametrize("task", [{"days": 0}, {"candidates": 5}, {"candidates": 10**6}])
def test_a_task_that_makes_no_sense_is_refused(task):
    with pytest.raises(BadInput, match=r"Take|nearest is"):
        tiny(**task)
