"""The phone of lesson 1: forty swipes as oneself, or as somebody; kept, and waited for."""

from dataclasses import dataclass
from typing import Any

from IPython.display import HTML, display

from sim.lab.phone import told
from sim.lab.phone.lesson_01.experiment import Where, morning
from sim.lab.phone.session import GOAL, Session
from sim.lab.phone.timeline import Act, Timeline
from sim.lab.teaching import asking, phones
from sim.lab.teaching.words import book_of

READ = 12  # of the last cards, where nobody can swipe them


@dataclass
class Swiped:
    """A phone that was handed out."""

    name: str
    lang: str
    session: Session
    widget: Any  # None where a script swiped

    def done(self) -> Timeline:
        """What was swiped; waits for the fortieth card."""
        one = self.session.timelines[0]
        if one.swipes < GOAL and one.card is not None:
            book = book_of(self.name)
            asking.wait(self.lang, book.word("play", "todo", self.lang, GOAL, one.swipes))
        return one


def phone(name: str, where: Where, lang: str = "en", persona: bool = False) -> Swiped:
    """Hand out the phone, with what was swiped before under this name. `persona`: the learner plays
    the first of the personas, who also stands in where no screen is attached."""
    one = Timeline("bayes", morning(where))
    session = Session([one], lang, persona)
    out = Swiped(name, lang, session, None)
    if not asking.somebody_there():
        one.lead(GOAL)  # as the first persona
        asking.scripted(lang)
        display(HTML(_read(one, lang)))
        return out
    from sim.lab.phone.widget import PhoneWidget

    file = f"{name}.{'persona' if persona else 'self'}.phone.json"
    _restore(session, asking.kept(file, lang) or {})
    out.widget = PhoneWidget(session)
    out.widget.observe(lambda _: asking.keep(file, _kept(session)), names="swiped")
    display(out.widget)
    return out


def _read(one: Timeline, lang: str) -> str:
    """The last cards as a phone that can be read."""
    last = one.past[-READ:]
    cards = [told.face(card, 0, lang) for card, _ in last]
    return phones.swiped(cards, [int(act.watch > card.seconds / 2) for card, act in last], lang)


def _kept(session: Session) -> dict[str, Any]:
    past = session.timelines[0].past
    return {"videos": [card.video for card, _ in past], "acts": [vars(act) for _, act in past]}


def _restore(session: Session, kept: dict[str, Any]) -> None:
    """The same world deals the same cards to who swipes alike: it is swiped again."""
    one = session.timelines[0]
    for video, act in zip(kept.get("videos", []), kept.get("acts", []), strict=False):
        if one.card is None or one.card.video != video:
            return
        one.swipe(Act(**act))
