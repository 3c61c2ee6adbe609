"""What harmful videos do to those who watch them: harm that builds and fades, a craving for more,
trust and goodwill lost, money taken; and who reports them."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.rng import Key, streams
from sim.world.state import EVENT_FLAGS, HARMS, Mood, Threats, Viewers, nobody
from sim.world.state.base import found as places_of
from sim.world.state.money import YUAN
from sim.world.threats.params import HarmParams

(OUTCOME,) = streams("exposure", "reports and money taken")
MILLI = 1000  # harm is summed in thousandths, whole: the order of adding is moot
_SCAM = HARMS.index("C")
_SLOTS = 1 << 10  # of a page at most
_REPORT = 1 << EVENT_FLAGS.index("report")


@dataclass(frozen=True)
class Found:
    """Harmful videos on the phones of a page; few."""

    who: Int[Tensor, " found"]  # place in the page
    slot: Int[Tensor, " found"]
    row: Int[Tensor, " found"]  # of the viewer
    video: Int[Tensor, " found"]  # row
    harm: Int[Tensor, " found"]  # index into HARMS
    place: Int[Tensor, " found"]  # in the page as it lies in memory, slot by slot
    cell: Int[Tensor, " found"]  # of (viewers, harms) as it lies in memory


@dataclass(frozen=True)
class Met(Found):
    """Those of them that people saw."""

    name: Int[Tensor, " found"]  # id of the viewer
    severity: Float[Tensor, " found"]
    dose: Float[Tensor, " found"]  # severity x part watched x vulnerability


def find(threats: Threats, row: Int[Tensor, " awake"], video: Int[Tensor, "slots awake"]) -> Found:
    flat, awake = video.flatten(), max(len(row), 1)
    harm = threats.harm.index_select(0, flat)
    place = places_of(harm)
    slot = place // awake
    who, kind = place - slot * awake, harm.index_select(0, place).long() - 1
    viewer = row.index_select(0, who)
    cell = viewer * len(HARMS) + kind
    return Found(who, slot, viewer, flat.index_select(0, place), kind, place, cell)


def tempted(
    threats: Threats, found: Found, shape: torch.Size, tempt: float
) -> Float[Tensor, "slots awake"]:
    """Appeal that viewers' cravings add to the videos on their phones; `shape` is the page's."""
    more = torch.zeros(shape, device=found.who.device)
    craving = threats.craving.view(-1).index_select(0, found.cell)
    more.view(-1).index_copy_(0, found.place, tempt * craving)
    return more


def met(
    threats: Threats,
    found: Found,
    name: Int[Tensor, " awake"],
    seen: Bool[Tensor, "awake slots"],
    watch: Float[Tensor, "awake slots"],
    duration: Float[Tensor, " videos"],
) -> Met:
    """What people saw of it, and how much; beyond the whole length nothing is added."""
    real = _lying(seen, found.place) & ~threats.bot.index_select(0, found.row)
    at, kept = real.nonzero().squeeze(1), vars(found)
    # side by side: a call costs more than its work
    some = torch.stack(list(kept.values())).index_select(1, at).unbind()
    f = Found(**dict(zip(kept, some, strict=True)))
    part = (_lying(watch, f.place) / duration.index_select(0, f.video)).clamp(max=1)
    ease = threats.vulnerability.view(-1).index_select(0, f.cell)
    severity = threats.severity.index_select(0, f.video)
    dose = severity * part * ease
    return Met(**vars(f), name=name.index_select(0, f.who), severity=severity, dose=dose)


def _lying(field: Tensor, place: Int[Tensor, " found"]) -> Tensor:
    """What stands at these places of a page (awake, slots), which lies slot by slot."""
    return field.T.reshape(-1).index_select(0, place)


def suffer(
    threats: Threats, mood: Mood, met: Met, weight: Tensor | None, params: HarmParams
) -> None:
    """Viewers after a page, in place. `weight` (met,) is what is believed of a video, 1 where
    nothing warns of it; None where nothing warns of any. What a page adds up to does not depend on
    its order."""
    p, believed = params, met.dose if weight is None else met.dose * weight
    by_harm = torch.tensor((p.dose, p.crave), device=met.dose.device)
    dosed, craved = by_harm.index_select(1, met.harm).unbind()
    whole = _milli(torch.stack([met.dose * dosed, believed * craved, met.dose]))
    row, inverse = torch.unique(met.row, return_inverse=True)
    if len(row) == len(met.row):  # nobody met two: nothing to add up
        row, cell, (more, left, taken) = met.row, met.cell, whole.float() / MILLI
    else:
        taken = _summed(whole[2:], inverse, len(row))[0]
        cell, inverse = torch.unique(met.cell, return_inverse=True)
        more, left, _ = _summed(whole, inverse, len(cell))
    harmed, craving = threats.harmed.view(-1), threats.craving.view(-1)
    harmed.index_add_(0, cell, more)
    craving.index_copy_(0, cell, 1 - (1 - craving.index_select(0, cell)) * torch.exp(-left))
    for held, rate in ((threats.trust, p.trust), (mood.goodwill, p.goodwill)):
        held.index_copy_(0, row, held.index_select(0, row) * torch.exp(-rate * taken))
    threats.done.index_add_(0, met.video, whole[0])


def _milli(x: Tensor) -> Int[Tensor, "..."]:
    return (x * MILLI).round().long()


def _summed(x: Int[Tensor, "sums met"], inverse: Tensor, n: int) -> Float[Tensor, "sums cells"]:
    none = torch.zeros(len(x), n, dtype=torch.int64, device=x.device)
    return none.index_add(1, inverse, x).float() / MILLI


def outrage(
    flags: Int[Tensor, "awake slots"], threats: Threats, met: Met, params: HarmParams, key: Key
) -> None:
    """Some report what they saw, the likelier the worse it is; scams take money of some. In
    place."""
    name = met.name * _SLOTS + met.slot
    reports, taken = key.fold(OUTCOME).uniform(name, 2).unbind(1)
    zeal = threats.zeal.index_select(0, met.row)
    does = reports < params.report * met.severity * zeal
    at = does.nonzero().squeeze(1)
    if not nobody(at):
        flags[met.who[at], met.slot[at]] |= _REPORT
    at = ((met.harm == _SCAM) & (taken < params.taken * met.dose)).nonzero().squeeze(1)
    if not nobody(at):
        threats.lost.index_add_(0, met.row[at], torch.full_like(at, round(params.loss * YUAN)))


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
