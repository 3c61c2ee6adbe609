"""How good the classifier and the people are, and the policy that they follow."""

from dataclasses import dataclass
from typing import Annotated, Literal

import torch

from sim.world.ranges import Share, Within
from sim.world.state import ACTIONS, HARMS, LANES, Policy

Done = Literal["remove", "limit", "label", "gate", "demonetise"]


@dataclass(frozen=True)
class HarmRule:
    """What is done about one kind of harm. Each threshold is on the score: 1 never, 0 always."""

    remove: Share
    review: Share
    limit: Share
    label: Share
    gate: Share
    demonetise: Share
    confirmed: Done  # what a violation found by a person gets


@dataclass(frozen=True)
class Split:
    """Of the hours of review, weights."""

    reports: Share
    views: Share
    audit: Share


@dataclass(frozen=True)
class PolicyParams:
    hours: Annotated[float, Within(0, 1000)]  # of staff, a day and per 1,000 videos posted a day
    confirm: Share  # the machine's removals below this score are looked at afterwards
    sweep: Share  # how hard accounts are swept for bots
    strikes: Annotated[int, Within(0, 1000)]  # violations until a suspension; 0 = never
    days: Annotated[int, Within(0, 3650)]  # that it lasts
    split: Split
    A: HarmRule
    B: HarmRule
    C: HarmRule
    D: HarmRule
    E: HarmRule


def policy(params: PolicyParams, device: torch.device | str = "cpu") -> Policy:
    """The policy as the night reads it."""

    def real(value) -> torch.Tensor:
        return torch.tensor(value, dtype=torch.float32, device=device)

    rules = [getattr(params, harm) for harm in HARMS]
    return Policy(
        threshold=real([[getattr(rule, action) for action in ACTIONS] for rule in rules]),
        confirmed=torch.tensor([ACTIONS.index(rule.confirmed) for rule in rules], device=device),
        split=real([getattr(params.split, lane) for lane in LANES]),
        **{name: real(getattr(params, name)) for name in _PLAIN},
    )


_PLAIN = ("hours", "confirm", "sweep", "strikes", "days")
