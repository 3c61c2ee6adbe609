"""A learner's session: one or two timelines, what the learner does, and what the page is told.

The page, the notebook's widget and the offline file speak to it by verbs, and get its state back as
plain numbers and words.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sim.lab.explain.shown import Reason
from sim.lab.phone import told
from sim.lab.phone.double import act_of
from sim.lab.phone.timeline import Act, Timeline
from sim.presets.errors import BadInput

GOAL = 40  # swipes after which the lesson looks back
MOST_SECONDS = 3600.0  # of one card


class Session:
    """What a learner plays with. `persona`: the learner plays somebody whose true taste is known,
    and `truth` tells it once asked for."""

    def __init__(self, timelines: Sequence[Timeline], lang: str = "en", persona: bool = False):
        self.timelines, self.lang, self.persona = list(timelines), lang, persona
        self.revealed = False
        self.saved = [each.copy() for each in self.timelines]
        self.verbs: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "state": lambda _: None, "swipe": self._swipe, "why": self._why,
            "night": self._night, "restart": self._restart, "double": self._double,
            "reveal": self._reveal,
        }  # fmt: skip

    def act(self, verb: Any, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Do this, and say how things stand. Raises BadInput, and AgentFailed."""
        if verb not in self.verbs:
            cure = f"Known: {', '.join(self.verbs)}."
            raise BadInput("a phone knows some verbs", verb, cure)
        more = self.verbs[verb](given or {})
        return {**self.state(), **(more or {})}

    def state(self) -> dict[str, Any]:
        each = [told.timeline(one, self.lang) for one in self.timelines]
        out: dict[str, Any] = {"timelines": each, "goal": GOAL}
        if self.persona:
            taste = self.timelines[0].taste()
            out["persona"] = told.persona(taste, self.lang)
            if self.revealed:
                out["truth"] = told.truth(self.timelines, self.lang)
        return out

    def _at(self, given: Mapping[str, Any]) -> Timeline:
        place = given.get("timeline", 0)
        if type(place) is not int or not 0 <= place < len(self.timelines):
            cure = f"They are numbered from 0 to {len(self.timelines) - 1}."
            raise BadInput("a timeline is one of those that there are", place, cure)
        return self.timelines[place]

    def _swipe(self, given: Mapping[str, Any]) -> None:
        """`number`: which card is meant, so that one that is told twice counts once."""
        one = self._at(given)
        watch = given.get("watch")
        fits = type(watch) in (int, float) and 0 <= watch <= MOST_SECONDS  # type: ignore[operator]
        if not fits or not math.isfinite(watch):  # type: ignore[arg-type]
            cure = "Say how long the card was looked at."
            raise BadInput(f"watch is seconds, 0 to {MOST_SECONDS:g}", watch, cure)
        if given.get("number", one.swipes) == one.swipes:
            did = {name: bool(given.get(name)) for name in ("like", "follow", "hide")}
            one.swipe(Act(float(watch), **did))  # type: ignore[arg-type]

    def _why(self, given: Mapping[str, Any]) -> dict[str, Any]:
        one = self._at(given)
        try:
            found: Reason | None = one.why() if one.card is not None else None
        except BadInput:  # no score, or a friend sent what cannot be recommended
            found = None
        return {"why": told.why(found, one, self.lang)}

    def _night(self, given: Mapping[str, Any]) -> None:
        self._at(given).night()

    def _restart(self, given: Mapping[str, Any]) -> None:
        self.timelines = [each.copy() for each in self.saved]
        self.revealed = False

    def _double(self, given: Mapping[str, Any]) -> None:
        """The learner's double swipes this timeline as far as the learner has swiped another."""
        one = self._at(given)
        others = [each for each in self.timelines if each is not one]
        past = max(others, key=lambda each: each.swipes, default=one).past
        while one.swipes < len(past) and one.card is not None:
            one.swipe(act_of(past, one.card))

    def _reveal(self, given: Mapping[str, Any]) -> None:
        self.revealed = True
