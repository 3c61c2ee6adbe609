"""Moderation by night: creators appeal, people work off the queue, accounts are swept."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from sim.world import catalog, moderation
from sim.world.oversight import policy_of, said, taken_down
from sim.world.rng import Key, Root
from sim.world.rules import MODERATION, NIGHT, Rules
from sim.world.state import COUNTS, LANES, Decisions, Policy, World, nobody, nowhere, places, row_of
from sim.world.state.moderation import Moderation, bit, has, outcome

_REPORTS = COUNTS.index("reports")
_SECOND = 0.5  # of what appeals leave, second looks have this at most; assumed


def reviewed(world: World, rules: Rules, decisions: Decisions, root: Root) -> World:
    """The night: creators appeal, people work, and what they find has its consequences."""
    held, threats, p = world.moderation, world.threats, rules.params.review
    if held is None or threats is None:
        return world
    policy = policy_of(rules, decisions)
    night = root.luck.fold(NIGHT).fold(world.day + 1)
    live = catalog.eligible(world.videos, world.day, rules.params.catalog)
    held = moderation.lapsed(_fresh(held, world, live, p), world.creators.id, p, night)
    held = _filed(held, world, p, night)
    lot = night.fold(moderation.LOT).uniform(world.videos.key)
    desk, budget = _Desk.of(lot, held.seems, rules, decisions), _budget(rules, policy.hours)
    objects = has(held.state, "removed", "appealed", without=("checked",))  # not answered yet
    day, gone = world.day, held.gone
    appeals, one = desk.work(objects, lambda at: (day - gone[at]).float(), budget)
    doubt = has(held.state, "removed", "machine", without=("appealed", "checked"))
    at = places(doubt)
    doubt.index_put_((at,), doubt[at] & (held.score[at].amax(1) < policy.confirm))
    second, two = desk.work(doubt, None, _SECOND * (budget - one))
    taken, spent = _queue(held, world, rules, policy, desk, live, budget - one - two)
    held = replace(held, minutes=torch.stack([one, two, *spent]))
    world = replace(world, moderation=held)
    world = _answered(world, p, {"appeal": appeals, "second look": second}, night)
    return _swept(_found(world, rules, policy, night, taken), rules, policy, root)


@dataclass(frozen=True)
class _Desk:
    """The people of a night at their work."""

    lot: Float[Tensor, " videos"]  # between cases that are alike, by lot
    seems: Float[Tensor, " videos"]
    params: moderation.ReviewParams
    most: int  # cases that are looked at in one go

    @classmethod
    def of(cls, lot: Tensor, seems: Tensor, rules: Rules, decisions: Decisions) -> "_Desk":
        p, most = rules.params, rules.params.upload_width
        if decisions.rules is None:  # hours are known, and no case takes less than a clear one
            most = min(most, int(_budget(rules, p.policy.hours) * 60 / p.review.seconds) + 2)
        return cls(lot, seems, p.review, most)

    def work(
        self, cases: Tensor, urgency: moderation.OfVideos | None, budget: Tensor
    ) -> tuple[Bool[Tensor, " videos"], Float[Tensor, ""]]:
        """The cases that `budget` minutes reach, the most urgent first, and the minutes taken."""

        def first(at: Tensor) -> Tensor:
            return self.lot[at] if urgency is None else urgency(at) + self.lot[at]

        def minutes(at: Tensor) -> Tensor:
            return moderation.minutes(self.seems[at], self.params)

        return moderation.worked_off(cases, first, minutes, budget, self.most)


def _budget(rules: Rules, hours):
    """Minutes of a night; hours are for every 1,000 uploads."""
    return 60 * hours * rules.params.uploads / 1000


def _fresh(held: Moderation, world: World, live: Tensor, p) -> Moderation:
    """A new night: nothing is decided yet; videos that were reported today wait, and those too old
    to be shown, which are not `live`, wait no longer."""
    videos = world.videos
    flag = videos.counts[:, _REPORTS] - held.told >= p.flag
    at = places(flag)  # few
    new = flag[at] & (videos.id[at] > 0) & ~videos.removed[at]
    new &= has(held.state[at], without=("cleared", "waiting"))
    flagged = held.flagged.index_copy(0, at, torch.where(new, world.day, held.flagged[at]))
    state = held.state - (has(held.state, "waiting") & ~live) * bit("waiting")
    return replace(
        held,
        state=state.index_add_(0, at, (new & live[at]) * bit("waiting")),
        flagged=flagged,
        decided=torch.zeros_like(held.decided),
        waited=torch.zeros_like(held.waited),
        warned=torch.zeros_like(held.warned),
        halted=torch.zeros_like(held.halted),
    )


def _filed(held: Moderation, world: World, p, night: Key) -> Moderation:
    """Creators who object do so the night after their video was taken down."""
    threats, videos = world.threats, world.videos
    assert threats is not None
    due = has(held.state, "removed", without=("appealed",))
    due = due & (held.gone == world.day - 1) & (videos.id > 0)
    at = places(due)
    if nobody(at):
        return held
    files = due[at] & moderation.files(videos.key[at], threats.harm[at], p, night)
    # a second look may have come before it, and does not answer it
    looked = has(held.state[at], "checked") & files
    state = held.state.index_add(0, at, files * bit("appealed") - looked * bit("checked"))
    said(held.decided, "filing", at, files * outcome("appeal"))
    return replace(held, state=state)


def _queue(
    held: Moderation, world: World, rules: Rules, policy: Policy, desk: _Desk, live, budget
) -> tuple[list[Tensor], list[Tensor]]:
    """Who is looked at, lane by lane, and the minutes of each. What
    reports leave of their hours goes to expected views; what is left over stays unspent."""
    videos, keep = world.videos, rules.params.videos.heat_keep
    waits, reports = live & has(held.state, "waiting"), videos.counts[:, _REPORTS]
    by: dict[str, tuple[Tensor, moderation.OfVideos | None]] = {
        "reports": (waits & reports.bool(), lambda at: reports[at]),
        "views": (
            waits,
            lambda at: moderation.suspects_first(
                videos.views_today[at] + keep * videos.heat[at], held.score[at], policy
            ),
        ),
        "audit": (live & has(held.state, without=("checked", "cleared")), None),
    }
    rest, taken, spent = torch.zeros_like(budget), [], []
    done = torch.zeros_like(waits)
    shares = moderation.lanes(policy.split, budget)
    for i, lane in enumerate(LANES):
        cases, first = by[lane]
        share = shares[i] + (0 if lane == "audit" else rest)  # a sample stays one
        some, used = desk.work(cases & ~done, first, share)
        rest, done = share - used, done | some
        taken.append(some)
        spent.append(used)
    return taken, spent


def _answered(world: World, p, cases: dict[str, Tensor], night: Key) -> World:
    """Another person looks at what was taken down: it stays so, or is put back."""
    videos = world.videos
    for stage, some in cases.items():
        held, at = world.moderation, places(some)
        assert held is not None
        if nobody(at):
            continue
        key = night.fold(moderation.APPEAL if stage == "appeal" else moderation.SECOND)
        seen = some[at]
        guilty = seen & moderation.judged(videos.key[at], held.seems[at], p, key)
        back = seen & ~guilty
        done = torch.where(guilty, outcome("uphold"), outcome("reinstate")) * seen
        state = held.state[at] | (seen * bit("checked"))
        state = torch.where(back, moderation.lifted(state, back), state)
        author = row_of(videos.creator[at], len(held.strikes))
        held = replace(
            moderation.pardoned(held, author, back),
            state=held.state.index_copy(0, at, state),
        )
        said(held.decided, stage, at, done)
        removed = videos.removed.index_copy(0, at, videos.removed[at] & ~back)
        videos = replace(videos, removed=removed)
        world = replace(world, videos=videos, moderation=held)
    return world


def _found(world: World, rules: Rules, policy: Policy, night: Key, cases: list[Tensor]) -> World:
    """What people find in the queue, and what that leads to."""
    held, threats, videos, p = world.moderation, world.threats, world.videos, rules.params.review
    assert held is not None and threats is not None
    lane = torch.zeros_like(held.lane)
    for i, some in enumerate(cases):
        lane.add_(some, alpha=i + 1)
    at = places(lane.bool())
    seen, name, old, harm = lane[at] > 0, videos.key[at], held.state[at], threats.harm[at].long()
    key = night.fold(moderation.CASE)
    guilty = seen & moderation.judged(name, held.seems[at], p, key)
    guilty = guilty & ~moderation.hurried(name, p, key)
    kind = torch.where(harm > 0, harm - 1, held.score[at].argmax(1))
    done, measure = moderation.by_finding(kind, policy)
    done = torch.where(guilty, done, outcome("clear")) * seen
    state = old | (seen * bit("checked"))
    state = torch.where(guilty, (state & ~(bit("waiting") | bit("machine"))) | measure, state)
    state = moderation.lifted(state, seen & ~guilty)
    waited = torch.where(seen & has(old, "waiting"), world.day - held.flagged[at], 0)
    rule = torch.where(guilty, kind + 1, held.rule[at])
    said(held.decided, "review", at, done)
    held = replace(
        held,
        state=held.state.index_copy(0, at, state),
        rule=held.rule.index_copy(0, at, rule),
        lane=lane,
        waited=torch.zeros_like(held.waited).index_copy(0, at, waited),
    )
    gone = torch.zeros_like(videos.removed).index_copy(0, at, (done & outcome("remove")) > 0)
    return taken_down(replace(world, moderation=held), rules, gone, policy)


def _swept(world: World, rules: Rules, policy: Policy, root: Key) -> World:
    """Accounts that behave like bots are closed, and follow nobody any more."""
    held, threats, people, memory = world.moderation, world.threats, world.viewers, world.memory
    assert held is not None and threats is not None
    p = rules.params.review
    at = places(people.registered)
    busy, own = people.talk[at].log(), root.fold(MODERATION)
    mark = moderation.marks(people.id[at], threats.bot[at], busy, p, own)
    gone = people.registered[at] & moderation.swept(mark, policy)
    gone = torch.zeros_like(people.registered).index_put((at,), gone)
    if nowhere(gone):
        return replace(world, moderation=replace(held, swept=gone))
    follows = memory.follows * ~gone[:, None]
    return replace(
        world,
        viewers=replace(people, registered=people.registered & ~gone),
        memory=replace(memory, follows=follows, inbox=memory.inbox * ~gone),
        moderation=replace(held, swept=gone),
    )
