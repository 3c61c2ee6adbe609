"""A world with threats lives at either end of the range of each of their settings."""

import pytest
import torch
from made_settings import every_setting
from worlds import live_through

from sim.presets.config import resolve
from sim.world import platform

LOW = {"threats": "low", "size.viewers": 60, "size.live": 120}
OURS = ("actors", "harms", "bots")


def ends():
    for setting in every_setting():
        if setting.key.partition(".")[0] in OURS:
            for end in (setting.range.low, setting.range.high):
                value = [end] * len(setting.now) if setting.many else end
                yield pytest.param({**LOW, setting.key: value}, id=f"{setting.key}={end:g}")


@pytest.mark.parametrize("settings", list(ends()))
def test_a_world_of_threats_lives_at_either_end_of_each_of_their_settings(settings):
    rules = platform.rules(resolve("nano", settings=settings))
    world, _ = live_through(rules, days=2, pages=2, donate=True)
    held = world.threats
    for part in (held.harmed, held.craving, held.trust, world.mood.goodwill, held.actors.gain):
        assert torch.isfinite(part).all()
    assert (held.trust >= 0).all() and (held.craving <= 1).all() and (held.lost >= 0).all()
    assert world.mood.goodwill.min() >= 0
