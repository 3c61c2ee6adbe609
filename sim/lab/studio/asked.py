"""What was asked of the creator's seat, held to what can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.lab.run.agents import AgentSpec, cast
from sim.lab.studio.lives import Task
from sim.presets import config
from sim.presets.errors import BadInput
from sim.presets.seeds import checked_seed, distinct
from sim.seats.creator.task import Episode, set_up
from sim.world.rules import Params

NOT_HERE = ("slots", "resume", "load", "truth", "config", "events_max", "track", "policy")


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
    settings: Mapping[str, Any]

    @property
    def cast(self) -> tuple[AgentSpec, ...]:
        return self.agents if self.baseline is None else (*self.agents, self.baseline)

    def tasks(self) -> list[Task]:
        """Every life to be lived: by seed, then by agent."""
        return [self.task(seed, agent) for seed in self.seeds for agent in self.cast]

    def task(self, seed: int, agent: AgentSpec) -> Task:
        settings = dict(agent.settings)
        return Task(agent.label, agent.what, seed, self.params, self.episode, settings)

    def about(self) -> dict[str, Any]:
        """As summaries tell it."""
        objective = ",".join(f"{k}={v:g}" for k, v in self.episode.objective.items())
        return {
            "world": self.world, "platform": self.platform, "house": str(self.episode.house),
            "days": self.episode.days, "seeds": list(self.seeds), "future": self.episode.future,
            "objective": objective, "delay": self.episode.delay, "warm_up": self.episode.warm_up,
            "privileged": [agent.label for agent in self.cast if agent.privileged],
        }  # fmt: skip


def made(args: Any, agents: Sequence[Any], baseline: Any) -> Asked:
    """From a command's arguments. Raises BadInput."""
    _refuse(args)
    if not agents:
        raise BadInput("a run needs an agent", None, "Say, for example, --agent bandit.")
    own, agent, world = sorted_settings(args.set)
    words = {name: getattr(args, name) for name in ("threats", "moderation")}
    world = {**{name: word for name, word in words.items() if word is not None}, **world}
    for name in own:
        if name not in ("delay", "warm_up", "cash"):
            known = "run.delay, run.warm_up, run.cash"
            raise BadInput("unknown setting of a creator's run", f"run.{name}", f"Known: {known}.")
    told = {
        "world": args.world, "platform": args.platform, "days": args.days, "house": args.house,
        "objective": args.objective, "device": device(args.device), "future": args.future, **own,
    }  # fmt: skip
    task = {name: x for name, x in told.items() if x is not None}
    params, episode = set_up(settings=world, **task)
    specs, base = cast(agents, baseline, agent, "creator")
    seeds = tuple(checked_seed("--seed", seed) for seed in (args.seed or (0,)))
    distinct(seeds)
    place = {"world": args.world or "nano", "platform": args.platform or "kuaishou"}
    return Asked(specs, base, params, episode, seeds, settings=world, **place)


def device(wanted: str | None) -> str:
    """A life is one small world: the CPU unless another is named."""
    return "cpu" if wanted in (None, "auto") else wanted


def sorted_settings(texts: Sequence[str]) -> tuple[dict, dict, dict]:
    """Settings of the run, of the agents, and of the world."""
    run: dict[str, Any] = {}
    agent: dict[str, Any] = {}
    world: dict[str, Any] = {}
    for key, found in config.pairs(list(texts)):
        head, _, rest = key.partition(".")
        (run if head == "run" else agent if head == "agent" else world)[
            rest if head in ("run", "agent") else key
        ] = found
    return run, agent, world


def _refuse(args: Any) -> None:
    """Flags of the recommender's seat mean nothing here: they are refused, not passed over."""
    for name in NOT_HERE:
        given = getattr(args, name)
        if given not in (None, False, (), "none"):
            flag = "--" + name.replace("_", "-")
            raise BadInput(f"{flag} is for --seat recommender", given, "Leave it out.")
    if not args.explore:
        raise BadInput("--explore is for --seat recommender", False, "Leave it out.")
