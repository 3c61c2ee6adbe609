"""How lift grows with the pool: after the last day some viewers are shown one more page, chosen by
the agent, by the oracle and by chance from few fresh videos, from more, and from all there are.

Nothing comes of it: the world is not moved on, and the agent is neither taught nor saved again.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from agents.base import part
from sim.lab.run import checkpoint
from sim.lab.run.arm import AgentFailed, Arm
from sim.lab.run.files import digest
from sim.lab.run.within import within
from sim.measure.welfare import impression_rates
from sim.seats.recommender.slate_check import BadSlate
from sim.seats.recommender.view import observe, truth
from sim.world import platform
from sim.world.rng import Key, Root, streams
from sim.world.rules import Rules
from sim.world.state import Catalog, Observation, Request, Slate, World, take

VIEWERS = 500  # asked, evenly drawn: one seed's lift is then known to some 3 %
SIZES = (30, 100, 300, 1000, 3000, 10_000)  # videos to choose from; the first pool is one page
NEXT = 0.7  # a size nearer than this to the largest pool is left out
RANDOM_PAGES = 4  # of each viewer: chance is what all is divided by
LUCKS = 4  # times that each page is watched, each with other luck; only a page's merit is compared
CELLS = 400_000  # viewers x videos that an agent is asked about at once, so that memory stays small
LIFT, WHO, WHICH, ORDER, SWIPE = streams("lift", "lift", "who", "which", "order", "swipe")
RATES = ("finish_rate", "long_view_rate")
ANYHOW = ("random", "oracle")  # recommenders that are measured whatever the agent
FILE = "lift.pt"

Rates = dict[str, float]
# pool (a size, or "all"), viewers, videos (mean size), and rates by recommender; the largest pool
# also has the correlation of the agent's scores with appeal within a viewer, None where it has none
PoolRow = dict[str, Any]
# a row for each pool; a note where the agent was not measured
Found = tuple[list[PoolRow], str | None]


@dataclass(frozen=True)
class Trial:
    """One more page: who is asked for it, and in which order videos join each viewer's pool."""

    world: World
    rules: Rules
    root: Root
    observation: Observation
    request: Request
    video: Int[Tensor, " pool"]  # rows
    order: Int[Tensor, "viewers pool"]  # places in `video`; those shown before come last
    fresh: Int[Tensor, " viewers"]  # how many were not

    def sizes(self, slots: int) -> list[int]:
        """Of the pools: a page's, some between, and the largest there is; none without videos."""
        most = len(self.video) if len(self.request.row) else 0
        between = [n for n in (slots, *SIZES) if slots <= n < NEXT * most]
        return [*between, most] if most else []

    def pool(self, size: int, first: int = 0) -> Int[Tensor, "viewers size"]:
        """The ids of a pool; 0 where a viewer has no fresh video left."""
        place = self.order[:, first : first + size]
        at = torch.arange(first, first + place.shape[1], device=place.device)
        return self.world.videos.id[self.video][place].masked_fill(self._used_up(at), 0)

    def best(self, appeal: Float[Tensor, "viewers pool"], size: int, slots: int) -> Tensor:
        """What an oracle shows of a pool: the most appealing, best first."""
        at = torch.arange(size, device=appeal.device)
        value = appeal.gather(1, self.order[:, :size]).masked_fill(self._used_up(at), -torch.inf)
        return self.pool(size).gather(1, value.topk(min(slots, size), dim=1).indices)

    def _used_up(self, at: Int[Tensor, " places"]) -> Bool[Tensor, "viewers places"]:
        return at >= self.fresh[:, None]

    def watched(self, *slates: Tensor) -> Rates:
        """Shares of the videos seen; luck is by viewer and slot, the same whatever is shown."""
        crowd = _apart(self.world, self.request.row)
        request = replace(self.request, row=torch.arange(len(self.request.row)).to(crowd.device))
        lucks = [replace(self.root, luck=self.root.luck.fold(k)) for k in range(LUCKS)]
        pages = [(Slate(ids), root) for ids in slates for root in lucks]
        events = [platform.answer(crowd, self.rules, request, *page)[1] for page in pages]
        rates = impression_rates(crowd, events)
        return {name: rates[name] for name in RATES}


def _apart(world: World, row: Int[Tensor, " viewers"]) -> World:
    """A world of copies of some viewers, who send their friends nothing: those are not there."""
    viewers, mood, memory = world.viewers, take(world.mood, row), take(world.memory, row)
    silent = replace(take(viewers, row), talk=torch.zeros_like(viewers.talk[row]))
    return replace(world, viewers=silent, mood=mood, memory=memory)


def measure(arm: Arm, ask: bool = True) -> Found:
    """Rates by pool of "random", "oracle" and, where it is to be asked, the "agent"; and a note
    where the agent could not be asked: it is left out then, from every pool."""
    trial, slots = _trial(arm, arm.clock.root.luck.fold(LIFT)), arm.clock.rules.params.size.slots
    rows, note = _without_agent(trial, slots), None
    if ask:
        try:
            asked = [trial.watched(_chosen(arm, trial, size)) for size in trial.sizes(slots)]
            rows = [{**row, "agent": rates} for row, rates in zip(rows, asked, strict=True)]
        except Exception as error:  # whatever an agent's own code raises
            note = f"{arm.resident.label}: its lift by pool was not measured. {_told(error)}"
    if ask and rows and note is None:
        try:
            rows[-1]["within"] = _within(arm, trial, slots)
        except Exception as error:
            what = "how its scores agree with appeal"
            note = f"{arm.resident.label}: {what} was not measured. {_told(error)}"
    return rows, note


