"""The report card's rows of safety: pooled over seeds, and not judged by too few removals."""

import pytest

from sim.lab.facts import gather, safety
from sim.lab.facts.card import CardOptions, _judged, asked, one_seed, targets
from sim.lab.facts.text import _line
from sim.presets.config import resolve

NAMES = ("uploads", "removals", "soon", "unseen", "reinstated", "appeals", "won", "answered",
         "machine", "right", "views", "violative")  # fmt: skip


def a_day(**counts: float) -> dict[str, float]:
    return {**dict.fromkeys(NAMES, 0.0), **counts}


def fact(name: str):
    return next(f for f in targets("kuaishou")[0] if f.id == f"safety.{name}")


def test_a_share_is_pooled_over_seeds_and_not_a_mean_of_their_shares():
    runs = [safety.figures([a_day(uploads=100_000, removals=900, soon=900)]),
            safety.figures([a_day(uploads=10_000, removals=100, soon=0)])]  # fmt: skip
    judged = _judged(fact("day"), runs)
    assert judged.value == pytest.approx(0.9) and not judged.few and judged.sd is not None
    assert _judged(fact("removed"), runs).value == pytest.approx(1000 / 110_000)


def test_with_fewer_than_500_removals_nothing_passes():
    day = a_day(uploads=50_000, removals=499, soon=470)
    judged = _judged(fact("day"), [safety.figures([day])])
    assert judged.range[0] < judged.value < judged.range[1] and not judged.passed
    assert judged.few == "too few: 499 removals of 500" and _line(judged).startswith("few ")
    enough = _judged(fact("day"), [safety.figures([day, a_day(removals=1, soon=1)])])
    assert enough.passed


def test_a_seed_without_appeals_leaves_the_share_to_the_others():
    runs = [safety.figures([a_day(removals=400, answered=4, won=1)]),
            safety.figures([a_day(removals=400)])]  # fmt: skip
    assert _judged(fact("won"), runs).value == pytest.approx(0.25)


def test_the_rows_are_asked_under_both_switches():
    row = fact("removed")
    assert row.under == "threats=low moderation=house"
    for switches, held in (
        (["threats=low"], [row]),
        (["threats=high"], []),
        (["threats=low", "moderation=strict"], []),
    ):
        assert asked([row], resolve("nano", settings=switches), CardOptions())[0] == held


def test_every_row_of_safety_is_measured(monkeypatch):
    monkeypatch.setattr(gather, "SPELL_DAYS", 8)  # trends are another test's
    options = CardOptions(world="nano", agent="popular", days=3, warm_up=6, jobs=1,
                          settings=("threats=low", "size.viewers=60", "size.live=200"))  # fmt: skip
    told = one_seed(options, 0)
    rows = {f.id for f in targets("kuaishou")[0] if f.id.startswith("safety.")}
    assert rows == set(safety.PARTS) and rows <= set(told)
    assert told["safety.removed#of"] > 0
