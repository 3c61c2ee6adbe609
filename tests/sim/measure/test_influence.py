"""What each viewer adds to a figure: by hand, and as a bootstrap over viewers has it."""

import numpy as np
import pytest
import torch
from test_day import two_viewers

import sim
from sim.lab.run import over_viewers
from sim.measure import Window, measure_day
from sim.measure.influence import BLOCKS, MEASURES, Influence

PART = {name: k for k, name in enumerate(MEASURES)}


def lived(days, of=lambda day: 0.0, told=lambda day: True, viewers=3):
    """Viewers whose parts in the watch time are `of` a day, plus their number."""
    new = Influence.empty(torch.arange(viewers))
    for day in range(days):
        parts = {"watch_minutes": torch.arange(viewers) + of(day)} if told(day) else {}
        new.take_in(day, parts)
    return new


def test_parts_by_hand_add_up_to_nothing_and_their_squares_to_the_variance():
    """Three are registered and watch 90, 6 and 0 s; of three impressions one is regretted."""
    world, events = two_viewers()
    window = Window.empty(world)
    measure_day(world, events, window)
    parts = window.influence.over(0, 1)
    minutes = np.array([1.5, 0.1, 0.0])
    assert parts["watch_minutes"].tolist() == pytest.approx((minutes - minutes.mean()) / 3)
    variance = minutes.var() / 3  # of a mean of three
    assert float(parts["watch_minutes"].square().sum()) == pytest.approx(variance)
    # viewer 1: one of two regretted, viewer 2: none of one
    assert parts["regret"].tolist() == pytest.approx([(1 - 2 / 3) / 3, -1 / 9, 0])
    assert parts["topic_entropy"].tolist() == pytest.approx([0.25, -0.25, 0])  # 1 and 0 bits
    assert "return_rate" not in parts  # nobody was here before
    for each in parts.values():
        assert float(each.sum()) == pytest.approx(0, abs=1e-7)


def test_days_are_told_apart_up_to_the_last_block_and_then_in_pairs():
    exact = lived(BLOCKS, of=float)
    assert exact.length == 1
    found = exact.over(5, 15)["watch_minutes"]
    assert found.tolist() == pytest.approx([9.5, 10.5, 11.5])
    coarse = lived(4 * BLOCKS, of=float)
    assert coarse.length == 4 and len(coarse.told) == BLOCKS
    found = coarse.over(20, 40)["watch_minutes"]
    assert found.tolist() == pytest.approx([29.5, 30.5, 31.5])


def test_a_day_on_which_a_measure_is_missing_does_not_count():
    odd = lived(6, of=float, told=lambda day: day % 2 == 1)
    assert odd.over(0, 6)["watch_minutes"].tolist() == pytest.approx([3, 4, 5])
    assert odd.over(0, 6).keys() == {"watch_minutes"} and odd.over(0, 1) == {}


def test_what_was_handed_on_stays_as_it_was():
    live = lived(2)
    kept = live.copy()
    live.take_in(2, {"watch_minutes": torch.ones(3)})
    assert int(kept.told.sum()) == 2 and int(live.told.sum()) == 3
    assert not kept.over(2, 3) and live.over(2, 3)


def test_few_stand_for_all():
    """Every fifth of 10,000 viewers gives the spread over all to a few per cent."""
    parts = torch.randn(10_000, generator=torch.Generator().manual_seed(1)).double()
    found = Influence.empty(torch.arange(10_000))
    assert len(found.row) == 2_000
    whole = torch.ones(10_000).double()
    of = sim.measure.influence.of_ratio
    few = of(parts[::5], whole[::5], float(parts.sum()), 1e4, 10_000)
    assert float(few.square().sum()) == pytest.approx(float(parts.var()) / 1e4, rel=0.1)


@pytest.fixture(scope="module")
def run():
    return sim.simulate(
        "popular", world="nano", days=3, quiet=True, events_max=10**6,
        settings={"run.lift": False, "sessions.scale": 0.04, "money": "off", "threats": "none"},
    )  # fmt: skip


def by_viewer(run, agent):
    """Impressions and completions of each viewer in days 2 and 3, rows by viewer."""
    e = run.events[(run.events["agent"] == agent) & (run.events["day"] >= 1)]
    done = e.assign(done=e["watch_s"] >= e["duration_s"])
    table = done.groupby(["viewer", "day"])["done"].agg(["size", "sum"]).unstack(fill_value=0)
    return table.reindex(range(1, 1000), fill_value=0).to_numpy(float)  # sizes, then sums


def resampled(tables, times=400):
    """The bootstrap's standard error of the difference of two mean daily shares, paired."""
    rng = np.random.default_rng(0)
    seen = np.nonzero(sum(t.sum(1) for t in tables))[0]
    found = []
    for _ in range(times):
        who = rng.choice(seen, len(seen))
        one, two = ((t[who, 2:].sum(0) / t[who, :2].sum(0)).mean() for t in tables)
        found.append(one - two)
    return float(np.std(found))


def test_the_interval_is_as_wide_as_a_bootstrap_over_viewers(run):
    found = run.summary["difference"]["finish_rate"]
    lo, hi = found["ci95_viewers"]
    assert (lo + hi) / 2 == pytest.approx(found["mean"])
    error = resampled([by_viewer(run, agent) for agent in ("popular", "random")])
    assert (hi - lo) / 2 / 1.97 == pytest.approx(error, rel=0.12)


def test_one_seed_has_an_interval_over_viewers_that_judges_nothing(run):
    told = run.summary
    for metric, each in told["difference"].items():
        assert each["ci95"] is None and each["sure"] is None
        assert metric not in MEASURES or each["ci95_viewers"] or not each["mean"]
    assert told["metrics"]["coverage"]["ci95_viewers"] is None  # of videos
    assert told["metrics"]["hide_rate"]["ci95_viewers"][0] > 0  # by log-odds: never below 0
    assert told["baseline_metrics"]["satisfaction"]["ci95_viewers"]
    assert told["agents"]["popular"]["difference"] == told["difference"]


def test_worlds_are_pooled():
    """Two worlds of like viewers: the error of their mean is that of one by the root of two."""
    z = np.array([0.1, -0.1, 0.2, -0.2] * 50)
    one, two = (over_viewers.interval(5.0, [z] * n) for n in (1, 2))
    assert (two[1] - two[0]) / (one[1] - one[0]) == pytest.approx(2**-0.5, rel=0.01)


def test_a_run_that_goes_on_has_the_intervals_of_one_that_never_stopped(tmp_path):
    small = {"sessions.scale": 0.03, "size.viewers": 60, "run.report": False, "run.lift": False}
    options = {"world": "nano", "settings": small, "quiet": True}
    whole = sim.simulate("popular", days=5, **options)
    sim.simulate("popular", days=2, out=tmp_path, **options)
    more = sim.simulate(days=5, out=tmp_path, resume=True, quiet=True)
    again = sim.simulate(days=5, out=tmp_path, resume=True, quiet=True)  # no arm lives again
    assert whole.summary["difference"] == more.summary["difference"] == again.summary["difference"]
    assert whole.summary["metrics"] == more.summary["metrics"] == again.summary["metrics"]
