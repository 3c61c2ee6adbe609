"""A year of the smallest world with brands and careers: as many creators, regular ones, posts and
follows, and as uneven a stage, at its end as at its beginning."""

import pytest
from worlds import nano

from sim.lab.run.arm import Arm

MONTHS = 2
REGULAR = 0.05  # posts a day by habit of one who posts with any regularity; idle ones: .0093
# shares of the beginning; of some 56 regular creators about a dozen begin and as many leave, which
# alone moves them by a tenth
WITHIN = {"creators": 0.05, "regular": 0.2, "uploads": 0.15, "gini": 0.15, "follows": 0.1}


SEEDS = range(4)  # by itself a world may have a few busy creators more at its end than before


@pytest.mark.slow
def test_a_year_of_creators_is_stationary():
    """Means over four worlds: in one, uploads have moved by .15 and follows by .16."""
    lived = [change(seed) for seed in SEEDS]
    mean = {name: sum(one[name] for one in lived) / len(lived) for name in WITHIN}
    print(lived, mean)
    assert {n: x for n, x in mean.items() if abs(x) > WITHIN[n]} == {}


def change(seed: int) -> dict[str, float]:
    """From days 7 to 66 to the last 60 of a year, as shares of the former."""
    arm, days = Arm("house", nano("money=on"), seed), []
    for day in arm.run(365):
        told = {metric: value for metric, group, value in day.measures if group == "all"}
        videos, creators, people = day.world.videos, day.world.creators, day.world.viewers
        new = (videos.uploaded == day.world.day) & (videos.id > 0)
        regular = creators.active & (creators.cadence > REGULAR)
        follows = (day.world.memory.follows > 0).sum(1)[people.registered]
        days.append(
            {
                "creators": float(creators.active.sum()),
                "regular": float(regular.sum()),
                "uploads": float(new.sum()),
                "gini": told["creator_gini"],
                "follows": float(follows.float().mean()),
            }
        )
    assert int((creators.id > len(creators.id)).sum()) > 10  # some left, and others came
    parts = days[7 : 7 + 30 * MONTHS], days[-30 * MONTHS :]
    first, last = ({n: sum(d[n] for d in part) / len(part) for n in WITHIN} for part in parts)
    return {name: last[name] / first[name] - 1 for name in WITHIN}