def _told(error: Exception) -> str:
    known = isinstance(error, BadSlate | AgentFailed)
    return str(error) if known else f"{type(error).__name__}: {error}"


def _within(arm: Arm, trial: Trial, slots: int) -> float | None:
    secret = truth(trial.world, trial.rules, trial.request)
    return within(arm.resident, trial.observation, slots, trial.video, secret)


def _without_agent(trial: Trial, slots: int) -> list[PoolRow]:
    sizes, most = trial.sizes(slots), len(trial.video)
    if not sizes:
        return []
    appeal = truth(trial.world, trial.rules, trial.request).appeal(trial.video)
    pages = range(min(RANDOM_PAGES, max(1, most // slots)))
    chance = trial.watched(*(trial.pool(slots, k * slots) for k in pages))
    return [
        {
            "pool": "all" if size == most < SIZES[-1] else size,
            "viewers": len(trial.request.row),
            "videos": float(trial.fresh.clamp(max=size).double().mean()),
            "random": chance,
            "oracle": trial.watched(trial.best(appeal, size, slots)),
        }
        for size in sizes
    ]


def _trial(arm: Arm, key: Key) -> Trial:
    world, rules = _rested(arm.world, arm.clock.rules), arm.clock.rules
    listing = platform.public(world, rules)
    row = world.viewers.registered.nonzero().squeeze(1)
    luck = key.fold(WHO).uniform(world.viewers.id[row])
    row = row[luck.argsort()[:VIEWERS]].sort().values
    request = Request(row, world.viewers.id[row], world.mood.hour[row])
    seen = observe(world, rules, request, arm.day - 1, rules.params.size.pages, listing)
    video = _video(listing, key.fold(WHICH))
    old = seen.shown(listing.id[video])
    order = (key.fold(ORDER).uniform(request.viewer, len(video)) + old).argsort(dim=1)
    fresh = (~old).sum(1)
    root = replace(arm.clock.root, luck=key.fold(SWIPE))
    return Trial(world, rules, root, seen, request, video, order, fresh)


def _rested(world: World, rules: Rules) -> World:
    """As after a night, with time and patience for a whole page and nothing sent by friends."""
    forever = torch.full_like(world.mood.time_left, torch.inf)
    rest = rules.params.sessions.rest * world.mood.satiation
    mood = replace(world.mood, time_left=forever, patience_left=forever, satiation=rest)
    inbox = torch.zeros_like(world.memory.inbox)
    return replace(world, mood=mood, memory=replace(world.memory, inbox=inbox))


def _video(listing: Catalog, key: Key) -> Int[Tensor, " pool"]:
    """Rows of all eligible videos, or of as many of them, evenly drawn, as the largest pool has."""
    row = listing.eligible.nonzero().squeeze(1)
    return row[key.uniform(listing.id[row]).argsort()[: SIZES[-1]]].sort().values


def _chosen(arm: Arm, trial: Trial, size: int) -> Tensor:
    """The agent's slates from a pool of candidates, without exploration, in blocks of viewers."""
    slots, step = trial.rules.params.size.slots, max(1, CELLS // size)
    pool, slates = trial.pool(size), []
    for start in range(0, len(pool), step):
        some = torch.arange(start, min(len(pool), start + step), device=pool.device)
        seen = replace(part(trial.observation, some), candidates=pool[some])
        request = take(trial.request, some)
        secret = truth(trial.world, trial.rules, request) if arm.resident.privileged else None
        slate = arm.resident.answer(seen, slots, secret, explore=False)
        _refuse_strangers(slate, seen, arm.resident.label)
        slates.append(slate.ids)
    return torch.cat(slates)


def _refuse_strangers(slate: Slate, seen: Observation, label: str) -> None:
    """An agent that ignores what it is offered chooses from another pool than is said."""
    assert seen.candidates is not None
    offered = (slate.ids[:, :, None] == seen.candidates[:, None, :]).any(2) | (slate.ids == 0)
    if not bool(offered.all()):
        at = (~offered).nonzero()[0]
        rule, cure = "a slate holds candidates only", "Choose from observation.candidates."
        who, got = int(seen.viewer[at[0]]), int(slate.ids[at[0], at[1]])
        raise BadSlate(label, seen.day, who, rule, got, cure, int(at[1]))


def save(folder: Path | None, found: Found) -> None:
    """Beside the arm's checkpoint, which it is of, for a run that is resumed when this is done."""
    if folder is not None:
        of = digest(folder / checkpoint.STATE)
        checkpoint.write(folder / FILE, {"of": of, "rows": found[0], "note": found[1]})


def load(folder: Path) -> Found | None:
    """What `save` left of the checkpoint that is there, or None. Raises BadInput for a damaged
    file."""
    old = checkpoint.read(folder / FILE)
    if old is None:
        return None
    checkpoint.refuse_keys({"of", "rows", "note"}, old, "lift", folder / FILE)
    of = digest(folder / checkpoint.STATE)
    return (old["rows"], old["note"]) if checkpoint.unlike(old["of"], of) is None else None
