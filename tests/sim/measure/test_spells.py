from dataclasses import replace

import pytest
import torch
from worlds import tiny

from sim.measure.spells import LONGEST, Spells
from sim.world.state import Trends


def lived(*days):
    """Each day's trends of four topics, as 0 and 1."""
    world = tiny()
    spells = Spells.empty(world)
    for day in days:
        spells.take_in(replace(world, trends=Trends(torch.tensor(day).float())))
    return spells


def test_a_spell_lasts_from_the_first_day_to_the_last():
    spells = lived([1, 0, 0, 0], [1, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 0])
    assert spells.ended[:5].tolist() == [0, 1, 0, 1, 0]
    assert spells.run.tolist() == [0, 0, 0, 0]
    assert spells.measure() == {"trend_days": 1.0}


def test_what_still_goes_on_is_no_end():
    """Lengths 1, 2+, 3, 4+ by hand: 3/4 beyond a day, as many beyond two, 3/8 beyond three."""
    spells = lived([0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 1, 1], [0, 1, 0, 1])
    assert spells.run.tolist() == [0, 2, 0, 4]
    assert spells.beyond()[:5].tolist() == pytest.approx([1, 3 / 4, 3 / 4, 3 / 8, 3 / 8])
    assert spells.measure() == {"trend_days": 3.0}


def test_without_an_end_there_is_no_median():
    assert lived([1, 0, 0, 0], [1, 0, 0, 0]).measure() == {}


def test_the_longest_are_counted_at_the_limit():
    spells = lived(*[[1, 0, 0, 0]] * (LONGEST + 9), [0, 0, 0, 0])
    assert int(spells.ended[LONGEST]) == 1 == int(spells.ended.sum())


def test_spells_go_on_from_where_they_were_saved():
    spells = lived([1, 0, 1, 0], [0, 0, 1, 0])
    other = Spells.empty(tiny())
    other.load_state_dict(spells.state_dict())
    assert other.run.tolist() == [0, 0, 2, 0] and other.ended.tolist() == spells.ended.tolist()
