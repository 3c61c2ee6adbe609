"""The messages between the parts of the platform: requests, slates, responses, events, logs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, overload

from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state.base import rows_at
from sim.world.state.money import Breaks

SOURCES = ("feed", "follow", "share", "trend", "promoted", "search")
EVENT_FLAGS = ("like", "comment", "share", "follow", "collect", "hide", "report")
MOST_FLAGS = 24  # a page sums them as floats, which hold so many bits


@dataclass(frozen=True)
class Request:
    """A page asked for: the viewers who are awake."""

    row: Int[Tensor, " awake"]  # rows of the viewers, ascending
    viewer: Int[Tensor, " awake"]  # permanent ids
    hour: Float[Tensor, " awake"]  # of the day, 0..24


@dataclass(frozen=True)
class Slate:
    """An agent's answer: what to show, in order."""

    ids: Int[Tensor, "awake slots"]  # distinct video ids; 0 = show nothing there
    logp: Float[Tensor, "awake slots"] | None = None  # ln P(item_k | items before it)


@dataclass(frozen=True)
class Response:
    """What a block of viewers did with their slates. Where not `seen`, all else is 0 or False."""

    seen: Bool[Tensor, "awake slots"]
    watch: Float[Tensor, "awake slots"]  # seconds
    flags: Int[Tensor, "awake slots"]  # int32: bit i is set for EVENT_FLAGS[i]
    left: Bool[Tensor, "awake slots"]  # the session ended with this video
    survey: Float[Tensor, "awake slots"]  # 1..5; 0 = not asked
    appeal: Float[Tensor, "awake slots"]  # hidden, standardised
    satisfaction: Float[Tensor, "awake slots"]  # hidden satisfaction, 0..1

    def did(self, flag: str) -> Bool[Tensor, "awake slots"]:
        """Where the viewer did this, by the names of EVENT_FLAGS."""
        return (self.flags & (1 << EVENT_FLAGS.index(flag))) > 0


@dataclass(frozen=True)
class Events:
    """One page of the platform, for all viewers who were awake."""

    day: Int[Tensor, ""]
    page: Int[Tensor, ""]
    request: Request
    ids: Int[Tensor, "awake slots"]  # as delivered
    source: Int[Tensor, "awake slots"]  # index into SOURCES
    logp: Float[Tensor, "awake slots"]  # NaN where unknown
    response: Response
    ads: Breaks | None = None  # None where nobody advertises
    ads_seen: Bool[Tensor, "awake places"] | None = None


