"""Agents that answer as the one they are made of, and write in all that they are handed."""

from dataclasses import fields, is_dataclass

import torch

from agents.base import ScoreAgent
from sim.lab.run.arm import Arm, Habits
from sim.presets.config import resolve


def tensors(message):
    """Every tensor of a message, also within what it holds."""
    for field in fields(message):
        value = getattr(message, field.name)
        if isinstance(value, torch.Tensor):
            yield value
        elif is_dataclass(value):
            yield from tensors(value)


def by_torch(x: torch.Tensor) -> None:
    x.logical_not_() if x.dtype == torch.bool else x.add_(1)


def by_data(x: torch.Tensor) -> None:
    """torch does not count these."""
    by_torch(x.data)


def by_numpy(x: torch.Tensor) -> None:
    """Nor does it hear of these."""
    x.numpy()[...] = 1


def emptied(x: torch.Tensor) -> None:
    x.resize_(0)


WAYS = (by_torch, by_data, by_numpy, emptied)


def vandal(kind: type, way) -> type:
    """A class that does as `kind` does, then writes `way` in whatever it was handed."""

    class Vandal(kind):
        def reset(self, catalog, **how):
            super().reset(catalog, **how)
            self.ruin(catalog)

        def act(self, observation, slots, **how):
            slate = super().act(observation, slots, **how)
            self.kept = [slate.ids] + ([] if slate.logp is None else [slate.logp])
            self.ruin(observation)
            if observation.catalog.capacity:
                assert observation.catalog.eligible.any()  # its copy did change
            return slate

        def learn(self, log):
            for x in self.kept:  # its own last answer, on which a page has been built
                way(x)
            told = super().learn(log)
            self.ruin(log)
            return told

        def ruin(self, message):
            for x in tensors(message):
                way(x)

    return Vandal


class Steady(ScoreAgent):
    """Scores by id and by how often each was long watched."""

    def score(self, observation, ids):
        row = (ids - 1) % self.capacity
        return observation.catalog.counts[row, 3].float() + 1e-6 * ids


def at_work(agent, **habits) -> Arm:
    params = resolve(
        "nano", settings={"size.viewers": 60, "size.pages": 5, "viewers.arrivals": 0.05}
    )
    return Arm(agent, params, seed=0, habits=Habits(**habits))
