"""An arm takes up what was saved: the same run's to go on with, or another's to learn on from."""

from pathlib import Path
from typing import Any

from sim.lab.run import checkpoint, saved
from sim.lab.run.arm import AgentFailed, Arm, Habits
from sim.lab.run.config import RunConfig
from sim.lab.run.parts import Tale
from sim.lab.run.record import arm_folder
from sim.presets.errors import BadInput

PLACES = ("viewers", "videos", "creators")  # what an agent's state has rows of


def go_on(arm: Arm, plan: RunConfig, tale: Tale) -> None:
    """The arm as its checkpoint has it. Raises BadInput where something in it has no owner."""
    old = saved.read_for(plan, tale)
    assert old is not None
    like = arm.state_dict()
    checkpoint.refuse_keys(set(like), old.arm, "arm", old.path)
    for name in set(like) - {"agent", "trail"}:
        checkpoint.refuse_misfit(like[name], old.arm[name], f"arm.{name}", old.path)
    arm.load_state_dict(old.arm)
    _refuse_leftovers(arm, old)


def take_over(arm: Arm, run: Path, agent: str, seed: int, plan: RunConfig) -> None:
    """The arm's agent with what it had learned in another run. Raises BadInput where it does not
    fit into this world, or into this agent."""
    old = learned(run, agent, seed, plan.device)
    theirs, here = _places(old.arm["world"]), _places(arm.state_dict()["world"])
    if theirs != here:
        rule = f"--load is of a world with places for {here}, as {plan.world!r} has"
        world = old.settings.get("run.world")
        cure = f"That is {world!r}: load a run of the same world and sizes, or leave --load out."
        raise BadInput(rule, f"{theirs} in {run}", cure)
    try:
        arm.resident.guard.load_state_dict(old.arm["agent"], arm.day)
    except AgentFailed as error:
        rule = f"--load is of an agent like {agent!r} as it is set here"
        why = " ".join(str(error).split())
        raise BadInput(rule, str(old.path), f"{why} Give it the same settings.") from error
    _refuse_leftovers(arm, old)


def refuse_strangers(plan: RunConfig) -> None:
    """Raises BadInput where `take_over` will, for any agent: before a folder is taken."""
    for agent in plan.agents:
        habits = Habits(plan.learn_every, plan.explore, None, agent.label)
        arm = Arm(agent.fresh(), plan.params, plan.seeds[0], plan.device, habits)
        take_over(arm, Path(plan.load), agent.label, plan.seeds[0], plan)


def learned(run: Path, agent: str, seed: int, device: str) -> saved.Saved:
    """What an agent had come to by the end of another run: the same seed's, or else any."""
    there: list[Path] = []
    try:
        there = sorted(path for path in run.glob("checkpoint/*") if path.is_dir())
        places = [path for path in there if path.name.partition("-")[2] == agent]
        first = arm_folder(run, seed, agent)
        for place in sorted(places, key=lambda path: path != first):
            state = saved.read(place, device)
            if state is not None and state.agent == agent:
                return state
    except OSError as error:
        cure = f"It cannot be read: {error.strerror}."
        raise BadInput("--load is a run folder", str(run), cure) from None
    cure = f"Its checkpoints: {[path.name for path in there] or 'none'}."
    raise BadInput(f"--load is a run folder with a checkpoint of {agent!r}", str(run), cure)


def _refuse_leftovers(arm: Arm, old: saved.Saved) -> None:
    """What the agent gave is what it has now: the rest had no owner."""
    place = checkpoint.unlike(old.arm["agent"], arm.state_dict()["agent"])
    if place is not None:
        rule = f"load_state_dict of {old.agent!r} takes back all that its state_dict gave"
        cure = f"{old.path} is of another version of the agent; mend that, or run anew."
        raise BadInput(rule, f"another {place!r} than was saved", cure)


def _places(world: Any) -> str:
    """How many there may be of what an agent keeps rows of."""
    try:
        return ", ".join(f"{len(world[name]['id']):,} {name}" for name in PLACES)
    except (TypeError, KeyError):
        return "no world"
