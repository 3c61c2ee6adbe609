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

import sim  # noqa: F401  # names the environments
from sim.presets.config import resolve
from sim.presets.errors import BadInput
from sim.seats.recommender.env import RecommenderEnv
from sim.seats.recommender.slate_check import BadSlate
from sim.seats.recommender.spaces import VIDEO, SlateSpace
from sim.seats.recommender.view import PROFILE
from sim.world import platform
from sim.world.rng import key

ID = "ShortVideo/Recommender-v0"
TINY = {"size.viewers": 60, "size.live": 400}  # quicker than nano
pytestmark = pytest.mark.filterwarnings("error")


def tiny(**task) -> RecommenderEnv:
    settings = TINY | task.pop("settings", {})
    return RecommenderEnv(**{"days": 3, "candidates": 30, "settings": settings} | task)


def play(env, seed=0, most=1000):
    """Observations, rewards and infos of an episode under a random policy of its own seed."""
    seen, info = env.reset(seed=seed)
    env.action_space.seed(seed)
    steps = [(seen, 0.0, False, False, info)]
    while not (steps[-1][2] or steps[-1][3]) and len(steps) <= most:
        steps.append(env.step(env.action_space.sample()))
    return steps


def same(a, b) -> bool:
    return all(np.array_equal(a[name], b[name]) for name in a)


def test_gymnasiums_checker_finds_nothing_to_say():
    check_env(gymnasium.make(ID).unwrapped)


def test_every_step_of_an_episode_passes_the_passive_checker_and_lies_in_the_space():
    env = gymnasium.make(ID, days=2)
    assert "PassiveEnvChecker" in str(env) and "OrderEnforcing" in str(env)
    steps = play(env)
    assert len(steps) > 2 and all(step[0] in env.observation_space for step in steps)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda env: wrappers.RecordEpisodeStatistics(env, stats_key="statistics"),
        lambda env: wrappers.ClipReward(env, 0, 1),
        wrappers.NormalizeReward,
        wrappers.FlattenObservation,
        lambda env: wrappers.TransformObservation(
            env, lambda seen: seen["viewer"], env.observation_space["viewer"]
        ),
    ],
    ids=["RecordEpisodeStatistics", "Clip", "Normalize", "Flatten", "Transform"],
)
def test_gymnasiums_wrappers_go_around_it(wrap):
    env = wrap(gymnasium.make(ID, days=2, settings=TINY, candidates=30))
    steps = play(env)
    assert all(step[0] in env.observation_space for step in steps)
    episode = steps[-1][4]["episode"]
    if "statistics" in steps[-1][4]:
        ours, theirs = (episode[n] for n in "rl"), (steps[-1][4]["statistics"][n] for n in "rl")
        assert list(ours) == pytest.approx(list(theirs))


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
    assert done.stdout.decode().strip() == f"(50, {VIDEO})", done.stderr.decode()


def test_one_seed_gives_one_episode_and_another_seed_another():
    once, again, other = (play(tiny(), seed) for seed in (3, 3, 4))
    assert len(once) == len(again)
    for a, b in zip(once, again, strict=True):
        assert same(a[0], b[0]) and a[1:4] == b[1:4]
    assert not same(once[0][0], other[0][0])
    assert str(once[-1][4]) == str(again[-1][4])  # as text, for nan is not nan


def test_a_reset_without_a_seed_goes_on_to_a_new_world_from_the_same_generator():
    env = tiny()
    first, second, third = env.reset(seed=5)[0], env.reset()[0], env.reset()[0]
    assert not same(first, second) and not same(second, third)
    env.reset(seed=5)
    assert same(env.reset()[0], second)


def test_the_seed_names_the_same_world_as_everywhere():
    env = tiny()
    env.reset(seed=9)
    rules = platform.rules(resolve("nano", settings=TINY))
    world = platform.turn_day(platform.init(rules, key(9)), rules, key(9))
    assert torch.equal(env.feed.world.viewers.taste, world.viewers.taste)
    assert torch.equal(env.feed.world.videos.feature, world.videos.feature)


def test_hidden_taste_changes_what_the_viewer_does_and_not_what_is_seen_before():
    seen, after = [], []
    for shift in (0.0, 6.0):
        env = tiny()
        env.reset(seed=1)
        world = env.feed.world
        people = replace(world.viewers, taste=world.viewers.taste + shift)
        hidden = {name: getattr(world.videos, name) + shift for name in ("quality", "hook")}
        videos = replace(world.videos, **hidden)
        env.feed.clock.world = replace(world, viewers=people, videos=videos)
        seen.append(env._observe())
        after.append(env.step(np.arange(10))[0])
    assert same(*seen)
    assert not np.array_equal(after[0]["history"], after[1]["history"])


def test_only_the_last_info_tells_measures():
    steps = play(tiny())
    assert all(set(step[4]) == {"viewer", "day", "page"} for step in steps[:-1])
    episode = steps[-1][4]["episode"]
    assert {"watch_minutes", "satisfaction", "finish_rate", "return_rate"} <= set(episode)
    assert episode["l"] == len(steps) - 1
    assert episode["r"] == pytest.approx(sum(step[1] for step in steps), rel=1e-5)
    assert episode["days"] == 3 and 0 < episode["satisfaction"] < 1


def test_watch_time_pays_for_what_the_history_then_holds():
    env = tiny(objective="watch_time")
    env.reset(seed=0)
    seen, reward, *_ = env.step(np.arange(10))
    seconds = np.expm1(seen["history"][:, VIDEO])  # a first visit: all of it is this page's
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


