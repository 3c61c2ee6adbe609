"""Submissions marked once for all tests of an exam, on one public seed and the seeds asked for."""

from collections.abc import Sequence
from typing import Any

from sim.lab.assignments.sitting import examined

PUBLIC = (1,)


class Marked:
    """Verdicts of an exam; what is done without anybody's hand is lived once a seed."""

    def __init__(self, exam: Any):
        self.exam = exam
        self.bases: dict[int, Any] = {}
        self.verdicts: dict[tuple[str, tuple[int, ...]], Any] = {}

    def __call__(self, text: str, seeds: Sequence[int]) -> Any:
        for seed in (*self.exam.public, *seeds):
            if seed not in self.bases:
                self.bases[seed] = self.exam.base(seed)
        name = text, tuple(seeds)
        if name not in self.verdicts:
            self.verdicts[name] = examined(self.exam, text, seeds, self.bases)
        return self.verdicts[name]


def met(verdict: Any) -> set[str]:
    return {mark.key for mark in verdict.marks if mark.met}


def loses_what_it_got_wrong(verdict: Any, has: set[str], told: str, hidden: Sequence[int]) -> None:
    """No more marks than `has`; each lost one names a public seed, and no hidden seed is `told`."""
    assert met(verdict) <= has, told
    missed = [mark for mark in verdict.marks if not mark.met]
    assert missed and all(mark.replay in PUBLIC for mark in missed)
    assert not any(str(seed) in told for seed in hidden)
