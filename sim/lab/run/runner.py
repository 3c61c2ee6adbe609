"""The loop: every agent meets every seed's world, day by day; what was computed is kept."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from sim.lab.run import loading, over_viewers, saved
from sim.lab.run import pools as lift
from sim.lab.run.agents import AgentSpec
from sim.lab.run.arm import Arm, Day, Habits
from sim.lab.run.chance import chance_kept, reseed
from sim.lab.run.config import RunConfig
from sim.lab.run.events import EventLog
from sim.lab.run.interrupts import Interrupts
from sim.lab.run.parts import Tale
from sim.lab.run.record import Folder, MetricRow, rows_of
from sim.measure.influence import Influence
from sim.seats.recommender import reward as objectives
from sim.world.state import World

ONE_THREAD_BELOW = 20_000  # viewers
PATIENCE = 60.0  # seconds after which a checkpoint is due, however few days went by


class Watcher(Protocol):
    """Someone who is told of every day: a progress bar, a tracker."""

    def day(self, seed: int, agent: str, day: Day, rows: list[MetricRow]) -> None: ...


@dataclass
class RunState:
    """What a run has come to so far."""

    plan: RunConfig
    log: EventLog
    folder: Folder
    rows: dict[tuple[int, str], list[MetricRow]] = field(default_factory=dict)  # by (seed, agent)
    worlds: dict[tuple[str, int], World] = field(default_factory=dict)  # by (agent, seed)
    lifts: dict[tuple[int, str], list[lift.PoolRow]] = field(default_factory=dict)  # (seed, agent)
    viewers: dict[tuple[int, str], Influence] = field(default_factory=dict)  # by (seed, agent)
    trails: dict[tuple[int, str], Tensor] = field(default_factory=dict)  # likewise
    known: dict[tuple[int, str], lift.Found] = field(default_factory=dict)  # lifts of before
    seconds: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    interrupts: Interrupts = field(default_factory=Interrupts)
    begin: Callable[[], None] = lambda: None  # before the first file of the folder is changed
    at: tuple[int, str] | None = None  # the arm that lives now, or did last

    @classmethod
    def empty(cls, plan: RunConfig, folder: Folder) -> "RunState":
        """Before the first day of the first arm."""
        new = cls(plan, EventLog(plan.events_max, plan.truth), folder)
        for seed in plan.seeds:
            for agent in plan.cast:
                new.rows[seed, agent.label] = []
                place = folder.arm(seed, agent.label)
                new.log.tales.append(Tale(seed, agent.label, place))
        return new

    def days(self, arm: tuple[int, str]) -> int:
        """How many days there are of an arm (seed, agent)."""
        rows = self.rows[arm]
        return rows[-1][0] + 1 if rows else 0

    def all_days(self) -> dict[tuple[int, str], int]:
        return {arm: self.days(arm) for arm in self.rows}

    def spend(self, phase: str, seconds: float) -> None:
        self.seconds[phase] = self.seconds.get(phase, 0.0) + seconds

    @contextlib.contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.spend(phase, time.perf_counter() - start)


def restore(course: RunState) -> None:
    """Take up what the folder holds of every arm. Reads only, and all of it: raises BadInput for
    the first thing that is damaged, missing or of another run, before any file is changed."""
    plan = course.plan
    for tale in course.log.tales:
        assert tale.folder is not None
        old = saved.read_for(plan, tale)
        if old is None:
            tale.refuse_damage(0, {})
            continue
        course.rows[tale.seed, tale.agent] = old.rows
        tale.go_on_from(old.counts, old.parts)
        if "trail" in old.arm:
            course.trails[tale.seed, tale.agent] = old.arm["trail"]
        if old.day:
            course.viewers[tale.seed, tale.agent] = over_viewers.of_saved(old)
        known = lift.load(tale.folder) if plan.lift else None
        if known is not None and old.day == plan.days:
            course.known[tale.seed, tale.agent] = known


def go(course: RunState, watchers: list[Watcher], keep_worlds: bool) -> None:
    """Run all arms to the end; an error or an interrupt leaves the course as far as it got."""
    agents = {agent.label: agent for agent in course.plan.cast}
    with chance_kept(), _threads_for(course.plan):
        for tale in course.log.tales:
            _arm(course, tale, agents[tale.agent], watchers, keep_worlds)


def _arm(course: RunState, tale: Tale, agent: AgentSpec, watchers, keep: bool) -> None:
    plan, place = course.plan, (tale.seed, tale.agent)
    ask = plan.lift and agent is not plan.baseline
    known, lived = course.known.get(place), course.days(place)
    if lived >= plan.days and not keep and (known or not ask):
        _note_lift(course, tale, known)
        return
    course.at = place
    habits = _habits(plan, agent, course)
    luck = {"future": plan.future}
    arm = Arm(agent.fresh(), plan.params, tale.seed, plan.device, habits, plan.compile, **luck)
    try:
        if lived:
            loading.go_on(arm, plan, tale)
        elif plan.load and agent is not plan.baseline:
            loading.take_over(arm, Path(plan.load), agent.label, tale.seed, plan)
        _days(course, arm, tale, course.rows[place], watchers)
        _note(course, arm.look.note)
        if ask:
            # after the last checkpoint: whatever it does to the agent goes with the agent
            _note_lift(course, tale, known or _lift(course, arm, tale, agent))
    finally:
        for phase, seconds in arm.seconds.items():
            course.spend(phase, seconds)
        if arm.world.moderation is not None:
            course.trails[place] = torch.cat(arm.trail)
        if keep:
            course.worlds[agent.label, tale.seed] = arm.world


def _days(course: RunState, arm: Arm, tale: Tale, rows: list[MetricRow], watchers) -> None:
    if arm.day < course.plan.days:
        course.begin()
        tale.rewind(arm.day)
    saved_at = time.monotonic()
    while arm.day < course.plan.days:
        reseed(tale.seed, arm.day)
        day = arm.step()
        last = arm.day == course.plan.days
        late = time.monotonic() - saved_at > PATIENCE
        with course.interrupts.held_back():
            new = _record(course, tale, day)
            course.viewers[tale.seed, tale.agent] = arm.window.influence.copy()
            if last or late or arm.day % course.plan.checkpoint_every == 0:
                _save(course, arm, tale, rows)
                saved_at = time.monotonic()
        for watcher in watchers:
            watcher.day(tale.seed, tale.agent, day, new)


def _record(course: RunState, tale: Tale, day: Day) -> list[MetricRow]:
    """The day's rows, now among those of the arm."""
    with course.timed("record"):
        course.log.add(tale, day)
        new = rows_of(day)
        course.rows[tale.seed, tale.agent] += new
        course.folder.status("running", day.day + 1, seed=tale.seed, agent=tale.agent)
    return new


