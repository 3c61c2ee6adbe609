"""Videos differ in how they are watched beside their appeal; at rest nothing is drawn for it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from worlds import nano, nano_rules, stock, watchers

from sim.world import platform, watching
from sim.world.rng import key
from sim.world.state import GRIP_STEPS, grip_of

P = replace(nano().watch, video_haste_sd=0.0, video_stay_sd=0.0)
GRIPPED = replace(P, video_haste_sd=0.9, video_stay_sd=0.5, logging_grip=(0.6, 0.2))
N = 100_000
OFF = ("watch.video_haste_sd=0", "watch.video_stay_sd=0")
ON = ("watch.video_haste_sd=0.9", "watch.video_stay_sd=0.5")


def watched(params, grip, duration):
    crowd = watchers(N, params)
    shown = torch.full((1, N), duration)
    appeal = P.logging_appeal + P.logging_spread * key(99).normal(crowd.id)[None]
    video = watching.describe(shown, watching.tables(params, "cpu"))
    dice = key(0).dice(watching.STREAMS, 1).cast(crowd.id)
    return watching.watch(appeal, shown, video, crowd, params, dice, grip)[0]


def test_at_rest_no_video_has_a_grip_and_the_law_is_what_it_was():
    rules, root = nano_rules(*OFF), key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    assert not P.grips and not world.videos.grip.any()
    assert P.habits_met == (P.haste_sd, P.stay_sd, P.haste_stay)
    nothing = torch.zeros(1, N)
    assert torch.equal(watched(P, nothing, 43.0), watched(P, None, 43.0))


def test_a_grip_moves_no_other_draw_and_is_read_off_the_sheet():
    off, on = (platform.init(nano_rules(*s), key(0)) for s in (OFF, ON))
    assert on.videos.grip.any()
    for name in ("key", "quality", "hook", "charm", "duration", "feature", "creator", "topic"):
        assert torch.equal(getattr(on.videos, name), getattr(off.videos, name)), name
    assert torch.equal(grip_of(on.videos.sheet[None])[0], on.videos.grip)
    assert torch.equal(on.videos.sheet[:, 1] & 0xFFFFFF, off.videos.sheet[:, 1])


def test_the_strongest_grips_fit_the_sheet_beside_the_largest_creators_id():
    grip = torch.tensor([-4.0, -1 / GRIP_STEPS, 0.0, 4 - 1 / GRIP_STEPS])
    videos = stock(4, grip=grip, creator=torch.full((4,), (1 << 24) - 1))
    assert torch.equal(grip_of(videos.sheet[None])[0], grip)


def test_grips_are_standard_normal():
    grip = watching.grip(torch.arange(N), GRIPPED, key(3))
    assert float(grip.std()) == pytest.approx(1, rel=0.02)
    assert abs(float(grip.mean())) < 4 / N**0.5


@pytest.mark.parametrize("duration", [8.2, 25.0, 43.0, 230.0])
def test_a_log_of_videos_that_grip_has_the_presets_shares(duration):
    mean = watching.mean_grip(GRIPPED, np.log([duration])).item()
    grip = mean + watching.grip(torch.arange(N), GRIPPED, key(3))[None]
    plain, gripped = watched(P, None, duration), watched(GRIPPED, grip, duration)
    for of in (lambda w: (w < 3).float(), lambda w: (w >= duration).float()):
        assert float(of(gripped).mean()) == pytest.approx(float(of(plain).mean()), abs=0.01)


def test_what_grips_is_skipped_less_and_finished_more():
    weak, strong = (watched(GRIPPED, torch.full((1, N), g), 43.0) for g in (-1.0, 1.0))
    assert float((strong < 3).float().mean()) < float((weak < 3).float().mean()) - 0.05
    assert float((strong >= 43).float().mean()) > float((weak >= 43).float().mean()) + 0.05
