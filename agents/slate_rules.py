"""What any slate must be: ids that may be shown, no place empty for nothing, honest chances."""

from typing import Any

import torch
from torch import Tensor

from agents.blocks import part
from sim.world.state import Observation, Slate, row_of


class ContractBroken(AssertionError):
    """An agent breaks a rule of the contract (agents/base.py)."""

    def __init__(self, rule: str, got: Any, cure: str):
        super().__init__(f"{rule}; got {got}. {cure}")


def check_ids(slate: Slate, seen: Observation, slots: int, repeats: bool = False) -> None:
    """The ids of a slate keep the contract."""
    if not isinstance(slate, Slate):
        raise ContractBroken(
            "act returns a Slate", type(slate).__name__, "Return Slate(ids, logp)."
        )
    ids, want = slate.ids, (len(seen.viewer), slots)
    if tuple(ids.shape) != want or ids.dtype != torch.int64:
        raise ContractBroken(
            f"slate.ids is (awake, slots) = {want}, int64",
            f"{tuple(ids.shape)} {ids.dtype}",
            "Fill short slates with 0, and do not cast ids.",
        )
    order = ids.sort(dim=1).values
    if bool(((order[:, 1:] == order[:, :-1]) & (order[:, 1:] > 0)).any()):
        at = int(((order[:, 1:] == order[:, :-1]) & (order[:, 1:] > 0)).any(1).nonzero()[0])
        cure = "Use topk over distinct ids, or agents.base.top_slate."
        raise ContractBroken("no video stands twice in a slate", ids[at].tolist(), cure)
    row = row_of(ids, seen.catalog.capacity)
    live = seen.catalog.eligible[row] & (seen.catalog.id[row] == ids)
    if bool((~live & (ids != 0)).any()):
        bad = ids[~live & (ids != 0)][:3].tolist()
        cure = "Take ids from catalog.id where catalog.eligible; rows are not ids: id = name[row]."
        raise ContractBroken("every video shown is in the catalogue and eligible", bad, cure)
    if not repeats and bool((seen.shown(ids) & (ids > 0)).any()):
        bad = ids[seen.shown(ids) & (ids > 0)][:3].tolist()
        cure = "Mask what observation.shown(ids) marks, or declare repeats = True."
        raise ContractBroken("no viewer is shown a video twice", bad, cure)
    offered = seen.candidates
    if offered is not None and not bool(((ids[:, :, None] == offered[:, None]).any(2)).all()):
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
    logp = slate.logp
    if logp is None or bool(logp.isnan().all()):
        return
    if logp.shape != slate.ids.shape or not logp.is_floating_point():
        cure = "Give ln P(item | items before it) for each place, or None."
        raise ContractBroken("slate.logp has the shape of slate.ids", tuple(logp.shape), cure)
    bad = ~(logp <= 0) | ~logp.isfinite()
    if bool(bad.any()):
        cure = "Give natural logarithms of probabilities, 0 for a sure choice, or None."
        raise ContractBroken("logp is finite and at most 0", logp[bad][:3].tolist(), cure)