def _lift(course: RunState, arm: Arm, tale: Tale, agent: AgentSpec) -> lift.Found:
    """How the agent does with pools of all sizes, beside chance and the oracle."""
    with course.timed("lift"), chance_kept():
        reseed(tale.seed, arm.day)
        found = lift.measure(arm, ask=agent.where not in lift.ANYHOW)
        lift.save(tale.folder, found)
    return found


def _note_lift(course: RunState, tale: Tale, found: lift.Found | None) -> None:
    if found is not None:
        course.lifts[tale.seed, tale.agent], note = found
        _note(course, note)


def _note(course: RunState, note: str | None) -> None:
    if note is not None and note not in course.notes:
        course.notes.append(note)


def _save(course: RunState, arm: Arm, tale: Tale, rows: list[MetricRow]) -> None:
    """Rows first, state last: a kill in between is undone by `Tale.rewind`."""
    if tale.folder is None:
        return
    with course.timed("checkpoint"):
        tale.close()
        saved.save(tale.folder, tale, course.plan, rows, arm.state_dict())
        course.folder.metrics(course.rows)


def _habits(plan: RunConfig, agent: AgentSpec, course: RunState) -> Habits:
    wanted = objectives.label(objectives.parse(plan.objective))
    if wanted and agent is not plan.baseline and not hasattr(agent.fresh(), "objective"):
        _note(course, f"{agent.label} has no objective to change; --objective leaves it as it is")
    return Habits(plan.learn_every, plan.explore, wanted, agent.label)


@contextlib.contextmanager
def _threads_for(plan: RunConfig) -> Iterator[None]:
    """One thread for small worlds: their pages fit one core's cache, and a second thread waits for
    the first at every step (on a busy machine both spin: 21 s became minutes). Results are the
    same whatever the number; OMP_NUM_THREADS, where set, is the person's own choice."""
    before = torch.get_num_threads()
    if plan.params.size.viewers < ONE_THREAD_BELOW and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