def test_candidates_are_distinct_eligible_and_new_to_the_viewer():
    env, shown = tiny(settings={"sessions.quit_base": 0.0, "sessions.scale": 0.3}), set()
    seen, _ = env.reset(seed=2)
    for _ in range(6):
        offered = seen["candidate_id"][seen["candidate_mask"] == 1].tolist()
        assert len(offered) == len(set(offered)) == 30 and not shown & set(offered)
        catalog = platform.public(env.feed.world, env.feed.rules)
        assert set(offered) <= set(catalog.id[catalog.eligible].tolist())
        seen, *_, info = env.step(np.arange(10))
        shown |= set(seen["history_id"].tolist())
        if "episode" in info:
            break
    assert len(shown) > 10


def test_days_over_truncate_and_do_not_terminate():
    *_, terminated, truncated, info = play(tiny(days=1))[-1]
    assert truncated is True and terminated is False and info["day"] == 0


def test_a_viewer_who_leaves_for_good_terminates_and_leaves_nothing_to_see():
    gone = {"sessions.quit_base": 1.0, "sessions.quit_goodwill": 0.0}  # all, in the first night
    env = tiny(days=20, settings=gone)
    seen, _, terminated, truncated, info = play(env)[-1]
    assert terminated is True and truncated is False and info["episode"]["days"] == 1
    assert all((part == 0).all() for part in seen.values())
    with pytest.raises(ResetNeeded, match="reset"):
        env.step(np.arange(10))


def test_another_house_serves_the_others_and_the_seat_meets_the_same_first_page():
    pages = [tiny(house=house, days=3) for house in ("house", "popular", "mf")]
    firsts = [env.reset(seed=0)[0] for env in pages]
    assert same(firsts[0], firsts[1]) and same(firsts[0], firsts[2])
    assert not same(play(pages[0])[-1][0], play(pages[1])[-1][0])
    assert play(pages[2])[-1][3]


BAD = {
    "shape": (np.arange(9), "shape", "Give 10 places"),
    "float": (np.arange(10.0), "integer", "astype"),
    "nan": (np.full(10, np.nan), "NaN", "division"),
    "bool": (np.ones(10, bool), "integer", "long"),
    "text": (["a"] * 10, "dtype|numbers", "Give"),
    "device": (torch.zeros(10, dtype=torch.int64, device="meta"), "lies on cpu", "Move it"),
    "high": (np.arange(21, 31), r"0\.\.29; got \[30\]", "not video ids"),
    "negative": (np.arange(-1, 9), r"0\.\.29; got \[-1\]", "not video ids"),
    "repeated": (np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 3]), r"repeats no video; got \[3\]", "top k"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_action_is_named_with_its_rule_and_cure_and_changes_nothing(name):
    action, rule, cure = BAD[name]
    env = tiny()
    before, info = env.reset(seed=0)
    with pytest.raises(BadSlate, match=rule) as raised:
        env.step(action)
    text = str(raised.value)
    assert "recommender's seat" in text and "day 0" in text and cure in text
    if name in ("high", "negative", "repeated"):
        assert f"viewer {info['viewer']}" in text
    assert same(before, env._observe())


def test_a_place_without_a_candidate_is_refused_and_sampling_by_the_mask_avoids_it():
    env = tiny(candidates=400, days=9)  # as many as live, about: some are soon seen
    seen, _ = env.reset(seed=0)
    while (seen["candidate_mask"] == 1).all():
        seen = env.step(env.action_space.sample(mask=seen["candidate_mask"]))[0]
    empty = np.flatnonzero(seen["candidate_mask"] == 0)
    assert len(empty) > 0 and (seen["candidates"][empty] == 0).all()
    action = np.arange(10)
    action[4] = empty[0]
    with pytest.raises(BadSlate, match="candidate_mask is 1"):
        env.step(action)
    chosen = env.action_space.sample(mask=seen["candidate_mask"])
    assert not set(chosen) & set(empty)
    env.step(chosen)


def test_a_policy_that_chooses_each_slot_by_itself_works_with_repair():
    env = tiny(repair=True)
    env.reset(seed=0)
    seen, reward, *_ = env.step(np.full(10, 7))
    offered = env.reset(seed=0)[0]["candidate_id"]
    shown = [i for i in seen["history_id"] if i]
    assert shown == list(offered[[7, 0, 1, 2, 3, 4, 5, 6, 8, 9]])[: len(shown)]
    assert env.step(np.array([7, 0, 1, 2, 3, 4, 5, 6, 8, 9]))[1] == reward


def test_a_sampled_slate_is_distinct_and_only_distinct_ones_belong():
    space = SlateSpace(12, 10, seed=0)
    assert all(len(set(space.sample())) == 10 for _ in range(50))
    assert np.arange(10) in space and np.zeros(10, int) not in space
    assert isinstance(space, gymnasium.spaces.MultiDiscrete) and (space.nvec == 12).all()


def test_the_first_page_of_a_viewer_shows_a_profile_and_an_hour():
    viewer = play(tiny(), most=0)[0][0]["viewer"]
    assert viewer[:6].sum() == 1 and viewer[6:11].sum() == 1  # one age band, one region
    assert np.hypot(*viewer[PROFILE : PROFILE + 2]) == pytest.approx(1)


@pytest.mark.parametrize("task", [{"days": 0}, {"candidates": 5}, {"candidates": 10**6}])
def test_a_task_that_makes_no_sense_is_refused(task):
    with pytest.raises(BadInput, match=r"Take|nearest is"):
        tiny(**task)
