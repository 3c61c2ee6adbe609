"""The parameters of watching, and how appeal acts on it."""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch

from sim.world.ranges import ASCENDING, Correlation, Len, Part, Seconds, Share, Spread, Within
from sim.world.state.watched import LONG_VIEW

# A policy that goes by long views goes by finishes up to LONG_VIEW, and there shows more of what
# grips. In seconds; linear in their ln between.
GRIP_KNOTS = LONG_VIEW, 60.0


@dataclass(frozen=True)
class WatchParams:
    """Shares, medians and spreads at knots of duration, under the logging policy of the log."""

    knots: Annotated[tuple[Seconds, ...], Len(2, 200), ASCENDING]  # seconds
    skip: tuple[Share, ...]  # of videos left within seconds
    leave: tuple[Share, ...]  # part-way
    finish: tuple[Share, ...]  # at the end
    loop: tuple[Share, ...]  # after more than one pass
    skip_median: tuple[Annotated[float, Within(0.05, 600)], ...]  # seconds
    skip_sd: tuple[Annotated[float, Within(0.01, 2)], ...]  # of ln seconds
    finish_at: tuple[Annotated[float, Within(0.5, 2)], ...]  # durations
    finish_sd: tuple[Annotated[float, Within(0.001, 1)], ...]  # durations
    loop_mean: tuple[Annotated[float, Within(0.01, 20)], ...]  # durations beyond the first pass
    # 1: who leaves does so anywhere alike; above, rather early
    leave_bend: tuple[Annotated[float, Within(0.1, 20)], ...]
    # likes against those of the same watch ratio
    like_by_duration: tuple[Annotated[float, Within(0, 20)], ...]
    appeal_skip: Annotated[float, Within(0, 6)]  # logits of skipping lost per unit of pull
    appeal_finish: Annotated[float, Within(0, 6)]  # logits of finishing and looping gained
    pull_turn: Annotated[float, Within(-5, 5)]  # appeal beyond which more of it adds little
    pull_bend: Annotated[float, Within(0.1, 2.5)]  # how sharply
    # mean appeal of what the logging policy shows, random pairs being 0
    logging_appeal: Annotated[float, Within(-3, 5)]
    logging_spread: Spread  # standard deviation of the same
    # of its variance, what lies between viewers; asked when habits are fitted, not by a page
    logging_alike: Part = 0.0
    # How viewers differ; 0, as in presets made before they did: all watch alike.
    haste_sd: Annotated[float, Within(0, 3)] = 0.0  # over viewers, of the logit of skipping
    stay_sd: Spread = 0.0  # of the logits of finishing and looping
    haste_stay: Correlation = 0.0  # of the two over viewers
    pace_share: Share = 0.0  # of the variance of a skip's ln seconds, what lies between viewers
    # ln of a day's minutes and patience lost per logit of haste: who swipes fast stays less long
    haste_budget: Annotated[float, Within(0, 2)] = 0.0
    # ln of a viewer's plays gained per logit of haste, and of stay: the hasty fill more of a log
    haste_plays: Annotated[float, Within(-2, 2)] = 0.0
    stay_plays: Annotated[float, Within(-2, 2)] = 0.0
    # How videos differ beside what appeals in them: one hidden grip a video, which takes from the
    # skip of who meets it and adds to the stay; 0, as shipped: by appeal and duration alone.
    video_haste_sd: Spread = 0.0  # over videos, of the logit of skipping
    video_stay_sd: Spread = 0.0  # of the logits of finishing and looping
    # mean grip over the plays of the log, of videos of GRIP_KNOTS seconds
    logging_grip: Annotated[tuple[Annotated[float, Within(-3, 3)], ...], Len(2, 2)] = (0.0, 0.0)
    # of logging_spread's variance, what lies between videos; asked when their part is fitted
    logging_alike_video: Part = 0.0

    @property
    def grips(self) -> bool:
        """Whether videos have a part of their own in watching."""
        return bool(self.video_haste_sd or self.video_stay_sd)

    @property
    def habits_met(self) -> tuple[float, float, float]:
        """Spreads of haste and of stay over pairs of viewer and video, and their correlation: a
        sum of two normals is one, so what a video adds needs no nodes of its own."""
        if not self.grips:
            return self.haste_sd, self.stay_sd, self.haste_stay
        haste = math.hypot(self.haste_sd, self.video_haste_sd)
        stay = math.hypot(self.stay_sd, self.video_stay_sd)
        both = self.haste_stay * self.haste_sd * self.stay_sd
        both -= self.video_haste_sd * self.video_stay_sd
        return haste, stay, both / (haste * stay) if haste and stay else 0.0

    @property
    def logging_habits(self) -> tuple[float, float]:
        """Mean haste and stay over the plays of the log, where that over viewers is 0.

        A normal that is weighted by the exponential of a sum is a normal whose mean has moved by
        its covariance with that sum.
        """
        both = self.haste_stay * self.haste_sd * self.stay_sd
        haste = self.haste_plays * self.haste_sd**2 + self.stay_plays * both
        return haste, self.haste_plays * both + self.stay_plays * self.stay_sd**2


def pull(appeal, params: WatchParams):
    """Appeal as it acts on watching: in step with appeal while it is low, level when it is high.

    Without the bend a policy with a better eye than the house would finish far more videos than
    any platform reports: the published lifts are for the whole step from random to a mature
    recommender. Works on tensors and numpy arrays.
    """
    return -unpulled(appeal, params) / params.pull_bend


def unpulled(appeal, params: WatchParams):
    """What pull lacks, times -pull_bend: 0 where appeal is high."""
    z = params.pull_bend * (params.pull_turn - appeal)
    if isinstance(appeal, np.ndarray):
        return np.logaddexp(0.0, z)
    # softplus written out: it stays one fused loop when compiled, and z is below the bound
    return torch.log1p(torch.exp(z.clamp(max=80.0)))
