"""Decks and forms as a screen reader has them, in both languages and at 390 pixels: all that can be
handled has a role and a name, what changes is said, and keys alone are enough."""

import json

import pytest
import torch
from aloud import nameless, said, tree
from notebook_page import LACKING

from sim.lab.teaching import playing, widgets
from sim.lab.teaching.newcomer import Cards
from sim.lab.teaching.words import Book, lessons

pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {LACKING}")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>t</title><style>{style}</style>
<main></main><script type="module">{code}
const held = {state}, heard = {{}};
window.model = {{
  get: (name) => held[name], off() {{}}, save_changes() {{}},
  on: (name, act) => {{ (heard[name] ??= []).push(act); }},
  set(name, value) {{ held[name] = value; (heard["change:" + name] || []).forEach((f) => f()); }},
}};
own.render({{ model, el: document.querySelector("main") }});
</script></html>"""
PARTS = [(name, part) for name in lessons() for part, told in Book(name).told.items()
         if isinstance(told, list) and "text" in told[0]]  # fmt: skip
DECK = Cards(torch.tensor([3, 4, 5]), torch.tensor([0, 1, 2]), torch.tensor([9.0, 20.0, 31.0]))
LANGS = {"en": "en", "zh": "zh-CN"}


@pytest.fixture(params=LANGS)
def lang(request):
    return request.param


@pytest.fixture(scope="module")
def show(tmp_path_factory):
    """Puts one widget into a page of a narrow browser."""
    from chromium import Page

    folder = tmp_path_factory.mktemp("widgets")
    with Page(folder, 390, 844) as page:

        def shown(kind, **state):
            code = str(kind._esm).replace("export default", "const own =")
            text = PAGE.format(code=code, style=str(kind._css), state=json.dumps(state))
            (folder / "page.html").write_text(text, "utf-8")
            page.go("about:blank")
            page.until("!window.model", 60)
            page.go((folder / "page.html").as_uri())
            page.until("window.model && document.querySelector('main').children.length", 60)
            return page

        yield shown


def narrow(page):
    """Nothing sticks out, and what a finger is to meet is large enough."""
    assert page.ask("document.documentElement.scrollWidth") <= 390
    every = "[...document.querySelectorAll('button, .form-choice, .form-number')]"
    assert page.ask(f"{every}.filter(b => b.offsetHeight < 36).map(b => b.textContent)") == []


def test_a_deck_by_keys_alone_reads_every_card(show, lang):
    faces, words = playing.cards_of(DECK, lang), Book("lesson_09").words("deck", lang)
    for face in faces:
        face["notes"] = ["a note on it"]
    page = show(widgets.Deck, cards=faces, words=words, swipes=[])
    assert page.ask("document.querySelector('.deck').lang") == LANGS[lang]
    nodes = tree(page)
    assert nameless(nodes) == []
    assert {n["name"] for n in nodes if n["role"] == "group"} == {words["help"]}
    narrow(page)
    page.press("Tab")
    assert page.ask("document.activeElement.className") == "deck-phone"
    for number, key in enumerate(["ArrowRight", "ArrowLeft", "Backspace", "ArrowLeft"]):
        at = (0, 1, 2, 1)[number]
        heard = said(page, ".deck-hidden")
        one = faces[at]
        assert words["left"].replace("{}", str(at + 1), 1).replace("{}", "3") in heard
        assert all(one[part] in heard for part in ("topic", "text", "length")) and "a note" in heard
        page.press(key)
    for _ in range(3):  # to the last button, whose last press puts it out of use
        page.press("Tab")
    page.press(" ")
    assert page.ask("model.get('swipes')") == [1, 0, 1]
    assert words["done"].format(2) in said(page, ".deck-hidden")
    assert page.ask("document.activeElement.className") == "deck-phone"


@pytest.mark.parametrize(("name", "part"), PARTS, ids=str)
def test_a_form_by_keys_alone(show, lang, name, part):
    book, once = Book(name), part == "predict"
    questions, words = book.questions(part, lang, [7] * 9), book.words("form", lang)
    words["send"] = words["seal" if once else "send"]
    page = show(widgets.Form, questions=questions, answers={}, words=words, sent=0, once=once,
                status="")  # fmt: skip
    assert page.ask("document.querySelector('.form').lang") == LANGS[lang]
    nodes = tree(page)
    assert nameless(nodes) == []
    for one in questions:
        held = [n for n in nodes if n["name"].startswith(one["text"])]
        assert {n["role"] for n in held} >= ({"group"} if "options" in one else {"spinbutton"})
        for _, label in one.get("options", []):
            assert any(n["role"] == "radio" and n["name"] == label for n in nodes), label
    narrow(page)
    assert words["missing"].replace("{}", str(len(questions))) == said(page, ".form-status")
    for one in questions:
        page.press("Tab")
        page.press(" ") if "options" in one else page.write(str(one["low"]))
    assert said(page, ".form-status") == words["ready"]
    page.press("Tab")
    page.press(" ")
    page.until("model.get('sent') === 1", 20)
    assert list(page.ask("model.get('answers')")) == [one["key"] for one in questions]
    if once:
        assert page.ask("document.activeElement.className") == "form-status"
