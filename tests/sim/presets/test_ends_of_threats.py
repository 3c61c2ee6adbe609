"""A world with threats lives at either end of the range of each of their settings."""

import pytest
import torch
from made_settings import every_setting
from worlds import live_through

from sim.presets.config import resolve
from sim.world import platform

LOW = {"threats": "low", "size.viewers": 60, "size.live": 120}
OURS = ("actors", "harms", "bots")


SAMPLE = 8  # one end of so many is lived in ordinary runs


def ends():
    ours = [s for s in every_setting() if s.key.partition(".")[0] in OURS]
    for i, (s, side) in enumerate((s, side) for s in ours for side in ("low", "high")):
        end = getattr(s.range, side)
        value = [end] * len(s.now) if s.many else end
        marks = [] if i % SAMPLE == 0 else pytest.mark.slow
        yield pytest.param({**LOW, s.key: value}, id=f"{s.key}={end:g}", marks=marks)


@pytest.mark.parametrize("settings", list(ends()))
def test_a_world_of_threats_lives_at_either_end_of_each_of_their_settings(settings):
    rules = platform.rules(resolve("nano", settings=settings))
    world, _ = live_through(rules, days=2, pages=2, donate=True)
    held = world.threats
    for part in (held.harmed, held.craving, held.trust, world.mood.goodwill, held.actors.gain):
        assert torch.isfinite(part).all()
    assert (held.trust >= 0).all() and (held.craving <= 1).all() and (held.lost >= 0).all()
    assert world.mood.goodwill.min() >= 0
