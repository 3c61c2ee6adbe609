"""Tables, comparisons and phones of a lesson show what was shown."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.lab.teaching import phones, tables, teach
from sim.lab.teaching.sealing import Sealed

sys.path.insert(0, str(Path(__file__).parents[1] / "sim" / "lab"))
import made_tables

EVENTS = made_tables.events((0,))
RUN = SimpleNamespace(metrics=made_tables.metrics(seeds=(0,)), events=EVENTS)
GUESSES = {"longest": "ncf", "top_tenth": 95, "variety": "more", "favourites": 40,
           "per_shown": "fewer", "per_watched": "fewer"}  # fmt: skip


def test_predictions_are_marked_right_close_or_otherwise_in_the_reader_s_words():
    found = {**GUESSES, "top_tenth": 100, "favourites": 15, "per_shown": "more"}
    table = teach.compare(Sealed("00 x", "", GUESSES, "", ""), "en", **found)
    assert list(table["Verdict"]) == [
        "as predicted", "close", "as predicted", "otherwise", "otherwise", "as predicted",
    ]  # fmt: skip
    chinese = teach.compare(Sealed("00 x", "", GUESSES, "", ""), "zh", **found)
    assert list(chinese["你的预测"])[2] == "更多" and list(chinese["结果"])[4] == "更多"


def test_the_top_tenth_of_ten_equal_videos_has_a_tenth_of_the_impressions():
    assert teach.top_tenth(RUN, "random") == pytest.approx(10)
    assert teach.top_tenth(RUN, "ncf") == pytest.approx(91)


def test_levels_are_the_means_after_the_first_third():
    assert teach.level(RUN, "watch_minutes", "random") == pytest.approx(2.0)
    table = teach.levels(RUN, ["watch_minutes", "regret"])
    assert list(table.columns) == ["random", "ncf"]
    assert table.loc["Regretted views (% of impressions)", "ncf"] == "5.00"


def test_counts_are_of_videos_shown_watched_past_half_and_regretted():
    mine = EVENTS[EVENTS["agent"] == "random"].assign(satisfaction=0.9, survey=float("nan"))
    mine.iloc[60:70, mine.columns.get_loc("satisfaction")] = 0.1  # watched to the end, regretted
    mine.iloc[:10, mine.columns.get_loc("satisfaction")] = 0.1  # left at once: nothing to regret
    assert tables.three(mine, "random") == (100, 50, 10)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_shows_the_last_cards_in_order_and_says_that_they_are_simulated(lang):
    page = teach.beside(RUN, [1], lang, last=4).data
    assert page.count("scroll-snap-align") == 2 * 4
    assert "<script" not in page
    assert ("观众 1" if lang == "zh" else "Viewer 1") in page
    assert page.count("模拟内容" if lang == "zh" else ">simulated<") == 2


def test_the_deck_as_a_page_tells_which_cards_were_watched_on():
    card = {"topic": "Food", "text": "a < b", "tags": "#x", "hue": 1}
    page = phones.swiped([card, card], [1, 0])
    assert page.count("watched on") == page.count("swiped away") == 1
    assert "a &lt; b" in page and "simulated" in page


def test_only_viewers_whom_every_agent_showed_enough_are_compared():
    assert teach.seen_by_all(RUN, count=2, least=6) == [1, 2]
    assert teach.seen_by_all(RUN, count=2, least=11) == []
