"""Captions are the same for the same video, and read well in both languages."""

import re
from collections import Counter

import numpy as np
import pytest

import sim
from sim.lab.teaching import captions
from sim.lab.teaching.captions import GAP, NUMBER, caption, tags, template, topic_names
from sim.presets.config import platform_tables

HAN = re.compile(r"[\u4e00-\u9fff]")
IDS = list(range(1, 9401))
TOPICS = [n % 47 for n in IDS]
SAID = [(topic["en"], *pair) for topic in captions._topics()["topic"] for pair in topic["say"]]
SLOTS = captions._topics()["slots"]


def test_every_topic_of_the_platform_has_a_name_and_the_last_is_unknown():
    english, chinese = topic_names("en"), topic_names("zh")
    wanted = len(platform_tables("kuaishou")["videos"]["category_share"])
    assert len(set(english)) == len(set(chinese)) == wanted == 47
    assert (english[-1], chinese[-1]) == ("Unknown", "未知")


def test_a_video_says_the_same_whoever_asks_and_beside_whatever():
    assert caption(IDS, TOPICS, None, "en")[70:80] == caption(IDS[70:80], TOPICS[70:80], None, "en")
    assert tags(IDS, TOPICS, None, "zh")[7] == tags([8], [8], [8], "zh")[0]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_captions_are_whole_sentences_in_their_own_language(lang):
    texts = caption(IDS, TOPICS, None, lang)
    marks = [mark for row in tags(IDS, TOPICS, TOPICS[::-1], lang) for mark in row]
    assert not any(set("{}|") & set(text) for text in texts)
    for text in texts + marks:
        assert bool(HAN.search(text)) == (lang == "zh")
    assert max(map(len, texts)) <= (100 if lang == "en" else 50)
    assert all(re.fullmatch(r"#\w+", mark) for mark in marks)


def test_an_english_sentence_begins_with_a_capital():
    said = [text for n in range(47) for text in caption(range(400), [n] * 400, None, "en")]
    assert [text for text in said if re.search(r"(?:^|[.?!] )[a-z]", text)] == []


def test_every_topic_has_twelve_templates_or_more_and_none_stands_twice():
    count = Counter(topic for topic, *_ in SAID)
    assert len(count) == 47 and min(count.values()) >= 12
    for side in (1, 2):
        assert len({row[side] for row in SAID}) == len(SAID)


def gaps(text):
    """Numbers, how many choices, and names: what both languages must have alike."""
    found = GAP.findall(text)
    numbers = [x for x in found if NUMBER.fullmatch(x)]
    choices = [x.count("|") for x in found if "|" in x]
    names = sorted(x for x in found if x not in numbers and "|" not in x)
    return numbers, choices, names


def test_a_template_is_the_same_video_in_both_languages_and_never_a_fixed_text():
    for _, english, chinese in SAID:
        assert gaps(english) == gaps(chinese), english
        numbers, choices, names = gaps(english)
        assert numbers or choices or names, english
        assert set(names) <= set(SLOTS), english
        for span in numbers:
            low, high, step = (int(x or 1) for x in NUMBER.fullmatch(span).groups())
            assert 1 <= low < high and (high - low) % step == 0, english


def test_numbers_stay_within_their_ranges_and_reach_both_ends():
    topic = {"say": [["{8-14/2} piglets in {2-3} rows", "{8-14/2} 头小猪排 {2-3} 排"]]}
    said = [captions._caption(video, topic, "en") for video in range(2000)]
    found = {tuple(map(int, re.findall(r"\d+", text)[:2])) for text in said}
    assert found == {(a, b) for a in (8, 10, 12, 14) for b in (2, 3)}
    for video in range(50):
        both = [captions._caption(video, topic, lang) for lang in ("en", "zh")]
        assert re.findall(r"\d+", both[0]) == re.findall(r"\d+", both[1])


def test_choices_and_names_are_the_same_in_both_languages():
    topic = {"say": [["{cat|dog} in {frost}", "{frost}的{猫|狗}"]]}
    pairs = {"Cat": "猫", "Dog": "狗"} | dict(SLOTS["frost"])
    for video in range(200):
        english, chinese = (captions._caption(video, topic, lang) for lang in ("en", "zh"))
        animal, town = re.match(r"(\w+) in (\w+)", english).groups()
        assert chinese.startswith(f"{pairs[town]}的{pairs[animal]}")


@pytest.fixture(scope="module")
def phones():
    """The last six cards of viewers under each recommender, (video, topic)."""
    run = sim.simulate("ncf", world="nano", days=5, seeds=[0, 1], quiet=True)
    slates = run.events[~run.events["ad"]]
    shown = slates.sort_values(["seed", "viewer", "day", "step", "slot"])
    last = shown.groupby(["agent", "seed", "viewer"], observed=True).tail(6)
    sets = [rows for _, rows in last.groupby(["agent", "seed", "viewer"], observed=True)]
    return [(s["video"].tolist(), s["category"].tolist()) for s in sets if len(s) == 6]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_within_six_cards_a_template_seldom_comes_twice_and_a_text_hardly_ever(phones, lang):
    """With four templates a topic, 22 to 32 % of phones repeated one; learners take it for a
    bubble. What is left comes of feeds that are mostly about one topic."""

    def said(video, topic):
        return template(video, captions._topic(topic))[0]

    again = [len(set(map(said, *phone))) < 6 for phone in phones]
    texts = [len(set(caption(*phone, None, lang))) < 6 for phone in phones]
    assert len(phones) > 500
    assert np.mean(again) < 0.12
    assert np.mean(texts) < 0.01


def test_a_second_topic_adds_a_hashtag():
    own, both = tags([5], [4], [4], "en")[0], tags([5], [4], [13], "en")[0]
    assert both[: len(own)] == own
    assert both[len(own)] in ("#cat", "#dog")


def test_a_topic_without_a_name_is_unknown():
    assert caption([9], [99], None, "en") == caption([9], [46], None, "en")
