"""What was asked of the moderator's seat, held to what can be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.lab.office.shifts import Task
from sim.lab.run.agents import AgentSpec, cast
from sim.lab.studio.asked import device, sorted_settings
from sim.presets import policies
from sim.presets.errors import BadInput
from sim.presets.seeds import checked_seed, distinct
from sim.seats.moderator.task import Episode, set_up
from sim.world.rules import Params

NOT_HERE = ("slots", "resume", "load", "truth", "config", "events_max", "track", "plan", "what_if")
# fixed thresholds of the frontier: between never and nearly always
LINES = (0.999, 0.98, 0.9, 0.5, 0.1, 0.01)


@dataclass(frozen=True)
class Asked:
    """Agents, the baseline, and the worlds that they meet."""

    agents: tuple[AgentSpec, ...]
    baseline: AgentSpec | None
    params: Params
    episode: Episode
    seeds: tuple[int, ...]
    world: str
    platform: str
    frontier: bool

    @property
    def cast(self) -> tuple[AgentSpec, ...]:
        return self.agents if self.baseline is None else (*self.agents, self.baseline)

    def tasks(self) -> list[Task]:
        """Every shift to be worked: by seed, then by agent; then the frontier, on the first seed
        alone."""
        told = [self._task(s, a.label, a.what, a.settings) for s in self.seeds for a in self.cast]
        if not self.frontier:
            return told
        fixed = (self._task(self.seeds[0], f"{x:g}", "threshold", {"score": x}) for x in LINES)
        return [*told, *fixed]

    def _task(self, seed: int, label: str, what: Any, settings: Mapping[str, Any]) -> Task:
        return Task(label, what, seed, self.params, self.episode, dict(settings))

    def about(self) -> dict[str, Any]:
        """As summaries tell it."""
        objective = ",".join(f"{k}={v:g}" for k, v in self.episode.objective.items())
        return {
            "world": self.world, "platform": self.platform, "house": str(self.episode.house),
            "threats": self.params.threats, "moderation": self.params.moderation,
            "days": self.episode.days, "seeds": list(self.seeds), "future": self.episode.future,
            "objective": objective, "warm_up": self.episode.warm_up,
            "privileged": [agent.label for agent in self.cast if agent.privileged],
        }  # fmt: skip


def made(args: Any) -> Asked:
    """From a command's arguments. Raises BadInput."""
    _refuse(args)
    if not args.agent:
        raise BadInput("a run needs an agent", None, "Say, for example, --agent cost_sensitive.")
    own, agent, world = sorted_settings(args.set)
    frontier = own.pop("frontier", True)
    for name in own:
        if name != "warm_up":
            known = "run.warm_up, run.frontier"
            rule = "unknown setting of a moderator's run"
            raise BadInput(rule, f"run.{name}", f"Known: {known}.")
    if not isinstance(frontier, bool):
        raise BadInput("run.frontier is true or false", frontier, "Say run.frontier=false.")
    if args.policy:
        world = dict(_flat("policy", policies.of_file(args.policy).tables["policy"])) | world
    told = {
        "world": args.world, "platform": args.platform, "days": args.days, "house": args.house,
        "objective": args.objective, "device": device(args.device), "future": args.future,
        "threats": args.threats, "moderation": args.moderation, **own,
    }  # fmt: skip
    task = {name: x for name, x in told.items() if x is not None}
    params, episode = set_up(settings=world, **task)
    specs, base = cast(args.agent, args.baseline or "house", agent, "moderator")
    seeds = tuple(checked_seed("--seed", seed) for seed in (args.seed or (0,)))
    distinct(seeds)
    place = {"world": args.world or "nano", "platform": args.platform or "kuaishou"}
    return Asked(specs, base, params, episode, seeds, frontier=frontier, **place)


def _flat(head: str, tables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in tables.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{head}.{key}", value)
        else:
            yield f"{head}.{key}", value


def _refuse(args: Any) -> None:
    """Flags of the other seats mean nothing here: they are refused, not passed over."""
    for name in NOT_HERE:
        given = getattr(args, name)
        if given not in (None, False, (), "none"):
            flag = "--" + name.replace("_", "-")
            raise BadInput(f"{flag} is not for --seat moderator", given, "Leave it out.")
    if not args.explore:
        raise BadInput("--explore is for --seat recommender", False, "Leave it out.")


def labels(asked: Asked) -> Sequence[str]:
    return [agent.label for agent in asked.agents]
