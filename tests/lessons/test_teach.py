"""Seals hold, checks say what is wrong, phones show what was shown."""

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.lab.teaching import teach

sys.path.insert(0, str(Path(__file__).parents[1] / "sim" / "lab"))
import made_tables

RUN = SimpleNamespace(metrics=made_tables.metrics(seeds=(0,)), events=made_tables.events((0,)))


def test_a_sealed_prediction_cannot_be_changed_afterwards(capsys):
    sealed = teach.seal("en", longest="ncf", share=30)
    assert sealed.mark in capsys.readouterr().out
    sealed.guesses["longest"] = "popular"
    with pytest.raises(ValueError, match=f"its mark was {sealed.mark}, now it is"):
        teach.compare(sealed, longest="popular", share=30)


def test_predictions_are_marked_right_close_or_otherwise():
    sealed = teach.seal("en", a="more", b="more", c=95, d=50)
    table = teach.compare(sealed, a="more", b="less", c=100, d=100)
    assert list(table.iloc[:, 2]) == ["as predicted", "otherwise", "close", "otherwise"]


@pytest.mark.parametrize("wrong", [0.5, float("nan"), 2.0])
def test_a_wrong_number_is_told_with_the_right_one(wrong):
    with pytest.raises(AssertionError, match=r"bits: your number must be 1\.0 to within 0\.001"):
        teach.check("bits", wrong, 1.0, within=1e-3)


def test_the_right_number_passes_and_says_so(capsys):
    teach.check("熵", 1.0004, 1.0, within=1e-3, lang="zh")
    assert "熵：正确" in capsys.readouterr().out


def test_the_top_tenth_of_ten_equal_videos_has_a_tenth_of_the_views():
    assert teach.top_tenth(RUN, "random") == pytest.approx(10)
    assert teach.top_tenth(RUN, "ncf") == pytest.approx(91)


def test_levels_are_the_means_after_the_first_third():
    assert teach.level(RUN, "watch_minutes", "random") == pytest.approx(2.0)
    table = teach.levels(RUN, ["watch_minutes", "regret"])
    assert list(table.columns) == ["random", "ncf"]
    assert table.loc["Regretted views (% of impressions)", "ncf"] == "5.00"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_shows_the_last_cards_in_order_and_escapes_their_words(lang):
    page = teach.beside(RUN, [1], lang, last=4).data
    assert page.count("scroll-snap-align") == 2 * 4
    assert "<script" not in page
    assert ("观众 1" if lang == "zh" else "Viewer 1") in page


def test_the_feed_to_play_with_tells_nothing_of_what_happened():
    page = teach.feed(RUN, 1, "en", first=8).data
    assert page.count("scroll-snap-align") == 8
    assert not re.search(r"watched \d", page)


def test_only_viewers_whom_every_agent_showed_enough_are_compared():
    assert teach.seen_by_all(RUN, count=2, least=6) == [1, 2]
    assert teach.seen_by_all(RUN, count=2, least=11) == []
