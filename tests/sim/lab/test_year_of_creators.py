"""A year of the smallest world with brands and careers: as many creators, posts and as uneven a
stage at its end as at its beginning. Follows a viewer fall, which docs/creators.md tells."""

import pytest
from worlds import nano

from sim.lab.run.arm import Arm

MONTHS = 2
WITHIN = {"creators": 0.05, "uploads": 0.15, "gini": 0.15}  # shares of the beginning


@pytest.mark.slow
def test_a_year_of_creators_is_stationary():
    arm = Arm("house", nano("money=on"), 0)
    days = []
    for day in arm.run(365):
        told = {metric: value for metric, group, value in day.measures if group == "all"}
        videos, creators = day.world.videos, day.world.creators
        new = (videos.uploaded == day.world.day) & (videos.id > 0)
        days.append(
            {
                "creators": float(creators.active.sum()),
                "uploads": float(new.sum()),
                "gini": told["creator_gini"],
            }
        )
    assert int((creators.id > len(creators.id)).sum()) > 10  # some left, and others came
    first, last = days[7 : 7 + 30 * MONTHS], days[-30 * MONTHS :]
    change = {}
    for name in WITHIN:
        old, now = (sum(day[name] for day in part) / len(part) for part in (first, last))
        change[name] = now / old - 1
    assert {n: x for n, x in change.items() if abs(x) > WITHIN[n]} == {}
