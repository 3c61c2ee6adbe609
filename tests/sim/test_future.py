"""A future is the same world with other luck, in a run, in Python and in Gymnasium alike."""

import numpy as np
import pandas as pd
import pytest
import torch

import sim
from sim.presets.errors import BadInput
from sim.run import main
from sim.seats.recommender.env import RecommenderEnv, RecommenderVectorEnv

QUICK = {"sessions.scale": 0.03, "size.viewers": 100, "run.report": False, "run.lift": False}
SET = [word for key, value in QUICK.items() for word in ("--set", f"{key}={value}".lower())]


def run(agent="popular", **more):
    options = {"world": "nano", "days": 2, "settings": QUICK, "quiet": True} | more
    return sim.simulate(agent, **options)


def minutes(run):
    table = run.metrics
    wanted = (table["metric"] == "watch_minutes") & (table["group"] == "all")
    return table[wanted].groupby("agent")["value"].mean()


def test_a_future_left_out_is_future_0():
    plain, zero = run(), run(future=0)
    pd.testing.assert_frame_equal(plain.events, zero.events)
    assert plain.summary["future"] == 0


def test_another_future_has_the_same_people_and_videos_and_other_events():
    one, two = run(), run(future=7)
    assert torch.equal(one.world.viewers.activity, two.world.viewers.activity)
    for field in ("id", "creator", "quality", "duration", "feature"):
        stock = [(r.world.videos.uploaded < 0) & (r.world.videos.id > 0) for r in (one, two)]
        a, b = (getattr(r.world.videos, field)[s] for r, s in zip((one, two), stock, strict=True))
        assert torch.equal(a, b) and len(a) > 100, field
    assert not one.events["watch_s"].equals(two.events["watch_s"])
    assert two.summary["future"] == 7 and "future 7" in two.table().text()


def test_two_agents_of_one_future_are_paired():
    """Two copies of an agent live the same days; under the other future other ones."""
    one, two = run(["random", "popular"], future=3), run(["popular", "random"], future=3)
    assert minutes(one).equals(minutes(two).reindex(minutes(one).index))
    assert minutes(run(["random", "popular"]))["random"] != minutes(one)["random"]


def test_a_future_is_kept_by_config_and_resume(tmp_path):
    whole = run("mf", future=5, days=4)
    run("mf", future=5, days=2, out=tmp_path / "r")
    parts = run("mf", days=4, out=tmp_path / "r", resume=True)
    pd.testing.assert_frame_equal(whole.events, parts.events)
    assert "future = 5" in (tmp_path / "r" / "config.toml").read_text()
    with pytest.raises(BadInput, match=r"--resume keeps the settings.*run\.future was 5; got 6"):
        run("mf", days=5, future=6, out=tmp_path / "r", resume=True)


def test_the_command_takes_a_future(tmp_path, capsys):
    words = ["--agent", "random", "--world", "nano", "--days", "1", *SET, "--baseline", "none"]
    assert main([*words, "--future", "2", "--out", str(tmp_path / "a")]) == 0
    assert "seed 0, future 2" in capsys.readouterr().out
    assert main([*words, "--set", "run.future=2", "--out", str(tmp_path / "b")]) == 0
    one, two = (pd.read_parquet(tmp_path / x / "events.parquet") for x in "ab")
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize("bad", [-1, 1 << 63, 1.5, True])
def test_a_future_or_seed_out_of_range_is_bad_input(bad):
    for name in ("future", "seeds"):
        with pytest.raises(BadInput, match=r"whole numbers? from 0 to 2\^63 - 1"):
            run(**{name: [bad] if name == "seeds" else bad})
    with pytest.raises(BadInput, match=r"future is a whole number"):
        RecommenderEnv(future=bad)


def test_the_largest_seed_and_future_run():
    assert run(future=(1 << 63) - 1, seeds=[(1 << 63) - 1], days=1).state == "done"


@pytest.mark.parametrize("kind", [RecommenderEnv, RecommenderVectorEnv])
def test_an_environment_meets_a_future_by_keyword_or_at_reset(kind):
    settings = {"size.viewers": 60, "size.live": 400}
    plain, other = (kind(candidates=30, settings=settings, future=n) for n in (0, 9))

    def mood(env, **how):
        env.reset(seed=4, **how)
        people, mood, _ = env.unwrapped.seats.record.dawn
        return mood.time_left, people.choosiness

    (a, people), (b, same) = mood(plain), mood(other)
    c, _ = mood(plain, options={"future": 9})
    again, _ = mood(plain)
    assert torch.equal(people, same) and not torch.equal(a, b)
    assert torch.equal(b, c) and torch.equal(a, again)
    with pytest.raises(BadInput, match="future is a whole number"):
        plain.reset(seed=4, options={"future": -2})


def test_pages_offered_to_a_seat_are_another_futures_too():
    env = RecommenderEnv(candidates=30, settings={"size.viewers": 60, "size.live": 400})
    one, two = (env.reset(seed=0, options={"future": n})[1] for n in (0, 1))
    assert not np.array_equal(one["candidate_id"], two["candidate_id"])
