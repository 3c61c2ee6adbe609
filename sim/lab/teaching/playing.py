"""The deck and the forms of a lesson: they ask, keep what was answered, and wait for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from IPython.display import HTML, display

from sim.lab.teaching import asking, phones, sealing
from sim.lab.teaching.captions import caption, tags, topic_names
from sim.lab.teaching.newcomer import Cards
from sim.lab.teaching.words import EVERY, Book, book_of, complete

FEWEST = 2  # cards watched, and cards swiped away


def cards_of(cards: Cards, lang: str) -> list[dict[str, Any]]:
    """What each card says."""
    names, topics = topic_names(lang), cards.topic.tolist()
    texts = caption(cards.video.tolist(), topics, None, lang)
    marks = tags(cards.video.tolist(), topics, None, lang)
    return [
        {"topic": names[topic], "text": text, "tags": " ".join(mark), "hue": phones.hue(topic),
         "length": EVERY.word("deck", "length", lang, round(seconds))}
        for topic, text, mark, seconds in zip(
            topics, texts, marks, cards.duration.tolist(), strict=True)
    ]  # fmt: skip


@dataclass
class Played:
    """A deck that was handed out."""

    cards: Cards
    lang: str
    name: str
    deck: Any  # the widget; None where a script swiped
    script: list[int]

    @property
    def book(self) -> Book:
        return book_of(self.name)

    def swipes(self) -> list[int]:
        """What the learner did, 1 for watched on; waits for the last card."""
        found = list(self.deck.swipes) if self.deck is not None else self.script
        count = len(self.cards.video)
        if len(found) < count:
            asking.wait(self.lang, self.book.word("deck", "todo", self.lang, count, len(found)))
        if not FEWEST <= sum(found) <= count - FEWEST:
            asking.wait(self.lang, self.book.word("deck", "mixed", self.lang))
        return found

    def topics(self) -> list[int]:
        """Topics of which the learner watched a card."""
        watched = zip(self.cards.topic.tolist(), self.swipes(), strict=True)
        return sorted({topic for topic, swipe in watched if swipe})


def deck(
    cards: Cards,
    name: str,
    lang: str = "en",
    notes: Sequence[list[str]] = (),
    script: list[int] | None = None,
) -> Played:
    """Hand out the deck, with what was swiped before under this name. `notes`: lines more on each
    card; `script`: what the stand-in for a reader swipes."""
    asked = Played(cards, lang, name, None, script or scripted_swipes(cards))
    faces = cards_of(cards, lang)
    for face, lines in zip(faces, notes, strict=False):
        face["notes"] = lines
    if not asking.somebody_there():
        asking.scripted(lang)
        display(HTML(phones.swiped(faces, asked.script, lang, asked.book)))
        return asked
    from sim.lab.teaching.widgets import Deck

    file = f"{name}.swipes.json"
    before = asking.kept(file, lang) or {}
    same = before.get("videos") == cards.video.tolist()
    asked.deck = Deck(
        cards=faces, words=asked.book.words("deck", lang),
        swipes=before["swipes"] if same else [],
    )  # fmt: skip

    def keep(change: Any) -> None:
        asking.keep(file, {"videos": cards.video.tolist(), "swipes": list(change["new"])})

    asked.deck.observe(keep, names="swipes")
    display(asked.deck)
    return asked


def scripted_swipes(cards: Cards) -> list[int]:
    """Somebody who watches four of the twelve topics and no others."""
    liked = sorted(set(cards.topic.tolist()))[::3]
    return [int(topic in liked) for topic in cards.topic.tolist()]


@dataclass
class Asked:
    """A form that was handed out. `answers` waits for it."""

    book: Book
    lang: str
    todo: str  # the word for what is missing
    form: Any  # None where a script answered
    script: dict[str, Any]

    def answers(self) -> dict[str, Any]:
        if self.form is None:
            return self.script
        if not self.form.sent:
            asking.wait(self.lang, self.book.word("form", self.todo, self.lang))
        return dict(self.form.answers)


def form(
    book: Book,
    part: str,
    lang: str,
    todo: str,
    on_sent: Callable[[dict[str, Any]], str],
    *,
    fill: Sequence[Any] = (),
    script: dict[str, Any] | None = None,
    sent: tuple[dict[str, Any], str] | None = None,
    once: bool = False,
) -> Asked:
    """Hand out a form, blank, or as it was `sent` before: its answers, and what is said of them."""
    asked = Asked(book, lang, todo, None, script or {})
    if not asking.somebody_there():
        asking.scripted(lang)
        return asked
    from sim.lab.teaching.widgets import Form

    labels = book.words("form", lang)
    labels["send"] = labels["seal" if once else "send"]
    answers, status = sent or ({}, "")
    asked.form = Form(
        questions=book.questions(part, lang, fill), words=labels, answers=answers, status=status,
        sent=int(bool(sent)), once=once,
    )  # fmt: skip
    asked.form.on_sent(on_sent)
    display(asked.form)
    return asked


@dataclass
class Predicted:
    """The predictions of a lesson, sealed or about to be."""

    name: str
    lang: str
    asked: Asked

    def opened(self) -> sealing.Sealed:
        """The sealed predictions; waits until they are. Raises ValueError where they changed."""
        if self.asked.form is not None:
            self.asked.answers()
        found = sealing.opened(self.name, self.lang)
        if found is None:
            asking.wait(self.lang, EVERY.word("form", "todo_seal", self.lang))
        return found


def predict(name: str, lang: str = "en") -> Predicted:
    """The form of a lesson's predictions; sealing writes their file. What was sealed stays sealed.
    `name`: of the lesson's files, which begins with its number."""
    book = book_of(name)
    before = sealing.opened(name, lang)
    if before is not None and before.by == "script" and asking.somebody_there():
        before = None  # a learner's own replace a script's

    def seal(answers: dict[str, Any]) -> str:
        if not complete(book.questions("predict", lang), answers):
            return book.word("form", "todo_seal", lang)
        sealed, place = sealing.seal(name, answers)
        return sealed.told(lang, place)

    sent = None
    if before is not None:
        place = asking.folder() / sealing.file_of(name)
        sent = (dict(before.answers), before.told(lang, place))
    asked = form(book, "predict", lang, "todo_seal", seal, sent=sent, once=True)
    if asked.form is None and before is None:
        sealed, place = sealing.seal(name, book.scripted_answers("predict"), by="script")
        print(sealed.told(lang, place))
    elif asked.form is None:
        print(sent[1] if sent else "")
    return Predicted(name, lang, asked)


def choose(name: str, part: str, lang: str = "en") -> Asked:
    """A choice that can be made again: the questions of a part of the lesson's book, and a button.
    Where the answer is missing it says the form's `todo_` and the part's name."""
    book = book_of(name)

    def receive(answers: dict[str, Any]) -> str:
        fits = complete(book.questions(part, lang), answers)
        return book.word("form", "received" if fits else f"todo_{part}", lang)

    return form(book, part, lang, f"todo_{part}", receive, script=book.scripted_answers(part))