@dataclass(frozen=True)
class Catalog:
    """What anyone may know of the videos: row i of each field, all rows of the ring."""

    id: Int[Tensor, " videos"]
    eligible: Bool[Tensor, " videos"]
    age: Int[Tensor, " videos"]  # days
    creator: Int[Tensor, " videos"]
    followers: Int[Tensor, " videos"]  # of the creator
    topic: Int[Tensor, " videos"]
    topic2: Int[Tensor, " videos"]
    duration: Float[Tensor, " videos"]  # seconds
    feature: Float[Tensor, "videos features"]
    counts: Int[Tensor, "videos counts"]
    heat: Float[Tensor, " videos"]  # recent views a day, fading
    # what the platform's own classifier made of each at upload, 0..1 by kind of harm as in HARMS,
    # mistakes and all; the ranking stage has it, nobody outside. None where nothing is moderated
    score: Float[Tensor, "videos harms"] | None = field(default_factory=lambda: None)

    @property
    def capacity(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class Observation:
    """What a recommender sees when a page is asked for. Nothing hidden is in it."""

    viewer: Int[Tensor, " awake"]  # permanent ids
    row: Int[Tensor, " awake"]  # viewer = 1 + row + rows x generation
    day: int
    page: int  # within the day
    hour: Float[Tensor, " awake"]
    profile: Float[Tensor, "awake profile"]  # public: age band and region one-hot, newness
    history: Int[Tensor, "awake recent"]  # ids of the last videos watched, newest last; 0 = none
    history_watch: Float[Tensor, "awake recent"]  # seconds
    history_liked: Bool[Tensor, "awake recent"]
    follows: Int[Tensor, "awake followed"]  # creator ids
    catalog: Catalog
    candidates: Int[Tensor, "awake candidates"] | None  # None = the whole catalogue
    shown: Callable[[Tensor], Tensor]  # (awake, n) or (n,) ids -> (awake, n): shown before


class _Lent:
    """A message to write in: a field is copied from the lender's when it is first looked at."""

    _lender: Any

    def __getattr__(self, name: str) -> Any:
        if name not in type(self).__dataclass_fields__:  # type: ignore[attr-defined]
            raise AttributeError(name)
        value = getattr(self._lender, name)
        if isinstance(value, Tensor):
            value = value.clone()
        object.__setattr__(self, name, value)
        return value


class LentCatalog(_Lent, Catalog):
    """See `lent`."""


class LentObservation(_Lent, Observation):
    """See `lent`."""


@overload
def lent(message: Catalog) -> Catalog: ...
@overload
def lent(message: Observation) -> Observation: ...
def lent(message: Catalog | Observation) -> Catalog | Observation:
    """A copy to hand out: what its holder writes in it stays with the holder. torch has no tensors
    that cannot be written, and numpy's views of them tell nobody of a change, so nothing less than
    a copy would do. Fields are copied as they are looked at, so none costs anything that is not
    used; the lender's are never written again."""
    kind: Any = LentCatalog if isinstance(message, Catalog) else LentObservation
    copy = object.__new__(kind)
    if isinstance(message, Observation):
        object.__setattr__(copy, "catalog", lent(message.catalog))
    while isinstance(message, LentCatalog) and len(vars(message)) == 1:
        message = message._lender  # of which nothing was looked at: one copy will do
    object.__setattr__(copy, "_lender", message)
    return copy  # type: ignore[no-any-return]


def lender(message: Catalog) -> Catalog:
    """What `message` is a copy of, to read in alone."""
    while "_lender" in vars(message):
        message = vars(message)["_lender"]
    return message


@dataclass(frozen=True)
class Truth:
    """What only an agent marked privileged is handed: a diagnostic, never a method."""

    # (awake, n) video rows -> standardised appeal; of (n,) rows, the same for all viewers and
    # (awake, n) too, up to rounding and at a tenth of the price; a second argument says which of
    # those awake are meant, where not all are
    appeal: Callable[..., Tensor]
    satisfaction: Callable[..., Tensor]  # likewise -> expected satisfaction, 0..1
    # () -> (awake, topics) how much each viewer wants a topic now; None where nobody knows
    wants: Callable[[], Tensor] | None = None
    usual: float = 0.0  # mean appeal of what the preset's logging policy shows


@dataclass(frozen=True)
class Log:
    """Impressions for learning: one row each, all seen."""

    viewer: Int[Tensor, " n"]  # permanent ids
    video: Int[Tensor, " n"]
    day: Int[Tensor, " n"]
    slot: Int[Tensor, " n"]
    watch: Float[Tensor, " n"]  # seconds
    duration: Float[Tensor, " n"]
    flags: Int[Tensor, " n"]  # as in Response
    survey: Float[Tensor, " n"]  # 1..5; 0 = not asked
    left: Bool[Tensor, " n"]
    logp: Float[Tensor, " n"]  # NaN where unknown
    profile: Float[Tensor, "n profile"]
    catalog: Catalog  # as it stands when the log is handed over
    page: Int[Tensor, " n"]  # within the day
    hour: Float[Tensor, " n"]  # of the day, 0..24
    source: Int[Tensor, " n"]  # index into SOURCES; the agent's own choices are 0
    visit: Int[Tensor, " n"]  # which asking for a page it belongs to: a row of what follows
    visit_history: Int[Tensor, "visits recent"]  # as Observation.history was when it was asked for
    visit_history_watch: Float[Tensor, "visits recent"]  # seconds
    visit_history_liked: Bool[Tensor, "visits recent"]

    def __len__(self) -> int:
        return len(self.viewer)

    @property
    def history(self) -> Int[Tensor, "n recent"]:
        """Ids of what each viewer had watched before the page, newest last; 0 = none. What was
        watched of the page itself stands in the log: the same visit, earlier slots."""
        return rows_at(self.visit_history, self.visit)

    @property
    def history_watch(self) -> Float[Tensor, "n recent"]:
        """Seconds."""
        return rows_at(self.visit_history_watch, self.visit)

    @property
    def history_liked(self) -> Bool[Tensor, "n recent"]:
        return rows_at(self.visit_history_liked, self.visit)

    def did(self, flag: str) -> Bool[Tensor, " n"]:
        return (self.flags & (1 << EVENT_FLAGS.index(flag))) > 0
