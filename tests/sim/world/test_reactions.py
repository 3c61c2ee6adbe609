from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats
from worlds import grips, nano, watchers

from sim.world import reactions, watching
from sim.world.reactions import RATIO_EDGES
from sim.world.rng import key
from sim.world.state import EVENT_FLAGS

P, W = nano().reactions, nano().watch
DURATIONS = (9.0, 20.0, 45.0, 90.0, 200.0)
VIEWERS, SLOTS = 40_000, 10


def rules(params=P):
    return reactions.tables(params, watching.told(W, DURATIONS, RATIO_EDGES), "cpu")


def house_log(params=P, n=VIEWERS):
    """What viewers do with what the logging policy shows: watch ratio, flags by name."""
    names = torch.arange(1, n + 1)
    tables = rules(params)
    duration = torch.tensor(DURATIONS)[key(1).integer(names, len(DURATIONS), SLOTS).T.contiguous()]
    over = W.logging_spread * key(2).normal(names, SLOTS).T
    video = watching.describe(duration, watching.tables(W, "cpu"))
    seconds = watching.watch(
        W.logging_appeal + over,
        duration,
        video,
        watchers(n, W),
        W,
        key(3).dice(watching.STREAMS, SLOTS).cast(names),
        grips(W, duration),
    )
    odds = reactions.like_odds(tables, names, key(4))
    charm = reactions.charm(torch.arange(n * SLOTS), params, key(5)).view(SLOTS, n)
    talk = torch.ones(n)
    dice = key(6).dice(reactions.STREAMS, SLOTS).cast(names)
    flags = reactions.react(seconds, duration, over, odds * charm, talk, tables, params, dice)
    return seconds / duration, {
        name: flag > 0 for name, flag in zip(EVENT_FLAGS, flags, strict=True)
    }


@pytest.fixture(scope="module")
def log():
    return house_log()


def bins(ratio):
    return torch.bucketize(ratio, torch.tensor(RATIO_EDGES), right=True)


@pytest.mark.parametrize("flag", ["like", "comment", "share", "follow", "collect", "hide"])
def test_rates_by_watch_ratio_come_out_as_the_preset_says(log, flag):
    ratio, flags = log
    place = bins(ratio)
    for i, rate in enumerate(getattr(P, f"{flag}_by_ratio")):
        here = place == i
        n, got = int(here.sum()), int(flags[flag][here].sum())
        alike = 2.0 if flag == "like" else 1.3  # one viewer's acts go together
        error = 4 * alike * (rate * (1 - rate) / n) ** 0.5
        assert abs(got / n - rate) < error


def test_what_is_watched_further_is_liked_more(log):
    ratio, flags = log
    place = bins(ratio)
    rates = [float(flags["like"][place == i].float().mean()) for i in range(5)]
    assert rates == sorted(rates)


@pytest.mark.parametrize("flag", ["follow", "comment"])
def test_likes_go_with_follows_and_comments_as_the_log_has_it(flag):
    often = tuple(3 * rate for rate in getattr(P, f"{flag}_by_ratio"))  # for a smaller error
    _, flags = house_log(replace(P, **{f"{flag}_by_ratio": often}))
    asked = getattr(P, f"like_given_{flag}")
    n = int(flags[flag].sum())
    got = int((flags[flag] & flags["like"]).sum()) / n
    assert abs(got - asked) < 4 * (asked * (1 - asked) / n) ** 0.5


def test_viewers_likes_are_as_unequal_as_a_beta():
    """Shares are Beta(alpha, beta), whose intra-class correlation is 1 / (alpha + beta + 1)."""
    odds = reactions.like_odds(rules(), torch.arange(200_000), key(7)).double()
    share = odds / (1 + odds)
    beta = stats.beta(P.like_alpha, P.like_beta)
    seen = share.numpy()
    assert stats.kstest(seen[seen > 1e-9], lambda x: _above(beta, x, 1e-9)).pvalue > 1e-3
    mean = float(share.mean())
    assert float(share.var()) / (mean * (1 - mean)) == pytest.approx(
        1 / (P.like_alpha + P.like_beta + 1), rel=0.05
    )


def _above(law, x, floor):
    return (law.cdf(x) - law.cdf(floor)) / law.sf(floor)


def test_a_videos_charm_leaves_the_mean_of_likes():
    charm = reactions.charm(torch.arange(200_000), P, key(8))
    error = 4 * (np.exp(P.like_video_sd**2) - 1) ** 0.5 / 200_000**0.5
    assert abs(float(charm.mean()) - 1) < error
    assert float(charm.log().std()) == pytest.approx(P.like_video_sd, rel=0.02)


def acts(over: float, params, talk=1.0):
    shape = (1, 20_000)
    dice = key(9).dice(reactions.STREAMS, 1).cast(torch.arange(20_000))
    flags = reactions.react(
        torch.full(shape, 30.0), torch.full(shape, 20.0), torch.full(shape, over),
        torch.full(shape, 0.02), torch.full(shape[1:], talk), rules(params), params, dice,
    )  # fmt: skip
    return {name: flag > 0 for name, flag in zip(EVENT_FLAGS, flags, strict=True)}


@pytest.mark.parametrize("flag", ["hide", "report"])
def test_negative_acts_fall_with_appeal(flag):
    plenty = replace(P, **{f"{flag}_by_ratio": (0.1,) * 5}, appeal_hide=0.5)
    low, high = acts(-1.0, plenty)[flag], acts(1.0, plenty)[flag]
    assert not (high & ~low).any()  # the same noise
    assert float(low.float().mean() / high.float().mean()) == pytest.approx(np.e, rel=0.15)


@pytest.mark.parametrize("flag", ["like", "share", "collect"])
def test_positive_acts_rise_with_appeal(flag):
    plenty = replace(P, **{f"{flag}_by_ratio": (0.1,) * 5})
    low, high = acts(-1.0, plenty)[flag], acts(1.0, plenty)[flag]
    assert not (low & ~high).any()
    assert high.sum() > 2 * low.sum()


def test_the_talkative_share_more_and_like_no_more():
    plenty = replace(P, share_by_ratio=(0.05,) * 5)
    shy, loud = acts(0.0, plenty, talk=0.5), acts(0.0, plenty, talk=2.0)
    assert torch.equal(shy["like"], loud["like"])
    ratio = float(loud["share"].float().mean() / shy["share"].float().mean())
    assert ratio == pytest.approx(4, rel=0.15)


def test_the_survey_asks_its_share_and_reads_gladness_on_five_steps():
    params = replace(P, survey_rate=0.2)
    dice = key(10).dice(reactions.STREAMS, 1).cast(torch.arange(20_000))
    for satisfaction, about in ((0.0, 1.0), (0.5, 3.0), (1.0, 5.0)):
        answers = reactions.survey(torch.full((1, 20_000), satisfaction), params, dice)
        asked = answers > 0
        assert stats.binomtest(int(asked.sum()), 20_000, 0.2).pvalue > 1e-3
        assert set(answers[asked].tolist()) <= {1.0, 2.0, 3.0, 4.0, 5.0}
        assert abs(float(answers[asked].mean()) - about) < 0.3
