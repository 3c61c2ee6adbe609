"""A student's agent as the platform meets it: every verb goes through the wall and back."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sim.lab.assignments import nouns
from sim.lab.assignments.cell import Cell, Fault, Host
from sim.world.state import Catalog, Log, Observation, Slate

SEED = 1  # an agent's own; the same in all worlds, so that none can be told from it


class Remote:
    """An agent (agents/base.py) in a cell. It opens one when it is first asked, and a copy of it is
    another agent in a cell of its own."""

    privileged = False
    repeats = False

    def __init__(self, host: Host, source: str):
        self.host, self.source = host, source
        self.cell: Cell | None = None

    def __deepcopy__(self, memo: Any) -> "Remote":
        return Remote(self.host, self.source)

    def __del__(self) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        """What an agent may have or not: the block of viewers that it takes at once."""
        if name == "block" and self._call("has", {"name": name}).words.get("has") is True:
            return 4096
        raise AttributeError(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "block":
            self._call("set", {"name": name, "value": value})
        else:
            object.__setattr__(self, name, value)

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        self._call("reset", {"viewers": viewers, "seed": SEED}, nouns.of_catalog(catalog))

    def act(self, observation: Observation, slots: int, *, explore: bool = True) -> Slate:
        words, arrays = nouns.of_observation(observation)
        words |= {"slots": slots, "explore": explore}
        return nouns.slate_from(self._call("act", words, arrays))

    def learn(self, log: Log) -> Mapping[str, float]:
        report = self._call("learn", *nouns.of_log(log)).words.get("report")
        return report if report is not None else {}

    def on_catalog(self, catalog: Catalog, reborn: Tensor) -> None:
        arrays = {**nouns.of_catalog(catalog), "reborn": reborn.numpy()}
        self._call("on_catalog", {}, arrays)

    def on_viewers(self, reborn: Tensor) -> None:
        self._call("on_viewers", {}, {"reborn": reborn.numpy()})

    def state_dict(self) -> dict[str, Any]:
        """The student's own bytes, which are handed back and never read here."""
        state = self._call("state_dict").arrays.get("state", np.zeros(0, "uint8"))
        return {"state": torch.from_numpy(state.astype("uint8"))}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._call("load_state_dict", {}, {"state": state["state"].numpy()})

    def close(self) -> None:
        if self.__dict__.get("cell") is not None:
            self.cell.close()  # type: ignore[union-attr]

    def _call(self, verb: str, words: Any = None, arrays: Any = None) -> Any:
        if self.cell is None:
            self.cell = self.host.open(self.source)
        return self.cell.call(verb, words, arrays)


def fault_of(error: BaseException | None) -> Fault | None:
    """The fault that an error of the platform's goes back to, if it does."""
    while error is not None and not isinstance(error, Fault):
        error = error.__cause__
    return error
