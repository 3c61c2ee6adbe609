"""Saturation: the more a viewer likes, the less one more reason to like adds. The tables allow for
it, so that a log under the logging policy has the rates that the preset was given."""

from dataclasses import replace

import pytest
import torch
from worlds import grips, nano, watchers

from sim.world import platform, reactions, watching
from sim.world.reactions import RATIO_EDGES
from sim.world.rng import key
from sim.world.state import EVENT_FLAGS

VIEWERS, SLOTS = 150_000, 10
TOP = len(RATIO_EDGES)  # the place of the highest watch ratio


def audience(params):
    """What many viewers do with videos of the preset's own durations: ratio, flags by name."""
    rules, p, names = platform.rules(params), params, torch.arange(1, VIEWERS + 1)
    at = key(1).uniform(names, SLOTS).T * (len(rules.tables.videos.durations) - 1)
    ends = rules.tables.videos.durations[torch.stack([at.long(), at.long() + 1])]
    duration = torch.lerp(*ends, at - at.long()).exp()
    mixture = watching.describe(duration, rules.tables.watching)
    over = p.watch.logging_spread * key(2).normal(names, SLOTS).T
    luck = key(3).dice(watching.STREAMS, SLOTS).cast(names)
    crowd, appeal = watchers(VIEWERS, p.watch), p.watch.logging_appeal + over
    seconds = watching.watch(
        appeal, duration, mixture, crowd, p.watch, luck, grips(p.watch, duration)
    )
    odds = reactions.like_odds(rules.tables.reactions, names, key(4)) * mixture.like_factor
    charm = reactions.charm(torch.arange(VIEWERS * SLOTS), p.reactions, key(5)).view(SLOTS, -1)
    dice = key(6).dice(reactions.STREAMS, SLOTS).cast(names)
    flags = reactions.react(
        seconds, duration, over, odds * charm, torch.ones(VIEWERS), rules.tables.reactions,
        p.reactions, dice,
    )  # fmt: skip
    named = {name: flag > 0 for name, flag in zip(EVENT_FLAGS, flags, strict=True)}
    return seconds / duration, named


@pytest.fixture(scope="module", params=[1, 4], ids=["as fitted", "four times as many likes"])
def log(request):
    """The preset, and one of so many likes that saturation weighs more."""
    base, times = nano(), request.param
    rates = tuple(times * rate for rate in base.reactions.like_by_ratio)
    params = replace(base, reactions=replace(base.reactions, like_by_ratio=rates))
    return params.reactions, *audience(params)


def misses(hits, rows, target):
    """How many standard errors a rate is off; one viewer's acts go together."""
    n, k = rows.double().sum(0), (rows & hits).double().sum(0)
    off = float(k.sum() / n.sum()) - target
    error = float((k - target * n).square().sum().sqrt() / n.sum())
    return abs(off) / error


@pytest.mark.parametrize("place", range(TOP + 1))
def test_every_watch_ratio_has_the_likes_of_the_log(log, place):
    params, ratio, flags = log
    here = torch.bucketize(ratio, torch.tensor(RATIO_EDGES), right=True) == place
    assert misses(flags["like"], here, params.like_by_ratio[place]) < 4


@pytest.mark.parametrize("act", ["follow", "comment"])
def test_likes_go_with_other_acts_as_in_the_log(log, act):
    params, _, flags = log
    assert misses(flags["like"], flags[act], getattr(params, f"like_given_{act}")) < 4
