"""Many accounts: in one world or in several, and what happens when one is given up."""

import gymnasium
import numpy as np
import pytest
import torch
from authored import ID, TINY

import sim  # noqa: F401
from sim.presets.errors import BadInput
from sim.seats.creator import studios as module

pytestmark = pytest.mark.filterwarnings("error")


def many(n: int = 6, **task):
    return gymnasium.make_vec(
        ID, num_envs=n, vectorization_mode="vector_entry_point", **{**TINY, **task}
    )


def test_all_share_one_world_unless_told_otherwise():
    envs = many()
    assert len(envs.sides) == 1
    seen, info = envs.reset(seed=0)
    assert len(set(info["creator"].tolist())) == 6
    apart = many(worlds=3)
    seen, info = apart.reset(seed=0)
    assert len(apart.sides) == 3 and seen["flows"].shape == (6, 33)
    with pytest.raises(BadInput, match="evenly"):
        many(worlds=4)


def test_an_episode_ends_for_all_and_another_begins_in_the_next_step():
    envs = many()
    envs.reset(seed=0)
    envs.action_space.seed(0)
    told = [envs.step(envs.action_space.sample()) for _ in range(6)]
    assert [bool(step[3].all()) for step in told] == [False, False, True, False, False, False]
    assert "measures" in told[2][4] and (told[2][4]["measures"]["l"] == 3).all()
    assert (told[3][1] == 0).all() and (told[3][4]["day"] == 0).all()
    assert all(seen in envs.observation_space for seen, *_ in told)


def test_whose_creator_gives_up_is_terminated_and_its_seat_is_given_to_another(monkeypatch):
    usual, envs = module.standing, many(days=4)

    def gives_up(world, *rest):
        found = usual(world, *rest)
        gone = torch.zeros_like(found.gone)
        gone[2] = int(world.day) == 1
        return type(found)(**{**vars(found), "gone": gone})

    monkeypatch.setattr(module, "standing", gives_up)
    _, before = envs.reset(seed=0)
    envs.action_space.seed(0)
    told = [envs.step(envs.action_space.sample()) for _ in range(4)]
    gone = np.stack([step[2] for step in told])
    assert gone[0].tolist() == [False, False, True, False, False, False] and not gone[1:].any()
    assert told[0][4]["measures"]["l"][2] == 1 and told[0][4]["_measures"].sum() == 1
    assert told[1][1][2] == 0 and told[1][4]["creator"][2] != before["creator"][2]
    others = np.arange(6) != 2
    assert (told[1][4]["creator"][others] == before["creator"][others]).all()
    assert told[3][3].all() and told[3][4]["measures"]["l"].tolist() == [4, 4, 2, 4, 4, 4]


def test_tensors_are_handed_out_where_asked_for():
    envs = many(output="torch")
    seen, _ = envs.reset(seed=0)
    assert all(isinstance(x, torch.Tensor) for x in seen.values())


def test_more_seats_than_half_of_the_creators_are_refused():
    with pytest.raises(BadInput, match="half of a world's creators"):
        many(200)


def test_worlds_in_processes_of_their_own_tell_the_same():
    """A bad action is told by the parent, and what goes wrong in a child is raised here."""
    one, two = many(4, worlds=2), many(4, worlds=2, processes=True)
    one.action_space.seed(0)
    actions = [one.action_space.sample() for _ in range(4)]

    def told(envs):
        seen, _ = envs.reset(seed=0)
        steps = [envs.step(action) for action in actions]
        envs.close()
        return seen, steps

    (a, some), (b, others) = told(one), told(two)
    assert all(np.array_equal(a[name], b[name]) for name in a)
    for x, y in zip(some, others, strict=True):
        assert all(np.array_equal(p, q) for p, q in zip(x[1:4], y[1:4], strict=True))
        assert all(np.array_equal(x[0][name], y[0][name]) for name in x[0])
    assert np.array_equal(some[2][4]["measures"]["r"], others[2][4]["measures"]["r"])
    bad = many(4, processes=True)
    with pytest.raises(BadInput, match="future"):
        bad.reset(seed=0, options={"future": -1})
    bad.close()


def test_at_once_is_the_same_story_with_its_end_in_info():
    one, two = many(4), many(4, autoreset_mode="SameStep")
    one.action_space.seed(0)
    actions = [one.action_space.sample() for _ in range(4)]
    one.reset(seed=0), two.reset(seed=0)
    later = [one.step(action) for action in actions]  # its fourth step begins the next world
    now = [two.step(action) for action in actions[:3]]
    for x, y in zip(later[:2], now[:2], strict=True):
        assert all(np.array_equal(x[0][name], y[0][name]) for name in x[0])
    end, again = later[2], now[2]
    assert (end[1] == again[1]).all() and again[3].all() and again[4]["_final_obs"].all()
    for i in range(4):
        assert all(np.array_equal(end[0][n][i], again[4]["final_obs"][i][n]) for n in end[0])
    assert np.array_equal(end[4]["measures"]["r"], again[4]["final_info"]["measures"]["r"])
    assert all(np.array_equal(later[3][0][name], again[0][name]) for name in again[0])
    with pytest.raises(BadInput, match="NEXT_STEP or SAME_STEP"):
        many(autoreset_mode="Disabled")
