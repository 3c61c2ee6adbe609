"""What a trust-and-safety team sees of its platform, and what it may decide for a day."""

from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.state.dashboard import WEEK
from sim.world.state.policy import ACTIONS, HARMS, LANES, Policy

# Counted day by day. From `removed` to `demonetised`: by the machine, of the morning's posts; by
# people, of last night: `looked` at in the queue and `found` to be violations, looked at again
# (`seconds`, `upheld` or put `back`), `appeals` filed and `reinstated`.
CASES = (
    "uploads", "impressions", "reports", "removed", "queued", "limited", "labelled", "gated",
    "demonetised", "looked", "found", "seconds", "back", "appeals", "answered", "reinstated",
    "taken_small", "reinstated_small", "warned", "halted", "swept", "waiting", "waited", "hours",
)  # fmt: skip
# scores at which thresholds are set, and by which scores are counted; a score is a chance that was
# right once, and most lie near 0
EDGES = (0.001, 0.01, 0.1, 0.5, 0.9, 0.98, 0.999)
BINS = len(EDGES) + 1
# from never to strict
LEVELS = (1.0, 0.999, 0.98, 0.9, 0.5, 0.1, 0.01, 0.001)
# what may be decided, with the levels of each, in rising strictness or size
HANDLES: dict[str, tuple[float, ...]] = {
    **{f"{harm}_{action}": LEVELS for harm in HARMS for action in ACTIONS},
    "hours": tuple(0.9 * step for step in (0, 1, 2, 4, 8)),
    **dict.fromkeys(LANES, (0.0, 0.5, 1.0)),
    "confirm": (0.0, 0.9, 0.98, 1.0),
    "sweep": (0.0, 0.2, 0.4, 0.6, 0.8),
    "strikes": (0.0, 5.0, 3.0, 2.0, 1.0),
    "days": (1.0, 7.0, 30.0),
}


@dataclass(frozen=True)
class Desk:
    """The morning's figures. Nothing hidden is in it: neither what videos are nor who runs an
    account. What people found is as wrong as people are."""

    day: int
    of: int  # days of the whole shift; 0 = open
    cases: Float[Tensor, "week cases"]  # by CASES, newest day last
    lanes: Float[Tensor, "week lanes two"]  # looked at and found, by LANES
    scores: Float[Tensor, "harms bins"]  # posts of the week by score, in bins parted by EDGES
    # of all that people looked at, older cases counting for less: how many, and how many they
    # found to be violations, by kind and score
    graded: Float[Tensor, "harms bins two"]
    waiting: Float[Tensor, " ages"]  # in the queue, by whole days waited: 0, 1, 2, 3 to 6, more
    usual: Policy  # the platform's own

    def count(self, case: str) -> Float[Tensor, " week"]:
        """Figures of the week by name."""
        return self.cases[:, CASES.index(case)]


AGES_WAITED = (1, 2, 3, 7)  # where `Desk.waiting` is parted


@dataclass(frozen=True)
class Shift:
    """A day as a moderator's agent learns from it."""

    before: Desk  # when it decided
    policy: Policy
    reward: Float[Tensor, ""]
    over: bool  # the last day
    after: Desk


@dataclass(frozen=True)
class Backroom:
    """What only a moderator's agent marked privileged is handed: a diagnostic, never a method."""

    video: Int[Tensor, " videos"]  # ids of the videos that can be shown now; 0 for all others
    harm: Int[Tensor, " videos"]  # kind, 0 none
    severity: Float[Tensor, " videos"]


POLICY = tuple(field.name for field in fields(Policy))
_PLAIN = ("hours", "confirm", "sweep", "strikes", "days")


def policy_with(usual: Policy, **handles: float | Tensor) -> Policy:
    """The usual policy but for some HANDLES, by name."""
    threshold, split = usual.threshold.clone(), usual.split.clone()
    new: dict[str, Any] = {"threshold": threshold, "split": split}
    for name, value in handles.items():
        kind, _, action = name.partition("_")
        if action:
            threshold[HARMS.index(kind), ACTIONS.index(action)] = value
        elif name in LANES:
            split[LANES.index(name)] = value
        else:
            new[name] = torch.as_tensor(value, dtype=torch.float32, device=threshold.device)
    return replace(usual, **new)


def wrong_policy(policy: Any) -> tuple[str, object, str] | None:
    """The first rule that a policy breaks: the rule, what was got, the cure."""
    if not isinstance(policy, Policy):
        return "act returns a Policy", type(policy).__name__, "Return policy_with(seen.usual)."
    shapes = {"threshold": (len(HARMS), len(ACTIONS)), "confirmed": (len(HARMS),),
              "split": (len(LANES),)}  # fmt: skip
    for name in POLICY:
        value, shape = getattr(policy, name), shapes.get(name, ())
        if not isinstance(value, Tensor) or value.shape != shape:
            got = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
            return f"{name} is a tensor of shape {shape}", got, "Begin with seen.usual."
        low, high = BOUNDS[name]
        value = value.float()
        if name == "threshold":
            value = value.nan_to_num(1.0)
        bad = ~((value >= low) & (value <= high))
        if bool(bad.any()):
            return f"{name} lies in {low:g}..{high:g}", value[bad].flatten()[:3], "Clamp it."
    return None


BOUNDS: dict[str, tuple[float, float]] = {
    "threshold": (0.0, 1.0), "confirmed": (0, len(ACTIONS) - 1), "hours": (0.0, 1000.0),
    "split": (0.0, 1.0), "confirm": (0.0, 1.0), "sweep": (0.0, 1.0), "strikes": (0.0, 1000.0),
    "days": (0.0, 3650.0),
}  # fmt: skip


def blank_desk(usual: Policy, day: int = 0, of: int = 0) -> Desk:
    """Nothing was counted yet."""
    zero = torch.zeros_like(usual.threshold[:1, :1])

    def none(*shape: int) -> Tensor:
        return zero.new_zeros(shape)

    return Desk(
        day, of, none(WEEK, len(CASES)), none(WEEK, len(LANES), 2), none(len(HARMS), BINS),
        none(len(HARMS), BINS, 2), none(len(AGES_WAITED) + 1), usual,
    )  # fmt: skip
