"""One desk: the rules of the checkers, seeds, ends, and actions that cannot be."""

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env
from officed import ID, TINY, shifted
from stable_baselines3.common.env_checker import check_env as checked_by_sb3

import sim  # noqa: F401  # names the environments
from sim.presets.errors import BadInput
from sim.seats.moderator.action import policy_of
from sim.world.state import ACTIONS, HANDLES

pytestmark = pytest.mark.filterwarnings("error")
FORMS = pytest.mark.parametrize("actions", ["discrete", "box"])


def tiny(**task):
    return gymnasium.make(ID, **{**TINY, **task}).unwrapped


def levels(**some):
    return np.array([some.get(name, 0) for name in HANDLES])


@FORMS
def test_the_checkers_of_gymnasium_and_stable_baselines3_find_nothing_to_say(actions):
    env = tiny(actions=actions)
    check_env(env, skip_render_check=True)
    checked_by_sb3(env, warn=True)


@FORMS
def test_an_episode_is_as_long_as_its_horizon_and_lies_in_its_space(actions):
    env = gymnasium.make(ID, **TINY, actions=actions)
    seen, _ = env.reset(seed=1)
    env.action_space.seed(1)
    told = []
    while not told or not told[-1][3]:
        assert seen in env.observation_space
        seen, *rest = env.step(env.action_space.sample())
        told.append((seen, *rest))
    assert len(told) == 3 and not any(step[2] for step in told)
    measures = told[-1][4]["measures"]
    assert measures["l"] == 3
    assert measures["r"] == pytest.approx(sum(step[1] for step in told), rel=1e-5)
    with pytest.raises(ResetNeeded):
        env.unwrapped.step(env.action_space.sample())


def test_a_seed_repeats_an_episode_and_another_future_deals_other_luck():
    def told(**options):
        env = tiny()
        env.reset(seed=5, options=options)
        return [env.step(levels(hours=2, A_remove=4))[0] for _ in range(3)]

    one, two, other = told(), told(), told(future=1)
    for a, b in zip(one, two, strict=True):
        assert all(np.array_equal(a[name], b[name]) for name in a)
    assert any(not np.array_equal(one[-1][name], other[-1][name]) for name in one[-1])


def test_taking_everything_down_leaves_an_empty_feed_and_no_crash():
    made = shifted("everything", days=9)  # as long as videos live
    measures = {k: float(v) for k, v in made.meter.measures().items()}
    assert measures["removed_share"] == pytest.approx(1)
    assert measures["cost_wrongful"] > 900
    assert measures["violative_view_rate"] < 0.05


def test_doing_nothing_takes_nothing_down_and_costs_no_staff():
    measures = shifted("nothing").meter.measures()
    for name in ("removed_share", "cost_wrongful", "cost_staff", "cost_purged"):
        assert float(measures[name]) == 0
    assert float(measures["cost_harm"]) > 0


def test_the_oracle_shows_no_harm_and_wrongs_nobody():
    measures = shifted("oracle", days=8).meter.measures()
    for name in ("cost_wrongful", "cost_staff", "cost_purged"):
        assert float(measures[name]) == 0
    nothing = shifted("nothing", days=8).meter.measures()
    assert float(measures["cost_harm"]) < 0.3 * float(
        nothing["cost_harm"]
    )  # what came before it stays


def test_the_harmless_that_are_taken_down_are_told_by_the_size_of_their_creators():
    m = shifted("everything").meter.measures()
    both = float(m["cost_wrongful_small"]) + float(m["cost_wrongful_large"])
    assert both == pytest.approx(float(m["cost_wrongful"]))
    assert float(m["cost_wrongful_small"]) > 0 and float(m["cost_wrongful_large"]) > 0


def test_actions_say_what_they_say():
    made = shifted("house", days=1)
    policy = policy_of(np.array(levels(B_gate=4, hours=3, views=2)), "discrete", made.usual)
    assert float(policy.threshold[1, ACTIONS.index("gate")]) == 0.5
    assert float(policy.threshold[0, 0]) == 1 and float(policy.hours) == pytest.approx(3.6)
    assert policy.split.tolist() == [0, 1, 0]
    strict = policy_of(np.ones(len(HANDLES)), "box", made.usual)
    assert float(strict.threshold.max()) == pytest.approx(0.001)
    lax = policy_of(-np.ones(len(HANDLES)), "box", made.usual)
    assert float(lax.threshold.min()) == 1 and float(lax.hours) == 0


@pytest.mark.parametrize(
    ("action", "says"),
    [
        (levels(A_remove=8), "A_remove is a level from 0 to 7; got 8"),
        (levels(hours=-1), "hours is a level from 0 to 4; got -1"),
        (np.zeros(3, np.int64), "an action has shape"),
        (levels().astype(float), "whole numbers"),
        ("remove", "an action is an array of numbers"),
    ],
)
def test_an_action_that_cannot_be_is_told_by_the_name_of_its_handle(action, says):
    env = tiny()
    env.reset(seed=0)
    with pytest.raises(BadInput, match=says):
        env.step(action)


@pytest.mark.parametrize(
    ("task", "says"),
    [
        ({"objective": "hamr"}, "Did you mean 'harm'"),
        ({"objective": {"mix": 1.0}}, "mix is a whole"),
        ({"house": "mff"}, "house: unknown agent"),
        ({"days": 0}, "days"),
        ({"horizon": 9}, "unknown argument"),
        ({"threats": "none"}, "needs something to moderate"),
        ({"moderation": "none"}, "needs something to moderate"),
    ],
)
def test_what_cannot_be_made_is_refused(task, says):
    with pytest.raises(BadInput, match=says):
        tiny(**task)
