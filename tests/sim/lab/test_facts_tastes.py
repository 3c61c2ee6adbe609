from types import SimpleNamespace as Some

import numpy as np
import pandas as pd
import pytest

from sim.lab.facts import tastes


def plays(*topics, viewer=1):
    return pd.DataFrame({"viewer": viewer, "topic": np.array(topics, np.int16), "day": 0})


def test_entropy_is_of_twenty_plays_spread_over_all():
    """Forty plays: the first half of one topic, the rest of another, in turns of two."""
    halves = plays(*[0] * 20, *[1] * 20)
    assert tastes._entropy(halves) == pytest.approx(1)
    in_turn = plays(*[0, 1, 2, 3] * 10)
    assert tastes._entropy(in_turn) == pytest.approx(1)  # every second one is taken


def test_who_has_fewer_plays_is_left_out():
    both = pd.concat([plays(*[0] * 10, *[1] * 10), plays(*range(19), viewer=2)])
    assert tastes._entropy(both) == pytest.approx(1)


def test_lifts_are_told_by_days_between_two_plays():
    days = [plays(0, 0, viewer=1).assign(day=d) for d in range(14)]
    days += [plays(1, 1, viewer=2).assign(day=d) for d in range(14)]
    found = tastes._lifts(Some(house=Some(impressions=pd.concat(days))))
    assert found == {f"tag_lift.{lag}": pytest.approx(2) for lag in tastes.LAGS}
