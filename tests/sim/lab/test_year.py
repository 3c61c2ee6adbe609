"""A year of the smallest world under the house: it ends about as it began."""

import pytest
from worlds import nano

from sim.lab.facts import gather, year
from sim.lab.facts.card import Card, CardOptions, asked, one_seed, targets
from sim.lab.facts.text import text
from sim.presets.config import resolve

YEAR = [f for f in targets("kuaishou")[0] if f.under == "--year"]


def test_the_end_is_held_against_the_beginning_and_what_lies_between_does_not_count():
    """A week of start, two months of 2, and after some days two months of 3."""
    days = [{"x": 9.0}] * year.BEGUN + [{"x": 2.0}] * 60 + [{"x": 7.0}] * 9 + [{"x": 3.0}] * 60
    assert year.changes(days) == {"year.x": pytest.approx(1.5)}


def test_a_card_with_a_year_has_its_rows_and_the_same_trends(monkeypatch):
    for where, name, days in (
        (year, "DAYS", 20), (year, "SPAN", 6), (year, "SPELL_DAYS", 12), (gather, "SPELL_DAYS", 12)
    ):  # fmt: skip
        monkeypatch.setattr(where, name, days)
    few = ("size.viewers=100", "size.live=200")
    how = {"world": "nano", "days": 1, "warm_up": 0, "seeds": (0,), "jobs": 1, "settings": few}
    one, other = (one_seed(CardOptions(year=on, **how), 0) for on in (True, False))
    assert set(one) - set(other) == {f.id for f in YEAR} and len(YEAR) == 8
    assert all(0.3 < one[f.id] < 3 for f in YEAR)
    assert [one[k] for k in ("trends.median", "trends.long")] == [
        other[k] for k in ("trends.median", "trends.long")
    ]


def test_without_it_the_rows_are_not_asked_and_the_card_says_under_what_they_are():
    facts, resting = asked(targets("kuaishou")[0], resolve("nano"), CardOptions())
    assert not set(YEAR) & set(facts)
    lines = text(Card(CardOptions(), facts, resting)).splitlines()
    assert sum(line.endswith("it is asked under --year") for line in lines) == len(YEAR)


@pytest.mark.slow
def test_a_year_is_stationary():
    change, _ = year.lived("house", nano(), 0)
    assert {f.id: change[f.id] for f in YEAR if not f.range[0] <= change[f.id] <= f.range[1]} == {}
