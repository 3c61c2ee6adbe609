"""The loop: every agent meets every seed's world, day by day; what was computed is kept."""

import contextlib
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from sim.lab.run import checkpoint
from sim.lab.run import pools as lift
from sim.lab.run.agents import AgentSpec
from sim.lab.run.arm import Arm, Day, Habits
from sim.lab.run.config import RunConfig
from sim.lab.run.events import EventLog, Tale
from sim.lab.run.record import Folder, Row, frame, rows_of
from sim.presets.errors import BadInput
from sim.seats.recommender import reward as objectives
from sim.world.state import World

ONE_THREAD_BELOW = 20_000  # viewers
PATIENCE = 60.0  # seconds after which a checkpoint is due, however few days went by


class Watcher(Protocol):
    """Someone who is told of every day: a progress bar, a tracker."""

    def day(self, seed: int, agent: str, day: Day, rows: list[Row]) -> None: ...


@dataclass
class RunState:
    """What a run has come to so far."""

    plan: RunConfig
    log: EventLog
    folder: Folder
    rows: dict[tuple[int, str], list[Row]] = field(default_factory=dict)  # by (seed, agent)
    worlds: dict[tuple[str, int], World] = field(default_factory=dict)  # by (agent, seed)
    lifts: dict[tuple[int, str], list[lift.Row]] = field(default_factory=dict)  # (seed, agent)
    seconds: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def spend(self, phase: str, seconds: float) -> None:
        self.seconds[phase] = self.seconds.get(phase, 0.0) + seconds

    @contextlib.contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.spend(phase, time.perf_counter() - start)


def go(course: RunState, watchers: list[Watcher], resume: bool, keep_worlds: bool) -> None:
    """Run all arms to the end; an error or an interrupt leaves the course as far as it got."""
    with _chance_kept(), _threads_for(course.plan):
        for seed in course.plan.seeds:
            for agent in course.plan.cast:
                _arm(course, seed, agent, watchers, resume, keep_worlds)


def _arm(course: RunState, seed: int, agent: AgentSpec, watchers, resume: bool, keep: bool) -> None:
    plan, place = course.plan, course.folder.arm(seed, agent.label)
    rows = course.rows.setdefault((seed, agent.label), [])
    tale = Tale(seed, agent.label, place)
    course.log.tales.append(tale)
    old = checkpoint.read(place / checkpoint.STATE, plan.device) if resume and place else None
    if old is not None:
        rows += [tuple(row) for row in old["rows"]]
        tale.counts = np.asarray(old["counts"], dtype=np.int64)
    tale.rewind(old["arm"]["day"] if old else 0)
    ask = plan.lift and agent is not plan.baseline
    known = lift.load(place, plan.days) if resume and ask else None
    over = old is not None and old["arm"]["day"] >= plan.days
    if over and not keep and (known or not ask):
        _note_lift(course, tale, known)
        return
    habits = _habits(plan, agent, course)
    luck = {"future": plan.future}
    arm = Arm(agent.fresh(), plan.params, seed, plan.device, habits, plan.compile, **luck)
    try:
        if old is not None:
            arm.load_state_dict(old["arm"])
        elif plan.load and agent is not plan.baseline:
            state = learned(Path(plan.load), agent.label, seed, plan.device)
            arm.resident.guard.load_state_dict(state, arm.day)
        _days(course, arm, tale, rows, watchers)
        if ask:
            # after the last checkpoint: whatever it does to the agent goes with the agent
            _note_lift(course, tale, known or _lift(course, arm, tale, agent))
    finally:
        for phase, seconds in arm.seconds.items():
            course.spend(phase, seconds)
        if keep:
            course.worlds[agent.label, seed] = arm.world


def _days(course: RunState, arm: Arm, tale: Tale, rows: list[Row], watchers) -> None:
    saved = time.monotonic()
    while arm.day < course.plan.days:
        _reseed(tale.seed, arm.day)
        day = arm.step()
        with course.timed("record"):
            course.log.add(tale, day)
            new = rows_of(day)
            rows += new
            course.folder.status("running", arm.day, seed=tale.seed, agent=tale.agent)
        for watcher in watchers:
            watcher.day(tale.seed, tale.agent, day, new)
        last = arm.day == course.plan.days
        due = arm.day % course.plan.checkpoint_every == 0 or time.monotonic() - saved > PATIENCE
        if (last or due) and tale.folder is not None:
            with course.timed("checkpoint"):
                _save(course, arm, tale, rows)
            saved = time.monotonic()


def _lift(course: RunState, arm: Arm, tale: Tale, agent: AgentSpec) -> lift.Found:
    """How the agent does with pools of all sizes, beside chance and the oracle."""
    with course.timed("lift"), _chance_kept():
        _reseed(tale.seed, arm.day)
        found = lift.measure(arm, ask=agent.where not in lift.ANYHOW)
        lift.save(tale.folder, arm.day, found)
    return found


def _note_lift(course: RunState, tale: Tale, found: lift.Found | None) -> None:
    if found is not None:
        course.lifts[tale.seed, tale.agent], note = found
        if note is not None and note not in course.notes:
            course.notes.append(note)


def _save(course: RunState, arm: Arm, tale: Tale, rows: list[Row]) -> None:
    """Rows first, state last: a kill in between is undone by `Tale.rewind`."""
    assert tale.folder is not None
    tale.close()
    state = {"arm": arm.state_dict(), "rows": rows, "counts": tale.counts.tolist()}
    checkpoint.write(tale.folder / checkpoint.STATE, state)
    course.folder.metrics(frame(course.rows))


def _habits(plan: RunConfig, agent: AgentSpec, course: RunState) -> Habits:
    wanted = objectives.label(objectives.parse(plan.objective))
    if wanted and agent is not plan.baseline and not hasattr(agent.fresh(), "objective"):
        note = f"{agent.label} has no objective to change; --objective leaves it as it is"
        if note not in course.notes:
            course.notes.append(note)
    return Habits(plan.learn_every, plan.explore, wanted, agent.label)


def learned(run: Path, agent: str, seed: int, device: str) -> dict[str, Any]:
    """What an agent had learned by the end of another run: the same seed's, or else any."""
    places = [run / "checkpoint" / f"{seed}-{agent}", *sorted(run.glob(f"checkpoint/*-{agent}"))]
    for place in places:
        state = checkpoint.read(place / checkpoint.STATE, device)
        if state is not None:
            return state["arm"]["agent"]
    cure = f"Its checkpoints: {[p.name for p in sorted(run.glob('checkpoint/*'))] or 'none'}."
    raise BadInput(f"--load is a run folder with a checkpoint of {agent!r}", str(run), cure)


def _reseed(seed: int, day: int) -> None:
    """Give the global generators a state of the day's own. No part of the platform draws from
    them, but an agent may; so it repeats, and a resumed run needs none of their states."""
    value = (seed * 1_000_003 + day + 1) % (1 << 32)
    torch.manual_seed(value)
    random.seed(value)
    np.random.seed(value)  # noqa: NPY002  # the generator that such agents use


@contextlib.contextmanager
def _chance_kept() -> Iterator[None]:
    """The caller's global generators are left as they were."""
    python, old = random.getstate(), np.random.get_state()  # noqa: NPY002
    with torch.random.fork_rng():
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(old)  # noqa: NPY002


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
