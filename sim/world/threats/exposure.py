"""What harmful videos do to those who watch them: harm that builds and fades, a craving for more,
trust and goodwill lost, money taken; and who reports them."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.rng import Key, streams
from sim.world.state import EVENT_FLAGS, HARMS, Mood, Threats, Viewers
from sim.world.state.money import YUAN
from sim.world.threats.params import HarmParams

TAKEN, REPORTS = streams("exposure", "taken", "reports")
MILLI = 1000  # harm is summed in thousandths, whole: the order of adding is moot
_SCAM = HARMS.index("C")
_REPORT = 1 << EVENT_FLAGS.index("report")


@dataclass(frozen=True)
class Met:
    """Harmful videos that people saw in a page; few."""

    who: Int[Tensor, " met"]  # place in the page
    slot: Int[Tensor, " met"]
    row: Int[Tensor, " met"]  # of the viewer
    name: Int[Tensor, " met"]  # id of the viewer
    video: Int[Tensor, " met"]  # row
    harm: Int[Tensor, " met"]  # index into HARMS
    dose: Float[Tensor, " met"]  # severity x part watched x vulnerability


def tempted(
    threats: Threats, row: Int[Tensor, " awake"], video: Int[Tensor, "slots awake"], tempt: float
) -> Float[Tensor, "slots awake"]:
    """Appeal that viewers' cravings add to the videos on their phones."""
    harm = threats.harm.index_select(0, video.flatten()).view(video.shape)
    slot, who = harm.nonzero(as_tuple=True)
    more = torch.zeros(video.shape, device=video.device)
    craving = threats.craving[row[who], harm[slot, who].long() - 1]
    return more.index_put_((slot, who), tempt * craving)


def met(
    threats: Threats,
    row: Int[Tensor, " awake"],
    video: Int[Tensor, "slots awake"],
    seen: Bool[Tensor, "awake slots"],
    part: Float[Tensor, "awake slots"],
    name: Int[Tensor, " awake"],
) -> Met:
    """`part` is how much of its length each was watched; beyond the whole nothing is added."""
    harm = threats.harm.index_select(0, video.flatten()).view(video.shape)
    slot, who = harm.nonzero(as_tuple=True)
    real = seen[who, slot] & ~threats.bot[row[who]]
    who, slot = who[real], slot[real]
    at, v = row[who], video[slot, who]
    kind = harm[slot, who].long() - 1
    soft = threats.vulnerability[at, kind]
    dose = threats.severity[v] * part[who, slot].clamp(max=1) * soft
    return Met(who, slot, at, name[who], v, kind, dose)


def suffer(threats: Threats, mood: Mood, met: Met, weight: Tensor, params: HarmParams) -> None:
    """Viewers after a page, in place. `weight` (met,) is 1 where nothing warns of a video: what is
    believed of it. What a page adds up to does not depend on its order."""
    p, n = params, len(HARMS)
    device = met.dose.device
    dose = met.dose * torch.tensor(p.dose, device=device)[met.harm]
    crave = met.dose * weight * torch.tensor(p.crave, device=device)[met.harm]
    cell, inverse = torch.unique(met.row * n + met.harm, return_inverse=True)
    harmed, craving = threats.harmed.view(-1), threats.craving.view(-1)
    harmed[cell] = harmed[cell] + _summed(dose, inverse, len(cell))
    left = torch.exp(-_summed(crave, inverse, len(cell)))
    craving[cell] = 1 - (1 - craving[cell]) * left
    row, inverse = torch.unique(met.row, return_inverse=True)
    whole = _summed(met.dose, inverse, len(row))
    threats.trust[row] = threats.trust[row] * torch.exp(-p.trust * whole)
    mood.goodwill[row] = mood.goodwill[row] * torch.exp(-p.goodwill * whole)
    threats.done.index_add_(0, met.video, _milli(dose))


def _milli(x: Tensor) -> Int[Tensor, "..."]:
    return (x * MILLI).round().long()


def _summed(x: Tensor, inverse: Tensor, n: int) -> Float[Tensor, " cells"]:
    none = torch.zeros(n, dtype=torch.int64, device=x.device)
    return none.index_add(0, inverse, _milli(x)).float() / MILLI


def robbed(threats: Threats, met: Met, slots: int, params: HarmParams, key: Key) -> None:
    """Scams take money of some, in place."""
    u = key.fold(TAKEN).uniform(met.name, slots).gather(1, met.slot[:, None])[:, 0]
    taken = (met.harm == _SCAM) & (u < params.taken * met.dose)
    threats.lost.index_add_(0, met.row, taken.long() * round(params.loss * YUAN))


def report(
    flags: Int[Tensor, "awake slots"],
    threats: Threats,
    met: Met,
    params: HarmParams,
    key: Key,
) -> None:
    """Some report what they saw, the likelier the worse it is; in place."""
    u = key.fold(REPORTS).uniform(met.name, flags.shape[1]).gather(1, met.slot[:, None])[:, 0]
    does = u < params.report * threats.severity[met.video] * threats.zeal[met.row]
    flags[met.who, met.slot] |= does.to(flags.dtype) * _REPORT


def fade(threats: Threats, params: HarmParams) -> Threats:
    """The night: harm and craving fade, trust comes back."""
    p = params
    return replace(
        threats,
        harmed=p.keep * threats.harmed,
        craving=p.crave_keep * threats.craving,
        trust=threats.trust + p.trust_back * (1 - threats.trust),
    )


def wary(viewers: Viewers, threats: Threats, params: HarmParams) -> Viewers:
    """Who trusts the platform less comes less often."""
    less = params.trust_come * (1 - threats.trust)
    return replace(viewers, activity=viewers.activity - less)
