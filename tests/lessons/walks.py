"""How a learner goes through a lesson in a browser: where it waits, what is done there, and what is
read back from the kernel and from the learner's own files. One shape for all lessons."""

import ast
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from notebook_page import BOOK, SAID, done, form, opened, run_from, swipe_the_deck, until_said

from sim.lab.teaching import sealing
from sim.lab.teaching.words import Book, book_of

WAIT = 900  # seconds at most for what a lesson runs: a machine several times slower than ours
SOON = 120  # for what a page does at once


@dataclass
class Visit:
    """A learner at a page."""

    page: Any
    port: int
    mine: Path  # the folder of the learner's own files
    stem: str  # of the lesson's source
    lang: str
    touch: bool

    @property
    def book(self) -> Book:
        return book_of(self.stem)

    def kept(self, kind: str) -> dict[str, Any]:
        (file,) = self.mine.glob(f"{self.stem}.*.{kind}.json")
        return json.loads(file.read_text(encoding="utf-8"))

    def kernel(self, expression: str) -> Any:
        """The value of an expression in the notebook's kernel, as JSON carries it."""
        asked = json.dumps({"x": f"__import__('json').dumps({expression})"})
        call = f"requestExecute({{code: '', silent: true, user_expressions: {asked}}})"
        told = "(r => r.content.user_expressions.x.data['text/plain'])"
        text = self.page.ask(f"{BOOK}.sessionContext.session.kernel.{call}.done.then({told})")
        return json.loads(ast.literal_eval(text))

    def holds(self, expression: str, wanted: Any, seconds: float = SOON) -> bool:
        """Whether the kernel comes to hold it: a browser's messages take a moment."""
        end = time.monotonic() + seconds
        while (found := self.kernel(expression)) != wanted and time.monotonic() < end:
            time.sleep(0.2)
        return found == wanted

    def press(self, selector: str, number: int, come: Callable[[], bool]) -> None:
        """With a finger where there is one, else with the mouse, until what is to come of it has
        come: a busy machine's browser drops a made-up gesture now and then."""
        for _ in range(4):
            (self.page.tap if self.touch else self.page.click)(selector, number)
            if come():
                return
        raise AssertionError(f"nothing came of pressing {selector} {number}")

    def answer(self, source: str, part: str, asked: str, answers: Mapping[str, Any]) -> None:
        """Fills in the form that the cell with this in its source handed out, and sends it until
        the kernel's `asked` holds the answers."""
        where, radios, numbers = form(self.page, source), 0, 0
        for question in self.book.questions(part, self.lang, [""] * 9):
            given = answers[question["key"]]
            if "options" in question:
                names = [name for name, _ in question["options"]]
                self._choose(where, radios + names.index(given), first=radios == 0)
                radios += len(names)
            else:
                self._write(where, numbers, str(given))
                numbers += 1
        self.page.until(f"!document.querySelector('{where} .form-button').disabled", SOON)
        told = f"dict({asked}.form.answers)"
        self.press(f"{where} .form-button", 0, lambda: self.holds(told, answers, SOON / 4))

    def _write(self, where: str, number: int, text: str) -> None:
        box = f"document.querySelectorAll('{where} input[type=number]')[{number}]"
        self.page.ask(f"{box}.focus(), {box}.select()")
        self.page.write(text)

    def _choose(self, where: str, number: int, first: bool) -> None:
        """The first by keyboard where there is no finger."""
        radio = f"{where} input[type=radio]"
        box = f"document.querySelectorAll({json.dumps(radio)})[{number}]"
        if first and not self.touch:
            self.page.ask(f"{box}.focus()")
            self.page.press(" ")
            self.page.until(f"{box}.checked", SOON)
        else:
            self.press(radio, number, lambda: self._comes(f"{box}.checked"))

    def _comes(self, script: str) -> bool:
        try:
            return bool(self.page.until(script, SOON / 4))
        except TimeoutError:
            return False


Act = Callable[[Visit], None]


@dataclass(frozen=True)
class Stop:
    """A lesson waits here with these words of its book; the learner acts, and goes on from the cell
    with `then` in it."""

    part: str
    key: str
    acts: Sequence[Act]
    then: str
    fill: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Walk:
    """A lesson by the name of its source, its stops, and how many come before it runs worlds."""

    stem: str
    early: int
    stops: tuple[Stop, ...]


def _swiped(visit: Visit, cards: int, played: str) -> None:
    """A deck: what the kernel holds and what is kept are what was swiped."""
    wanted = swipe_the_deck(visit.page, visit.touch, cards)
    assert visit.holds(f"list({played}.deck.swipes)", wanted)
    assert visit.kept("swipes")["swipes"] == wanted


def _sealed(visit: Visit, answers: Mapping[str, Any]) -> None:
    visit.answer("teach.predict", "predict", "guess.asked", answers)
    told = "[...document.querySelectorAll('.form-status')]"
    visit.page.until(f"{told}.some(each => each.textContent.includes('mine/'))", SOON)
    found = sealing.Sealed(**visit.kept("predictions")).verify()
    assert found.answers == answers and found.by == "learner"


def _examined(visit: Visit, source: str, wrong: str) -> None:
    """A wrong number is told by its hint; then all are right."""
    truth, places = (
        visit.kernel(f"{{k: exam.exam.{what} for k in exam.exam.truth}}")
        for what in ("truth[k]", "places(k)")
    )
    right = {key: round(value, places[key]) for key, value in truth.items()}
    off = round(right[wrong] + 7.7, 1)
    visit.answer(source, "check", "exam.asked", {**right, wrong: off})
    hint = visit.kernel(f"exam.exam.hint({wrong!r}, {off}, {visit.lang!r})")
    run_from(visit.page, "exam.verdict()")
    until_said(visit.page, hint, WAIT)
    visit.answer(source, "check", "exam.asked", right)


def deck(cards: int, played: str) -> Act:
    return partial(_swiped, cards=cards, played=played)


def seal(**answers: Any) -> Act:
    return partial(_sealed, answers=answers)


def send(source: str, part: str, asked: str, **answers: Any) -> Act:
    return lambda visit: visit.answer(source, part, asked, answers)


def exam(source: str, wrong: str) -> Stop:
    acts = (partial(_examined, source=source, wrong=wrong),)
    return Stop("form", "todo_send", acts, "exam.verdict()")


def begin(walk: Walk, visit: Visit) -> None:
    """As far as the lesson goes before it runs worlds."""
    opened(visit.page, visit.port, walk.stem, visit.lang)
    if visit.touch:
        visit.page.ask("jupyterapp.commands.execute('application:toggle-left-area').then(() => 1)")
    run_from(visit.page)
    _stops(walk.stops[: walk.early], visit)
    done(visit.page)


def finish(walk: Walk, visit: Visit) -> None:
    """From there to the end: all numbers of the check are right."""
    run_from(visit.page, walk.stops[walk.early - 1].then)
    _stops(walk.stops[walk.early :], visit)
    run_from(visit.page, walk.stops[-1].then)
    right = json.dumps(visit.book.word("verdicts", "right", visit.lang, ""))
    pieces = 1 + len(visit.book.told["check"])
    visit.page.until(f"{SAID}.at(-1).split({right}).length === {pieces}", SOON)
    done(visit.page)


def _stops(stops: Sequence[Stop], visit: Visit) -> None:
    for k, stop in enumerate(stops):
        if k:
            run_from(visit.page, stops[k - 1].then)
        words = visit.book.word(stop.part, stop.key, visit.lang, *stop.fill)
        until_said(visit.page, words, WAIT)
        for act in stop.acts:
            act(visit)
