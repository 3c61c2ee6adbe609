"""A shift at the moderation desk, and what is kept of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from sim.lab.explain.removed import Note, Removal, notes_of, removal
from sim.lab.run.agents import AgentSpec
from sim.seats.moderator.office import Office
from sim.seats.moderator.officer import Officer
from sim.seats.moderator.reward import PARTS
from sim.seats.moderator.task import Episode
from sim.world.rules import Params
from sim.world.state import CASES

Entry = tuple[int, str, str, float]  # day, metric, group, value


@dataclass(frozen=True)
class Task:
    """An agent at the desk of the platform of a seed."""

    label: str
    what: Any
    seed: int
    params: Params
    episode: Episode
    settings: dict[str, Any]


@dataclass(frozen=True)
class Worked:
    """What came of it, a row a day."""

    label: str
    seed: int
    rows: list[Entry]  # as in metrics.csv
    cases: np.ndarray  # (days, CASES)
    lanes: np.ndarray  # (days, LANES, 2) looked at and found
    cost: np.ndarray  # (days, PARTS)
    case: Removal | None  # of the last video that was taken down and is still

    def of(self, case: str) -> np.ndarray:
        return self.cases[:, CASES.index(case)]

    def part(self, name: str) -> np.ndarray:
        return self.cost[:, PARTS.index(name)]


def work(task: Task) -> Worked:
    """A whole shift."""
    office = Office(task.params, task.episode)
    agent = AgentSpec(task.what, task.label, "", False, task.settings, "moderator").fresh()
    officer = Officer(agent, office, task.label)
    with office.quiet():
        office.start(task.seed, np.random.Generator(np.random.PCG64(task.seed)))
        officer.reset(task.seed)
        rows: list[Entry] = []
        cases, lanes, costs = [], [], []
        notes: dict[int, list[Note]] = {}
        while not office.over:
            paid = float(officer.live().reward)
            desk, toll = office.books.desk, office.meter.toll()
            cases.append(desk.cases[-1].numpy(force=True))
            lanes.append(desk.lanes[-1].numpy(force=True))
            costs.append(torch.stack([getattr(toll, n) for n in PARTS]).numpy(force=True))
            rows += _rows(office, paid)
            for video, note in notes_of(office.world, office.clock.day):
                notes.setdefault(video, []).append(note)
        case = _last(office, notes)
    return Worked(
        task.label, task.seed, rows, np.stack(cases), np.stack(lanes), np.stack(costs), case
    )


def _rows(office: Office, paid: float) -> list[Entry]:
    """The day's measures."""
    day, toll = office.days - 1, office.meter.toll()
    told = {f"cost_{n}": float(getattr(toll, n)) for n in PARTS} | {"moderator_pay": paid}
    own = [(day, name, "all", value) for name, value in told.items()]
    known = {name for _, name, *_ in own}
    return own + [(day, *row) for row in office.measured() if row[0] not in known]


def _last(office: Office, notes: dict[int, list[Note]]) -> Removal | None:
    """Why the video that was taken down last is gone, as its creator is told."""
    videos = office.world.videos
    down = set(videos.id[videos.removed].tolist())
    for video in reversed(notes):
        if video in down:
            return removal(office.clock, video, notes[video])
    return None
