"""Whether an agent's slates keep the contract: ids that may be shown, no place empty for nothing,
honest chances. What holds on the platform too is read off sim/world/state/slates.py."""

from typing import Any

import torch
from torch import Tensor

from agents.blocks import part
from sim.world.state import Observation, Slate, row_of
from sim.world.state.slates import faults, form, odd_chance


class ContractBroken(AssertionError):
    """An agent breaks a rule of the contract (agents/base.py)."""

    def __init__(self, rule: str, got: Any, cure: str):
        super().__init__(f"{rule}; got {got}. {cure}")


def check_ids(slate: Slate, seen: Observation, slots: int, repeats: bool = False) -> None:
    """The ids of a slate keep the contract; the platform refuses by the same rules."""
    wrong = form(slate, seen, slots)
    if wrong:
        raise ContractBroken(*wrong)
    ids, found = slate.ids, faults(Slate(slate.ids), seen, repeats)
    if bool(found.double.any()):
        at = int(found.double.any(1).nonzero()[0])
        cure = "Use topk over distinct ids, or agents.base.top_slate."
        raise ContractBroken("no video stands twice in a slate", ids[at].tolist(), cure)
    dead = found.absent | found.unfit
    if bool(dead.any()):
        cure = "Take ids from catalog.id where catalog.eligible; rows are not ids: id = name[row]."
        rule = "every video shown is in the catalogue and eligible"
        raise ContractBroken(rule, ids[dead][:3].tolist(), cure)
    if bool(found.again.any()):
        cure = "Mask what observation.shown(ids) marks, or declare repeats = True."
        raise ContractBroken(
            "no viewer is shown a video twice", ids[found.again][:3].tolist(), cure
        )
    if bool(found.gap.any()):
        at = int(found.gap.any(1).nonzero()[0])
        cure = "Move the videos to the front: viewers swipe in order."
        raise ContractBroken("empty places (0) stand at the end of a slate", ids[at].tolist(), cure)
    _check_candidates(ids, seen)


def _check_candidates(ids: Tensor, seen: Observation) -> None:
    """Of a check alone: on the platform all of the catalogue is at hand."""
    offered = seen.candidates
    if offered is None:
        return
    out = ids[~(ids[:, :, None] == offered[:, None]).any(2) & (ids > 0)]
    if len(out):
        cure = "Score observation.candidates where it is not None."
        raise ContractBroken("a slate is made of the candidates", out[:3].tolist(), cure)


def check_full(slate: Slate, seen: Observation, repeats: bool = False) -> None:
    """No slot is empty while a video is at hand: one that is eligible (or among the candidates,
    where these were given), not in the slate, and not shown before by `seen.shown`."""
    short = (slate.ids == 0).any(1).nonzero().squeeze(1)
    for who in short.split(256):  # the whole catalogue for each: not for all at once
        few, ids, catalog = part(seen, who), slate.ids[who], seen.catalog
        left = catalog.id[catalog.eligible] if few.candidates is None else few.candidates
        left = left.expand(len(who), -1)
        taken = torch.zeros(len(who), 1 + catalog.capacity, dtype=torch.bool, device=ids.device)
        taken.scatter_(1, _cell(ids, catalog.capacity), True)
        spare = (left > 0) & ~taken.gather(1, _cell(left, catalog.capacity))
        spare &= repeats | ~few.shown(left)
        if bool(spare.any()):
            at = int(spare.any(1).nonzero()[0])
            raise ContractBroken(
                "no slot is empty while a video that the viewer has not seen is at hand",
                f"{int((ids[at] == 0).sum())} empty slots of viewer {int(few.viewer[at])} "
                f"and {int(spare[at].sum())} such videos",
                "Search all that is eligible for who has used up the best, as ScoreAgent does.",
            )


def _cell(ids: Tensor, capacity: int) -> Tensor:
    """1 + the row of each id; 0 for padding."""
    return torch.where(ids > 0, row_of(ids, capacity) + 1, 0)


def check_logp(slate: Slate) -> None:
    """The propensities of a slate are logarithms of probabilities, or all unknown."""
    if slate.logp is None:
        return
    bad = odd_chance(slate.logp, slate.ids != 0)
    if bool(bad.any()):
        cure = "Give natural logarithms of probabilities, 0 for a sure choice, or None."
        raise ContractBroken("logp is finite and at most 0", slate.logp[bad][:3].tolist(), cure)
