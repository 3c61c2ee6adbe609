"""Lessons wait for a learner, keep what was made, and say when a script stood in."""

import json
from types import SimpleNamespace

import pytest
import torch

from sim.lab.teaching import asking, playing, sealing, teach
from sim.lab.teaching.newcomer import Cards
from sim.lab.teaching.words import Book, book_of, complete, lessons

CARDS = Cards(torch.arange(1, 25), torch.arange(24) // 2, torch.full((24,), 30.0))
ANSWERS = {"longest": "ncf", "top_tenth": 60, "variety": "more", "favourites": 20,
           "per_shown": "more", "per_watched": "fewer"}  # fmt: skip


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mine"


@pytest.fixture
def screen(monkeypatch):
    """Somebody sits there."""
    monkeypatch.setattr(asking, "somebody_there", lambda: True)
    monkeypatch.setattr(playing, "display", lambda *_: None)


def kernel(monkeypatch, content):
    parent = None if content is None else {"content": content}
    shell = SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda channel: parent))
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)


@pytest.mark.parametrize(
    ("content", "there"),
    [({"allow_stdin": True}, True), ({"allow_stdin": False}, False), ({}, False), (None, False)],
)
def test_a_front_end_says_with_every_cell_whether_it_can_be_asked(monkeypatch, content, there):
    kernel(monkeypatch, content)
    assert asking.somebody_there() is there


def test_outside_a_notebook_nobody_is_there():
    assert asking.somebody_there() is False


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_waiting_is_a_sentence_and_no_traceback(lang):
    with pytest.raises(asking.Waiting) as stopped:
        asking.wait(lang, "x")
    lines = stopped.value._render_traceback_()
    assert len(lines) == 1 and "x" in lines[0] and "File" not in lines[0]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_deck_is_blank_until_it_is_swiped_and_is_kept_as_it_is(screen, desk, lang):
    played = playing.deck(CARDS, "00 one", lang)
    assert played.deck.swipes == []
    for done in ([], [1] * 23):
        played.deck.swipes = done
        with pytest.raises(asking.Waiting, match="24"):
            played.swipes()
    played.deck.swipes = [1, 0] * 12
    assert played.swipes() == [1, 0] * 12
    assert json.loads((desk / "00 one.swipes.json").read_text())["swipes"] == [1, 0] * 12
    assert playing.deck(CARDS, "00 one", lang).deck.swipes == [1, 0] * 12  # the notebook run again
    other = Cards(CARDS.video + 1, CARDS.topic, CARDS.duration)
    assert playing.deck(other, "00 one", lang).deck.swipes == []  # another world's cards


@pytest.mark.parametrize("swipes", [[0] * 24, [1] * 24, [1] + [0] * 23])
def test_who_likes_nothing_or_everything_is_asked_again(screen, swipes):
    played = playing.deck(CARDS, "00 one")
    played.deck.swipes = swipes
    with pytest.raises(asking.Waiting, match="at least two"):
        played.swipes()


def test_every_card_says_what_it_is_and_the_deck_that_it_is_simulated(screen):
    played = playing.deck(CARDS, "00 one", "zh")
    assert played.deck.words["simulated"] == "模拟内容"
    assert len({card["text"] for card in played.deck.cards}) == 24
    assert set(played.deck.cards[0]) == {"topic", "text", "tags", "hue", "length"}


def test_predictions_are_blank_until_sealed_and_sealed_for_good(screen, desk):
    asked = playing.predict("00 one")
    assert asked.asked.form.answers == {} and asked.asked.form.sent == 0
    with pytest.raises(asking.Waiting, match="Seal"):
        asked.opened()
    form = asked.asked.form
    form.answers, form.sent = ANSWERS, 1
    sealed = asked.opened()
    assert sealed.answers == ANSWERS and sealed.by == "learner"
    assert sealed.mark in form.status
    again = playing.predict(
        "00 one"
    )  # the notebook run again: the same seal, and nothing to change
    assert again.asked.form.answers == ANSWERS and again.asked.form.once
    assert again.opened() == sealed


