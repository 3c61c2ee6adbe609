"""What came of a run: its tables, its last worlds, its figures."""

import importlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab.run import machine, record, safety, trails
from sim.lab.run.config import RunConfig
from sim.lab.run.runner import RunState
from sim.lab.run.summary import changes_of, lift_by_pool, size, summarise, within_viewer
from sim.lab.screen.tables import Table, table_of
from sim.world.state import World


@dataclass(repr=False)
class Run:
    """What a run came to. `state` is done, failed or interrupted."""

    plan: RunConfig
    course: RunState
    folder: Path | None
    lang: str = "en"
    state: str = "running"
    error: BaseException | None = None

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """Long: seed, agent, day, metric, group, value, unit."""
        return record.frame(self.course.rows)

    @cached_property
    def events(self) -> pd.DataFrame:
        """One row per impression; beyond `events_max` rows, of a sample of viewers."""
        return self.course.log.frame()

    @cached_property
    def moderation(self) -> pd.DataFrame:
        """The audit trail: one row per decision of moderation, as moderation.parquet."""
        return trails.frame(self.course.trails, self.plan.truth)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """As summary.json."""
        course = self.course
        return summarise(self.plan, self.metrics, course.viewers, course.all_days(), self._more())

    def _more(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "lift_by_pool": lift_by_pool(self.course.lifts),
            "within_viewer": within_viewer(self.course.lifts),
            "events": self.course.log.sample(),
            "notes": list(self.course.notes),
            "folder": str(self.folder) if self.folder else None,
        }

    @property
    def worlds(self) -> dict[tuple[str, int], World]:
        """The last state of every arm, by (agent, seed)."""
        return self.course.worlds

    @property
    def world(self) -> World:
        """The last state of the first agent's world of the last seed."""
        return self.worlds[self.plan.agents[0].label, self.plan.seeds[-1]]

    def plot(self, name: str = "watch_minutes") -> Any:
        """A figure by name, see sim.lab.plots.NAMES."""
        plots = importlib.import_module("sim.lab.plots")
        events = self.events if name in plots.NEEDS_EVENTS else None
        names = {"baseline": self.summary["baseline"], "privileged": self.summary["privileged"]}
        told = {"lift": self.summary["lift_by_pool"], "changes": changes_of(self.summary)}
        return plots.draw(name, self.metrics, events, self.lang, **told, **names)

    def table(self) -> Table:
        return table_of(self.summary, self.lang)

    def safety(self) -> list[Table]:
        """What the run was like for safety; nothing where it had no threats."""
        agents = [agent.label for agent in self.plan.cast]
        found = safety.sections(self.metrics, agents, self.lang)
        return [Table(each.title, each.heads, each.rows, each.notes) for each in found]

    def __repr__(self) -> str:
        plan = self.plan
        names = ", ".join(agent.label for agent in plan.agents)
        against = f" against {plan.baseline.label}" if plan.baseline else ""
        return f"Run({names}{against}, {plan.world}, {plan.days} days, {self.state})"

    def _repr_html_(self) -> str:
        return self.table().html()

    def info(self, command: str = "") -> dict[str, Any]:
        """What a report says about the run beside its figures."""
        plan = self.plan
        return {
            "agent": plan.agents[0].label,
            "agents": [agent.label for agent in plan.agents],
            "baseline": plan.baseline.label if plan.baseline else None,
            "world": plan.world,
            "platform": plan.platform,
            "days": plan.days,
            "seeds": list(plan.seeds),
            "future": plan.future or None,
            "slots": plan.params.size.slots,
            "objective": plan.objective,
            "size": size(plan),
            "privileged": {agent.label: agent.privileged for agent in plan.cast},
            "version": machine.version(),
            "command": command,
            "seconds": {k: round(v, 3) for k, v in self.course.seconds.items()},
            "device": machine.device_name(plan.device),
            "state": self.state,
            "notes": list(self.course.notes),
        }
