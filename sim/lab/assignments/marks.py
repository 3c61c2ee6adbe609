"""What an assignment is, and what comes of a submission: marks, each with its points and a seed."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Protocol

from sim.lab.assignments.cell import Fault

Figures = Mapping[str, Any]  # of one seed, by name; what cannot be told is missing
BySeed = Mapping[int, Figures]


@dataclass(frozen=True)
class Mark:
    """One thing that is asked for: `value` has to reach `need`."""

    key: str  # words.py says it
    points: float  # full where it is met, 0 else
    value: float | None = None
    need: float | None = None
    fault: dict[str, Any] | None = None  # how it failed, where it was no matter of a value
    replay: int | None = None  # a public seed that shows the failure
    shown: bool = True  # whether it does; else the seed that comes nearest to it

    @property
    def met(self) -> bool:
        if self.fault is not None:
            return False
        return self.value is not None and self.need is not None and self.value >= self.need


@dataclass(frozen=True)
class Verdict:
    """All marks of one submission."""

    assignment: str
    student: str
    marks: Sequence[Mark]
    fault: dict[str, Any] | None = None  # that ended it, if one did
    printed: str = ""
    seconds: float = 0.0
    cpu_s: float = 0.0  # of the grader and of the student's processes
    walls: Sequence[str] = ()
    digest: str = ""  # of the file that was marked, and of all that it was marked by

    @property
    def score(self) -> float:
        return sum(mark.points for mark in self.marks if mark.met)

    @property
    def most(self) -> float:
        return sum(mark.points for mark in self.marks)

    def plain(self) -> dict[str, Any]:
        return {**asdict(self), "score": self.score, "max_score": self.most}


def verdict_from(plain: Mapping[str, Any]) -> Verdict:
    """Back from `plain`."""
    own = {name: value for name, value in plain.items() if name not in ("score", "max_score")}
    return Verdict(**{**own, "marks": tuple(Mark(**each) for each in own["marks"])})


class Failed(Exception):
    """A submission broke a rule; `fault` is what is told of it."""

    def __init__(self, fault: Mapping[str, Any]):
        super().__init__(str(fault))
        self.fault = dict(fault)


def of_fault(fault: Fault) -> dict[str, Any]:
    return {**fault.known, "kind": fault.kind}


@dataclass
class Room:
    """Where a submission is examined: its text, the walls around it, the end of what it printed."""

    text: str
    host: Any = None
    printed: str = ""
    walls: Sequence[str] = field(default_factory=tuple)


class Exam(Protocol):
    """An assignment. Seeds reach `base` and `sit`, which are the grader's, and nobody else."""

    name: str  # A2
    file: str  # what is handed in
    suffix: str  # of a file that may be a submission
    public: tuple[int, ...]
    hidden: int  # how many seeds
    based: bool  # whether there are baselines
    code: bool  # what is handed in is run, and may fail
    points: ClassVar[Mapping[str, float]]  # of the marks

    def base(self, seed: int) -> Figures:
        """What the baselines reach on a seed; the same for every submission."""

    def room(self, text: str) -> AbstractContextManager[Room]:
        """Around all that is done with one submission. Raises Failed."""

    def once(self, room: Room) -> dict[str, dict[str, Any] | None]:
        """Marks that no seed decides: their faults, None where there is none."""

    def sit(self, room: Room, seed: int) -> Figures:
        """What the submission reaches on a seed. Raises Failed."""

    def values(self, figures: BySeed, base: BySeed) -> dict[str, tuple[Any, float]]:
        """The value of each mark that seeds decide (None where there is none, a fault where one
        kept it from being told), and what it has to reach."""


Tick = Callable[[str], None]  # told what is being done
