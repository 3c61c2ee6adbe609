"""Agents that behave in one known way, for tests of the runner."""

import os
import random
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import torch

from agents.base import ScoreAgent
from sim.world.state import Slate


class Steady(ScoreAgent):
    """Scores by id: no chance, nothing to learn; counts the logs that it is handed."""

    taste: float = 1.0

    def reset(self, catalog, **more):
        super().reset(catalog, **more)
        self.logs, self.rows = [], 0

    def score(self, observation, ids):
        return (self.taste * ids.float()).expand(len(observation.viewer), -1)

    def learn(self, log):
        self.logs.append(len(log))
        return {"rows": float(len(log))}

    def state_dict(self):
        return {**super().state_dict(), "logs": self.logs}

    def load_state_dict(self, state):
        super().load_state_dict(state)
        self.logs = state["logs"]


class Global(Steady):
    """Draws from the global generators, as a beginner would."""

    def score(self, observation, ids):
        return torch.rand(len(observation.viewer), ids.shape[-1]) + random.random()


class Crash(Steady):
    """Fails on day 2."""

    def act(self, observation, slots, **more):
        if observation.day == 2:
            raise KeyError("no such shelf")
        return super().act(observation, slots, **more)


class Stop(Steady):
    """The person at the keyboard presses Ctrl-C on day 2, once."""

    armed = True

    def act(self, observation, slots, **more):
        if observation.day == 2 and Stop.armed:
            Stop.armed = False
            os.kill(os.getpid(), signal.SIGINT)
        return super().act(observation, slots, **more)


class Halts(Steady):
    """Does on some days what a test wants of it."""

    plan: ClassVar[dict[int, Callable[[], None]]] = {}

    def act(self, observation, slots, **more):
        self.plan.get(observation.day, lambda: None)()
        return super().act(observation, slots, **more)


class Vanishes(Steady):
    """Ends the process on day 2, in the way that the environment names."""

    def act(self, observation, slots, **more):
        if observation.day == 2:
            {
                "os._exit": lambda: os._exit(0),
                "sys.exit": lambda: sys.exit(0),
                "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
            }[os.environ["VANISH"]]()
        return super().act(observation, slots, **more)


class Late(Steady):
    """Fails before the first day."""

    def reset(self, catalog, **more):
        raise RuntimeError("not today")


class Bad(Steady):
    """Shows the first video of a slate twice, on day 1."""

    def act(self, observation, slots, **more):
        slate = super().act(observation, slots, **more)
        if observation.day < 1:
            return slate
        ids = slate.ids.clone()
        ids[3, 1] = ids[3, 0]
        return Slate(ids, slate.logp)


class Cheat(Steady):
    """Says that it is privileged only once it is made."""

    def __init__(self):
        self.privileged = True

    def act(self, observation, slots, *, truth=None, **more):
        assert truth is not None
        return super().act(observation, slots, **more)


class Stubborn(Steady):
    """Chooses from the whole catalogue, whatever it is offered."""

    def act(self, observation, slots, **more):
        return super().act(replace(observation, candidates=None), slots, **more)


class Choosy(Steady):
    """Fails where it is offered candidates."""

    def act(self, observation, slots, **more):
        if observation.candidates is not None:
            raise ValueError("no, thank you")
        return super().act(observation, slots, **more)


class Mute:
    """No agent at all."""

    def act(self, observation, slots):
        return None