@pytest.mark.parametrize(
    "answers", [{}, {**ANSWERS, "longest": "x"}, {**ANSWERS, "top_tenth": 101},
                {**ANSWERS, "favourites": None}, {**ANSWERS, "favourites": True}]
)  # fmt: skip
def test_a_form_that_is_not_complete_seals_nothing(screen, desk, answers):
    asked = playing.predict("00 one")
    asked.asked.form.answers, asked.asked.form.sent = answers, 1
    with pytest.raises(asking.Waiting):
        asked.opened()
    assert not list(desk.glob("*.json"))


@pytest.mark.parametrize(
    "change",
    [{"answers": {**ANSWERS, "longest": "popular"}}, {"sealed_at": "2026-01-01T00:00:00+00:00"},
     {"salt": "00"}, {"lesson": "00 two"}, {"mark": "0" * 16}],
)  # fmt: skip
def test_what_was_sealed_cannot_be_changed_afterwards(desk, change):
    sealed, place = sealing.seal("00 one", ANSWERS)
    assert sealing.opened("00 one") == sealed
    place.write_text(json.dumps({**json.loads(place.read_text()), **change}))
    with pytest.raises(ValueError, match="a sealed prediction may not change"):
        sealing.opened("00 one")


def test_the_mark_of_equal_answers_differs_so_that_it_tells_nothing():
    one, _ = sealing.seal("00 one", ANSWERS)
    two, _ = sealing.seal("two", ANSWERS)
    assert one.mark != two.mark and len(one.salt) == 32
    assert one.sealed_at[10] == "T" and one.sealed_at[19] in "+-"  # a date with its zone


def test_a_file_that_is_no_json_is_named(desk):
    asking.keep("00 one.predictions.json", {})
    (desk / "00 one.predictions.json").write_text("{")
    with pytest.raises(ValueError, match=r"00 one\.predictions\.json is not readable"):
        sealing.opened("00 one")


def test_where_nobody_is_there_a_script_answers_and_says_so(capsys):
    played, asked = playing.deck(CARDS, "00 one"), playing.predict("00 one")
    assert len(played.swipes()) == 24 and asked.opened().by == "script"
    assert capsys.readouterr().out.count("scripted reader") == 2
    asked = teach.choose("00 one", "lever").answers()
    assert asked == Book("lesson_00").scripted_answers("lever")


def test_a_learner_s_own_predictions_replace_a_script_s(monkeypatch, capsys):
    playing.predict("00 one")
    monkeypatch.setattr(asking, "somebody_there", lambda: True)
    monkeypatch.setattr(playing, "display", lambda *_: None)
    asked = playing.predict("00 one")
    assert asked.asked.form.sent == 0
    asked.asked.form.answers, asked.asked.form.sent = ANSWERS, 1
    assert asked.opened().by == "learner"


def pairs(part):
    """Every pair of sentences in a lesson's book."""
    for value in part.values() if isinstance(part, dict) else part:
        if isinstance(value, dict):
            yield from pairs(value)
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            yield value
        elif isinstance(value, list):
            yield from pairs([each for each in value if not isinstance(each, int)])


@pytest.mark.parametrize("lesson", ["lessons", *lessons()])
def test_everything_a_lesson_says_is_in_both_languages(lesson):
    found = list(pairs(Book(lesson).told))
    assert len(found) > 20 and all(len(pair) == 2 and all(pair) for pair in found)
    for english, chinese in found:
        assert english.count("{") == chinese.count("{"), english


def forms():
    """Every form of every lesson that a script can fill in, (book, part)."""
    books = [Book(lesson) for lesson in lessons()]
    return [(book, part) for book in books for part, rows in book.told.items()
            if isinstance(rows, list) and all("script" in row for row in rows)]  # fmt: skip


@pytest.mark.parametrize(("book", "part"), forms(), ids=lambda x: getattr(x, "lesson", x))
def test_the_script_s_answers_are_answers(book, part):
    assert complete(book.questions(part, "en"), book.scripted_answers(part))


@pytest.mark.parametrize("lesson", lessons())
def test_every_prediction_is_named_where_it_is_opened(lesson):
    book = Book(lesson)
    assert {row["key"] for row in book.told["predict"]} <= set(book.told["predicted"])
    assert {row["key"] for row in book.told["check"]} <= set(book.told["verdicts"])


def test_a_name_that_begins_with_no_lesson_s_number_is_told_so():
    with pytest.raises(ValueError, match=r"begins with a lesson's number.*'first'"):
        book_of("first")
