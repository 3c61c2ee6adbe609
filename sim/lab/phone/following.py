"""Hidden personas swipe, and after every page it is noted how well each recommender knows them.

Somebody who lives in the world lends a newcomer all that they are; the newcomer swipes by the law
of that world, and so the true taste is known. Several come to one platform at once, too few to
change it.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch

from sim.lab.phone import belief
from sim.lab.phone.timeline import SLOTS, arrived, params_of
from sim.lab.run.agents import cast
from sim.seats.clock import Clock
from sim.seats.recommender.reward import label, parse
from sim.seats.resident import Habits
from sim.seats.viewer.guest import Guests
from sim.world.state import EVENT_FLAGS, row_of

SWIPES = 40
Act = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]  # durations, watch by the law -> watch


def platform(
    agent: str, world: str, days: int, seed: int, personas: int, *, objective: str = "watch_time",
    settings: Mapping[str, Any] | None = None, device: str = "cpu",
) -> Clock:  # fmt: skip
    """A platform under this agent after some days, on the morning on which the personas come."""
    params = params_of(world, "kuaishou", settings, guests=personas)
    (spec,), _ = cast([agent], None, {})
    paid = label(parse(objective))
    habits = Habits(objective=paid)
    return arrived(
        spec.fresh(), params, seed, days, Guests(), personas, habits=habits, device=device
    )


@dataclass(frozen=True)
class Followed:
    """What was noted. `rows`: a row for each persona and page, and one before the first: swipes so
    far, `knows` (belief.knows), and of the page behind it the videos, those about the five
    favourite topics, likes and seconds."""

    rows: pd.DataFrame
    thought: Mapping[int, torch.Tensor]  # by swipes: (personas, topics), belief.beliefs
    taste: torch.Tensor  # (personas, topics), the truth

    def known(self, swipes: int = SWIPES) -> list[float]:
        """How well each persona was known after so many swipes."""
        return self.rows.loc[self.rows["swipes"] == swipes, "knows"].tolist()

    def share(self, first: int, last: int, of: str = "favourites") -> float:
        """Of the cards `first` to `last`, counted from 1, those about favourites (or liked)."""
        here = self.rows[self.rows["swipes"].between(first + SLOTS - 1, last)]
        return float(here[of].sum() / max(1.0, here["videos"].sum()))


def followed(
    clock: Clock, swipes: int = SWIPES, *, likes: bool = True, act: Act | None = None
) -> Followed:
    """Lets all personas swipe so many videos, and the platform with them; it is used up. `likes`:
    whether the platform keeps what they liked. `act`: what they do with the videos
    dealt, for what people would do."""
    guests = clock.task
    assert isinstance(guests, Guests), "the clock is a platform's"
    guests.likes = likes
    ids, _ = guests.deal()
    taste = clock.world.viewers.taste[guests.row].clone()
    rows: list[dict[str, Any]] = []
    thought: dict[int, torch.Tensor] = {}
    _look(clock, guests, 0, rows, thought)
    for page in range(1, swipes // SLOTS + 1):
        if act is not None:
            _led(clock, guests, ids, act)
        clock.serve()
        ids, _ = guests.deal()  # it looks at whom it asks: what it knows of them is up to date
        _look(clock, guests, page * SLOTS, rows, thought)
    return Followed(pd.DataFrame(rows), thought, taste)


def _look(
    clock: Clock, guests: Guests, swipes: int, rows: list[dict[str, Any]],
    thought: dict[int, torch.Tensor],
) -> None:  # fmt: skip
    """Adds what there is to note after so many swipes."""
    many = len(guests.row)
    scores = belief.own_scores(clock, guests.row)
    knows = belief.knows(clock, scores, many).tolist()
    found = belief.beliefs(clock, scores)
    topics = clock.world.viewers.taste.shape[1]
    thought[swipes] = torch.zeros(many, topics) if found is None else found
    none = [0.0] * many
    page = _of_page(clock, guests) if swipes else (none, none, none, none)
    names = ("knows", "favourites", "likes", "seconds", "videos")
    rows += [
        {"persona": i, "swipes": swipes, **dict(zip(names, each, strict=True))}
        for i, each in enumerate(zip(knows, *page, strict=True))
    ]


def again(clock: Clock) -> Clock:
    """The same morning once more, with the same luck."""
    return copy.deepcopy(clock)


def _led(clock: Clock, guests: Guests, ids: torch.Tensor, act: Act) -> None:
    duration = clock.listing.duration[row_of(ids, clock.listing.capacity)]
    for guest, seconds in enumerate(act(duration, ids).tolist()):
        shown = (ids[guest] > 0).tolist()
        guests.answer(guest, [{"watch": s} for s, here in zip(seconds, shown, strict=True) if here])


def _of_page(clock: Clock, guests: Guests) -> tuple[list, list, list, list]:
    """What the personas were shown and did: favourites, likes, seconds, videos."""
    events = guests.seen
    assert events is not None, "a page was watched"
    at, _ = guests.places(events.request.row)
    seen, ids = events.response.seen[at], events.ids[at]
    topic = clock.world.videos.topic[row_of(ids, len(clock.world.videos.id))]
    best = belief.favourites(clock, guests.row)
    about = (topic[:, :, None] == best[:, None, :]).any(2) & seen
    liked = (events.response.flags[at] >> EVENT_FLAGS.index("like")) & 1
    watch = events.response.watch[at].sum(1)
    found = (about.sum(1), (liked * seen).sum(1), watch, seen.sum(1))
    return tuple(x.tolist() for x in found)  # type: ignore[return-value]
