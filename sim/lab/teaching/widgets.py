"""The two things a learner handles in a notebook: a deck of cards to swipe, and a form to fill."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

ASSETS = Path(__file__).parents[1] / "assets"


class Deck(anywidget.AnyWidget):
    """Cards on a phone, by mouse, touch or keyboard. `swipes` has 1 for each card that was watched
    on and 0 for each swiped away, in their order, and can be set from either side."""

    _esm = ASSETS / "deck.js"
    _css = ASSETS / "widgets.css"
    cards: Any = traitlets.List().tag(sync=True)
    swipes: Any = traitlets.List().tag(sync=True)
    words: Any = traitlets.Dict().tag(sync=True)

    @property
    def done(self) -> bool:
        return len(self.swipes) == len(self.cards)


class Form(anywidget.AnyWidget):
    """Questions with nothing filled in. `answers` is what was sent last; `once`: sent for good."""

    _esm = ASSETS / "form.js"
    _css = ASSETS / "widgets.css"
    questions: Any = traitlets.List().tag(sync=True)
    answers: Any = traitlets.Dict().tag(sync=True)
    words: Any = traitlets.Dict().tag(sync=True)
    sent = traitlets.Int(0).tag(sync=True)
    once = traitlets.Bool(False).tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)

    def on_sent(self, act: Callable[[dict[str, Any]], str]) -> None:
        """`act` is told the answers each time the learner sends them; what it returns is shown."""
        self.observe(lambda _: setattr(self, "status", act(dict(self.answers))), names="sent")
