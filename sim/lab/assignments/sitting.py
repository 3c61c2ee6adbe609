"""One submission is examined: a public seed first, if it is code; then the rules; then the seeds
that count.

Code that fails on the first public seed is not run on others. What fails on hidden seeds is
looked for on public ones, so that its owner is told a seed on which to see it.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sim.lab.assignments.marks import BySeed, Exam, Failed, Figures, Mark, Room, Tick, Verdict


def examined(
    exam: Exam, text: str, seeds: Sequence[int], base: BySeed, tick: Tick | None = None
) -> Verdict:
    """The verdict on the text of a submission by `seeds`; `base` are the baselines' figures on
    these and on the public ones."""
    started, spent, theirs = time.monotonic(), time.process_time(), 0.0
    say = tick or (lambda what: None)
    try:
        with exam.room(text) as room:
            before = _spent(room)
            verdict = _Sitting(exam, room, seeds, base, say).verdict()
            verdict = replace(verdict, printed=room.printed)
            theirs = _spent(room) - before
        verdict = replace(verdict, walls=tuple(room.walls))
    except Failed as failed:  # before anything could run
        verdict = _nothing(exam, failed.fault)
    seconds = round(time.monotonic() - started, 2)
    return replace(verdict, seconds=seconds, cpu_s=round(time.process_time() - spent + theirs, 2))


def _spent(room: Room) -> float:
    """Seconds of processor of the student's processes so far."""
    return room.host.spent if room.host is not None else 0.0


def _nothing(exam: Exam, fault: dict[str, Any], replay: int | None = None) -> Verdict:
    """No point at all."""
    first = exam.public[0] if replay is None else replay
    marks = [Mark(key, points, fault=fault, replay=first) for key, points in exam.points.items()]
    return Verdict(exam.name, "", marks, fault)


class _Sitting:
    def __init__(self, exam: Exam, room: Room, seeds: Sequence[int], base: BySeed, say: Tick):
        self.exam, self.room, self.seeds, self.base, self.say = exam, room, seeds, base, say
        self.known: dict[int, Figures] = {}
        self.public = [seed for seed in seeds if seed in exam.public] or list(exam.public)

    def figures(self, seed: int) -> Figures:
        if seed not in self.known:
            self.say("world")
            self.known[seed] = self.exam.sit(self.room, seed)
        return self.known[seed]

    def verdict(self) -> Verdict:
        first = self.public[0]
        try:
            if self.exam.code:
                self.figures(first)
        except Failed as failed:
            return _nothing(self.exam, failed.fault, first)
        self.say("rules")
        rules = self.exam.once(self.room)
        broken = [Mark(k, self.exam.points[k], 1.0 if fault is None else 0.0, 1.0, fault,
                       None if fault is None else first) for k, fault in rules.items()]  # fmt: skip
        try:
            told = {seed: self.figures(seed) for seed in self.seeds}
        except Failed as failed:
            return self._late(broken, failed.fault)
        return Verdict(self.exam.name, "", [*broken, *self._marks(told)])

    def _marks(self, told: BySeed) -> list[Mark]:
        found = self.exam.values(told, self.base)
        marks = [self._mark(key, *pair) for key, pair in found.items()]
        return [mark if mark.met else self._replayed(mark) for mark in marks]

    def _mark(self, key: str, value: Any, need: float) -> Mark:
        """`value` is a fault where one kept it from being told."""
        fault = value if isinstance(value, dict) else None
        return Mark(key, self.exam.points[key], None if fault else value, need, fault)

    def _replayed(self, mark: Mark) -> Mark:
        """With a public seed that shows the failure, or comes nearest to it."""
        nearest, least = self.public[0], float("inf")
        for seed in self.public:
            try:
                figures = self.figures(seed)
            except Failed as failed:
                return replace(mark, replay=seed, fault=failed.fault)
            value, need = self.exam.values({seed: figures}, self.base)[mark.key]
            other = self._mark(mark.key, value, need)
            if not other.met:
                return replace(mark, replay=seed, fault=other.fault)
            if value - need < least:
                nearest, least = seed, value - need
        return replace(mark, replay=nearest, shown=False)

    def _late(self, rules: list[Mark], fault: dict[str, Any]) -> Verdict:
        """It failed on a seed that counts, after the first public one went well."""
        shown, replay = False, self.public[0]
        for seed in self.public:
            try:
                self.figures(seed)
            except Failed as failed:
                shown, replay, fault = True, seed, failed.fault
                break
        over = {mark.key for mark in rules}
        rest = [
            Mark(k, points, fault=fault, replay=replay, shown=shown)
            for k, points in self.exam.points.items()
            if k not in over
        ]
        return Verdict(self.exam.name, "", [*rules, *rest], fault)
