"""What is a viewer's and what is a video's are found together in a log that both made."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from worlds import nano, watchers

from sim.calibration import grips, habits, traits
from sim.world import watching
from sim.world.rng import key

VIEWERS, SLOTS, VIDEOS = 20_000, 8, 4000
P = replace(
    nano().watch, haste_sd=1.6, stay_sd=0.5, haste_stay=-0.4, pace_share=0.3, video_haste_sd=0.9,
    video_stay_sd=0.6, logging_alike=0.0, logging_alike_video=0.0,
)  # fmt: skip
DURATIONS = (9.0, 14.0, 25.0, 50.0, 90.0, 180.0)


class Told:
    """A log's plays on two days, by viewer and by video."""

    def __init__(self, params):
        crowd, of = watchers(VIEWERS, params), key(0)
        video = of.fold(1).integer(crowd.id, VIDEOS, SLOTS).T
        length = torch.tensor(DURATIONS)[video % len(DURATIONS)]
        mean = watching.mean_grip(params, np.log(length.numpy()))
        grip = (
            torch.from_numpy(mean).float()
            + watching.grip(torch.arange(VIDEOS), params, of.fold(2))[video]
        )
        appeal = (
            params.logging_appeal + params.logging_spread * of.fold(3).normal(crowd.id, SLOTS).T
        )
        dice = of.fold(4).dice(watching.STREAMS, SLOTS).cast(crowd.id)
        law = watching.describe(length, watching.tables(params, "cpu"))
        watch = watching.watch(appeal, length, law, crowd, params, dice, grip)
        day = (torch.arange(SLOTS) < SLOTS // 2).long()[:, None].expand_as(video)
        plays = (watch.double().numpy().ravel(), length.double().numpy().ravel())
        viewer = crowd.id.expand_as(video)
        self.viewers, self.videos = (
            summed(2 * who + day, way.columns(*plays))
            for who, way in ((viewer, habits), (video, grips))
        )

    def habits_of(self, *parts):
        return self.viewers

    def grips_of(self, *parts):
        return self.videos


def summed(cell, columns):
    """Names, and sums by name and day."""
    there, place = np.unique(cell.numpy().ravel(), return_inverse=True)
    return there // 2, [np.bincount(place, column) for column in columns]


def test_a_viewers_and_a_videos_part_are_found_together(monkeypatch):
    monkeypatch.setattr(traits, "_lengths", lambda *_: np.repeat(DURATIONS, 100))
    found = traits.fitted(Told(P), asdict(P), {}, 0)
    for name in ("haste_sd", "video_haste_sd"):
        assert found[name] == pytest.approx(getattr(P, name), abs=0.2), name
    for name in ("stay_sd", "pace_share", "video_stay_sd"):
        assert found[name] == pytest.approx(getattr(P, name), abs=0.12), name


def test_a_log_of_few_viewers_and_videos_tells_of_none(monkeypatch):
    monkeypatch.setattr(traits, "_lengths", lambda *_: np.repeat(DURATIONS, 100))
    told = Told(P)
    for name in ("viewers", "videos"):
        who, sums = getattr(told, name)
        few = who < who.min() + habits.LEAST_VIEWERS - 1
        setattr(told, name, (who[few], [column[few] for column in sums]))
    assert traits.fitted(told, asdict(P), {}, 0) == {}
