"""Sends every day's measures to TensorBoard or Weights & Biases, for those who watch there."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.lab.run.arm import Day
from sim.lab.run.config import RunConfig
from sim.lab.run.record import MetricRow
from sim.presets.errors import BadInput

PACKAGES = {  # what is imported, and what is installed for it
    "tensorboard": ("torch.utils.tensorboard", "tensorboard"), "wandb": ("wandb", "wandb"),
}  # fmt: skip


class TensorBoard:
    """One event file in the run folder; tags are agent/seed/metric."""

    def __init__(self, plan: RunConfig, folder: Path):
        module = _load(*PACKAGES["tensorboard"])
        self.writer = module.SummaryWriter(str(folder / "tensorboard"))

    def day(self, seed: int, agent: str, day: Day, rows: list[MetricRow]) -> None:
        for when, name, value in _named(seed, agent, rows):
            self.writer.add_scalar(name, value, when)

    def close(self) -> None:
        self.writer.close()


class Wandb:
    """One wandb run; its own settings (project, mode) come from wandb's environment."""

    def __init__(self, plan: RunConfig, folder: Path):
        module = _load(*PACKAGES["wandb"])
        self.run: Any = module.init(dir=str(folder), config=plan.tables(), name=folder.name)

    def day(self, seed: int, agent: str, day: Day, rows: list[MetricRow]) -> None:
        values = {name: value for _, name, value in _named(seed, agent, rows)}
        self.run.log({"day": day.day, **values})

    def close(self) -> None:
        self.run.finish()


Kind = Callable[[RunConfig, Path], Any]


def tracker(name: str) -> list[Kind]:
    """The kinds of tracker asked for, which a run makes once it has its folder. Raises BadInput
    where a package is missing."""
    kinds: dict[str, Kind] = {"tensorboard": TensorBoard, "wandb": Wandb}
    if name in kinds:
        _load(*PACKAGES[name])
    return [kinds[name]] if name in kinds else []


def _named(seed: int, agent: str, rows: list[MetricRow]) -> list[tuple[int, str, float]]:
    return [
        (day, f"{agent}/{seed}/{metric}" + ("" if group == "all" else f"/{group}"), value)
        for day, metric, group, value in rows
    ]


def _load(module: str, package: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        cure = f"Run: pip install {package}. ({error})"
        raise BadInput(f"--track {package} needs the package {package}", None, cure) from None
