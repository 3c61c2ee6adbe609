"""The check: right answers pass however they were come by, wrong ones are told what went wrong."""

import pytest

from sim.lab.teaching import asking, examining
from sim.lab.teaching.examining import Exam, Examined, entropy, rates_of
from sim.lab.teaching.playing import Asked

COUNTS = {"random": (1000, 80, 32), "popular": (900, 180, 45), "ncf": (800, 250, 46)}
RATES = {agent: rates_of(*three) for agent, three in COUNTS.items()}
EXAM = Exam(RATES, "popular", (8, 4, 2, 2))
RIGHT = {"shown": 5.0, "watched": 25.0, "bits": 1.75}


def passes(answers):
    return all(right for right, _ in EXAM.verdicts(answers, "en"))


@pytest.mark.parametrize(
    "answers",
    [
        RIGHT,
        {"shown": 4.95, "watched": 25.04, "bits": 1.745},  # rounded by hand
        {"shown": 45 / 9, "watched": 4500 / 180, "bits": entropy([2, 2, 4, 8])},  # by a program
    ],
)
def test_right_answers_pass(answers):
    assert passes(answers)


WRONG = {
    "nothing handed in": {},
    "naughts": {"shown": 0, "watched": 0, "bits": 0},
    "one constant": {"shown": 5, "watched": 5, "bits": 5},
    "the rates swapped": {**RIGHT, "shown": 25.0, "watched": 5.0},
    "shares, not of a hundred": {**RIGHT, "shown": 0.05, "watched": 0.25},
    "another recommender's": {**RIGHT, "shown": RATES["ncf"][0], "watched": RATES["ncf"][1]},
    "upside down": {**RIGHT, "shown": 2000, "watched": 400},
    "rounded to whole numbers": {**RIGHT, "shown": 5.4, "watched": 25.4},
    "how many topics": {**RIGHT, "bits": 4},
    "as if all were equal": {**RIGHT, "bits": 2.0},
    "natural logarithm": {**RIGHT, "bits": 1.213},
    "a neighbour's feed": {**RIGHT, "bits": entropy((8, 4, 4))},
    "words": {"shown": "5", "watched": "25", "bits": "1.75"},
    "not a number": {"shown": float("nan"), "watched": float("nan"), "bits": float("nan")},
    "true": {"shown": True, "watched": True, "bits": True},
}


@pytest.mark.parametrize("answers", WRONG.values(), ids=WRONG)
def test_wrong_answers_fail(answers):
    assert not passes(answers)


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [
        ("shown", 25.0, "the other rate"), ("watched", 5.0, "the other rate"),
        ("shown", 0.05, "a hundred times"), ("watched", 0.25, "a hundred times"),
        ("shown", 5.75, "ncf's figure"), ("watched", 40.0, "random's figure"),
        ("shown", 2000, "the other way round"), ("watched", 60.0, "Divide the regretted"),
        ("bits", 4, "2.00 bits"), ("bits", 2.0, "if all topics had equally many"),
        ("bits", 1.2, "Each topic adds"),
    ],
)  # fmt: skip
def test_a_wrong_number_is_told_what_went_wrong_and_not_the_right_one(key, value, hint):
    for lang in ("en", "zh"):
        told = EXAM.hint(key, value, lang)
        assert str(RIGHT[key]) not in told
    assert hint in EXAM.hint(key, value, "en")


def test_bits_are_those_of_the_library():
    import torch

    from sim.measure.bubble import entropy as library

    for feed in examining.FEEDS:
        assert sum(feed) == 16
        assert entropy(feed) == pytest.approx(float(library(torch.tensor([feed]).float())))
    assert len({entropy(feed) for feed in examining.FEEDS}) == len(examining.FEEDS)


def test_the_verdict_stops_kindly_until_all_is_right(capsys):
    wrong = Examined(EXAM, "en", Asked(EXAM.book, "en", "todo_send", None, {**RIGHT, "bits": 2.0}))
    with pytest.raises(asking.Waiting, match="hand in again"):
        wrong.verdict()
    assert capsys.readouterr().out.count(": right.") == 2
    Examined(EXAM, "en", Asked(EXAM.book, "en", "todo_send", None, RIGHT)).verdict()
    assert capsys.readouterr().out.count(": right.") == 3
