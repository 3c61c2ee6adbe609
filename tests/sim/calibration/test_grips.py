"""The grips of videos are found again in a log that they made."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from worlds import nano, watchers

from sim.calibration import grips
from sim.world import watching
from sim.world.rng import key

P = replace(nano().watch, video_haste_sd=0.0, video_stay_sd=0.0, logging_alike_video=0.25)
GRIPPED = replace(P, video_haste_sd=0.9, video_stay_sd=0.5, logging_grip=(0.6, 0.2))
DURATIONS = (9.0, 14.0, 25.0, 50.0, 90.0, 180.0)
LENGTHS = np.repeat(DURATIONS, 100)


def log(params, videos, plays, seed=0):
    """Videos, and sums of `grips.columns` by video and day, of plays under the logging policy by
    viewers of their own: two days, and as many plays on each."""
    of, own = key(seed), P.logging_alike_video**0.5
    name = torch.arange(1, videos + 1)
    crowd = watchers(videos * plays, params)
    length = torch.tensor(DURATIONS)[of.fold(1).integer(name, len(DURATIONS))].repeat(plays)
    over = own * of.fold(2).normal(name).repeat(plays)
    over = over + (1 - own**2) ** 0.5 * of.fold(3).normal(crowd.id)
    mean = torch.from_numpy(watching.mean_grip(params, np.log(length.numpy()))).float()
    grip = (mean + watching.grip(name, params, of.fold(5)).repeat(plays))[None]
    video = watching.describe(length[None], watching.tables(params, "cpu"))
    dice = of.fold(4).dice(watching.STREAMS, 1).cast(crowd.id)
    appeal = (params.logging_appeal + params.logging_spread * over)[None]
    watch = watching.watch(appeal, length[None], video, crowd, params, dice, grip)
    columns = grips.columns(watch.double().numpy().ravel(), length.double().numpy())
    days = [column.reshape(2, plays // 2, videos).sum(1).ravel() for column in columns]
    return np.tile(name.numpy(), 2), days


@pytest.mark.parametrize("params", [P, GRIPPED])
def test_the_law_and_a_log_of_it_agree(params):
    seen, model = grips.seen(*log(params, 6000, 20)), grips.model(params, LENGTHS)
    assert set(seen) == set(model)
    for name, value in seen.items():
        assert value == pytest.approx(model[name], abs=0.012), name


def test_the_grips_that_made_a_log_are_found_in_it():
    sums = log(GRIPPED, 6000, 20)
    found = grips.fit(P, LENGTHS, grips.seen(*sums), grips.errors(*sums))
    assert found["video_haste_sd"] == pytest.approx(GRIPPED.video_haste_sd, abs=0.2)
    assert found["video_stay_sd"] == pytest.approx(GRIPPED.video_stay_sd, abs=0.12)


def test_videos_that_differ_by_appeal_alone_are_found_to():
    sums = log(P, 6000, 20)
    found = grips.fit(P, LENGTHS, grips.seen(*sums), grips.errors(*sums))
    assert found["video_haste_sd"] < 0.3 and found["video_stay_sd"] < 0.15


def test_too_few_videos_tell_nothing():
    assert grips.seen(*log(P, grips.LEAST_VIDEOS - 1, 4)) == {}
