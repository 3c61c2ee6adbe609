"""ShortVideo/Moderator-v0 for many: platforms side by side, each a world of its own."""

from typing import Annotated, Any, Literal

import numpy as np
import torch
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from torch import Tensor

from sim.presets.checking import value
from sim.presets.errors import BadInput
from sim.presets.seeds import checked_seed
from sim.seats.moderator.action import action_space, checked, policy_of
from sim.seats.moderator.observation import encode, observation_space
from sim.seats.moderator.office import Office
from sim.seats.moderator.task import set_up
from sim.world.ranges import Within


class ModeratorVectorEnv(VectorEnv):
    """`num_envs` platforms, each as in ModeratorEnv, stepped a day at a time all at once.

    `reset(seed=s)` begins in the worlds of seeds s, s + 1, ... `autoreset_mode` is Gymnasium's:
    NEXT_STEP (in the next step, where the action is not looked at) or SAME_STEP (at once;
    `info["final_obs"]` and `info["final_info"]` hold the end). `output` is "numpy" or "torch".
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  # Gymnasium's own form
        "render_modes": [],
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(
        self,
        num_envs: int = 1,
        output: str = "numpy",
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        **task: Any,
    ):
        params, self.episode = set_up(**task)
        self.num_envs = value(Annotated[int, Within(1, 1 << 16)], num_envs, "num_envs")
        self.output = value(Literal["numpy", "torch"], output, "output")
        self.mode = _mode(autoreset_mode)
        self.metadata = {**self.metadata, "autoreset_mode": self.mode}
        self.offices = [Office(params, self.episode) for _ in range(num_envs)]
        self.rngs: list[np.random.Generator] = []
        self.single_observation_space = observation_space()
        self.single_action_space = action_space(self.episode.actions)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        seed = None if seed is None else checked_seed("seed", seed)
        super().reset(seed=seed)
        luck = self.np_random.integers(1 << 63, size=self.num_envs).tolist()
        self.rngs = [np.random.Generator(np.random.PCG64(each)) for each in luck]
        for i, office in enumerate(self.offices):
            with office.quiet():
                office.start(None if seed is None else seed + i, self.rngs[i], options)
        return self._form(self._seen()), self._info()

    def step(self, actions: Any):
        if not self.rngs:
            raise ResetNeeded("no episode began. Call reset() first.")
        chosen = np.asarray(actions.cpu() if isinstance(actions, Tensor) else actions)
        if chosen.shape[:1] != (self.num_envs,):
            rule = f"actions have a row for each of {self.num_envs} platforms"
            raise BadInput(rule, chosen.shape, "One row an office.")
        paid = torch.zeros(self.num_envs)
        over = torch.zeros(self.num_envs, dtype=torch.bool)
        for i, office in enumerate(self.offices):
            paid[i], over[i] = self._turn(i, office, chosen[i])
        ends = self._ends(over) if bool(over.any()) else {}
        none = torch.zeros_like(over)
        told = self._form(self._seen()), self._out(paid), self._out(none), self._out(over)
        return *told, {**self._info(), **ends}

    def _turn(self, i: int, office: Office, action: np.ndarray) -> tuple[float, bool]:
        with office.quiet():
            if office.over:  # its episode ended in the step before
                office.start(None, self.rngs[i])
                return 0.0, False
            kind = self.episode.actions
            policy = policy_of(checked(action, kind, office.device), kind, office.usual)
            return float(office.live(policy)), office.over

    def _ends(self, over: Tensor) -> dict[str, Any]:
        """Of the episodes that ended; 0 for those that go on."""
        each = [office.meter.measures() for office in self.offices]
        measures = {k: torch.stack([m[k] for m in each]).where(over, 0) for k in each[0]}
        ends = {"measures": {k: self._out(v) for k, v in measures.items()},
                "_measures": self._out(over)}  # fmt: skip
        if self.mode is not AutoresetMode.SAME_STEP:
            return ends
        seen, last = self._seen(), np.full(self.num_envs, None, dtype=object)
        for i in over.nonzero().squeeze(1).tolist():
            last[i] = {name: self._out(x[i]) for name, x in seen.items()}
            self.offices[i].start(None, self.rngs[i])
        known = {"_final_obs": self._out(over), "_final_info": self._out(over)}
        return {"final_obs": last, "final_info": ends, **known}

    def _seen(self) -> dict[str, Tensor]:
        each = [encode(office.observe()) for office in self.offices]
        return {name: torch.stack([seen[name] for seen in each]) for name in each[0]}

    def _info(self) -> dict[str, Any]:
        return {"day": self._out(torch.tensor([office.days for office in self.offices]))}

    def _form(self, seen: dict[str, Tensor]) -> dict[str, Any]:
        return {name: self._out(x) for name, x in seen.items()}

    def _out(self, x: Tensor) -> Any:
        return x.clone() if self.output == "torch" else x.numpy(force=True).copy()


def _mode(mode: AutoresetMode | str) -> AutoresetMode:
    known = {str(word).lower(): m for m in AutoresetMode for word in (m.name, m.value)}
    found = known.get(str(getattr(mode, "value", mode)).lower())
    if found not in (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP):
        raise BadInput("autoreset_mode is NEXT_STEP or SAME_STEP", mode, "Leave it out.")
    return found
