"""Captions are the same for the same video, and read well in both languages."""

import re

import pytest

from sim.lab.teaching.captions import caption, tags, topic_names
from sim.presets.config import platform_tables

HAN = re.compile(r"[\u4e00-\u9fff]")
IDS = list(range(1, 4701))
TOPICS = [n % 47 for n in IDS]


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
    assert not any(set("{}") & set(text) for text in texts)
    for text in texts + marks:
        assert bool(HAN.search(text)) == (lang == "zh")
    assert max(map(len, texts)) <= (100 if lang == "en" else 50)
    assert all(re.fullmatch(r"#\w+", mark) for mark in marks)


def test_videos_of_one_topic_differ():
    assert len(set(caption(range(1, 101), [0] * 100, None, "en"))) > 50


def test_a_second_topic_adds_a_hashtag():
    own, both = tags([5], [4], [4], "en")[0], tags([5], [4], [13], "en")[0]
    assert both[: len(own)] == own
    assert both[len(own)] in ("#cat", "#dog")


def test_a_topic_without_a_name_is_unknown():
    assert caption([9], [99], None, "en") == caption([9], [46], None, "en")
