"""Moderation by night: creators appeal, people work off the queue, accounts are swept."""

from dataclasses import replace

import torch
from jaxtyping import Bool
from torch import Tensor

from sim.world import catalog, moderation
from sim.world.oversight import policy_of, said, taken_down
from sim.world.rng import Key, Root
from sim.world.rules import MODERATION, NIGHT, Params, Rules
from sim.world.state import COUNTS, LANES, Decisions, Policy, World, nobody, nowhere, places, row_of
from sim.world.state.moderation import Moderation, bit, has, outcome

_REPORTS = COUNTS.index("reports")


def reviewed(world: World, rules: Rules, decisions: Decisions, root: Root) -> World:
    """The night: creators appeal, people work, and what they find has its consequences."""
    held, threats, p = world.moderation, world.threats, rules.params.review
    if held is None or threats is None:
        return world
    policy = policy_of(rules, decisions)
    night = root.luck.fold(NIGHT).fold(world.day + 1)
    held = moderation.lapsed(_fresh(held, world, rules.params), world.creators.id, p, night)
    held = _filed(held, world, p, night)
    budget = 60 * policy.hours * rules.params.uploads / 1000
    minutes = moderation.minutes(held.seems, p)
    objects = has(held.state, "appealed") & has(held.state, "removed")
    age = (world.day - held.gone).float()
    lot, most = night.fold(moderation.LOT).uniform(world.videos.key), rules.params.upload_width
    appeals, one = moderation.worked_off(objects, age + lot, minutes, budget, most)
    doubt = has(held.state, "removed") & has(held.state, "machine") & ~objects
    doubt = doubt & ~has(held.state, "checked")
    at = places(doubt)
    doubt = doubt.index_copy(0, at, doubt[at] & (held.score[at].amax(1) < policy.confirm))
    second, two = moderation.worked_off(doubt, lot, minutes, budget - one, most)
    world = replace(world, moderation=held)
    taken, spent = _queue(world, rules, policy, lot, minutes, budget - one - two)
    held = replace(held, minutes=torch.stack([one, two, *spent]))
    world = replace(world, moderation=held)
    world = _answered(world, p, {"appeal": appeals, "second look": second}, night)
    return _swept(_found(world, rules, policy, night, taken), rules, policy, root)


def _fresh(held: Moderation, world: World, params: Params) -> Moderation:
    """A new night: nothing is decided yet; videos that were reported today wait, and those too old
    to be shown wait no longer."""
    p, live = params.review, catalog.eligible(world.videos, world.day, params.catalog)
    told = world.videos.counts[:, _REPORTS] - held.told
    flag = (told >= p.flag) & _open(held, world) & ~has(held.state, "cleared")
    flag = flag & ~has(held.state, "waiting")
    state = torch.where(live, held.state, held.state & ~bit("waiting"))
    return replace(
        held,
        state=state + (flag & live) * bit("waiting"),
        flagged=torch.where(flag, world.day, held.flagged),
        decided=torch.zeros_like(held.decided),
        waited=torch.zeros_like(held.waited),
        warned=torch.zeros_like(held.warned),
        halted=torch.zeros_like(held.halted),
    )


def _open(held: Moderation, world: World) -> Bool[Tensor, " videos"]:
    """Videos that are still there to be judged."""
    return (world.videos.id > 0) & ~world.videos.removed


def _filed(held: Moderation, world: World, p, night: Key) -> Moderation:
    """Creators who object do so the night after their video was taken down."""
    threats, videos = world.threats, world.videos
    assert threats is not None
    due = has(held.state, "removed") & (world.day - held.gone == 1)
    due = due & ~has(held.state, "appealed") & (videos.id > 0)
    at = places(due)
    files = due[at] & moderation.files(videos.key[at], threats.harm[at], p, night)
    state = held.state.index_add(0, at, files * bit("appealed"))
    decided = said(held.decided, "filing", at, files * outcome("appeal"))
    return replace(held, state=state, decided=decided)


def _queue(world: World, rules: Rules, policy: Policy, lot: Tensor, minutes, budget):
    """Who is looked at, lane by lane, and the minutes of each. What
    reports leave of their hours goes to expected views; what is left over stays unspent."""
    held, videos, p = world.moderation, world.videos, rules.params
    assert held is not None
    waits = has(held.state, "waiting") & _open(held, world)
    waits = waits & catalog.eligible(videos, world.day, p.catalog)
    live = catalog.eligible(videos, world.day, p.catalog)
    reports = videos.counts[:, _REPORTS]
    unseen = live & ~has(held.state, "checked") & ~has(held.state, "cleared")
    by = {
        "reports": (waits & (reports > 0), reports),
        "views": (waits, videos.views_today + p.videos.heat_keep * videos.heat),
        "audit": (unseen, 0 * lot),
    }
    most = p.upload_width
    rest, taken, spent = torch.zeros_like(budget), [], []
    done = torch.zeros_like(waits)
    shares = moderation.lanes(policy.split, budget)
    for i, lane in enumerate(LANES):
        cases, first = by[lane]
        share = shares[i] + (0 if lane == "audit" else rest)  # a sample stays one
        some, used = moderation.worked_off(cases & ~done, first + lot, minutes, share, most)
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
            decided=said(held.decided, stage, at, done),
        )
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
        lane = lane + (i + 1) * some
    at = places(lane > 0)
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
    held = replace(
        held,
        state=held.state.index_copy(0, at, state),
        rule=held.rule.index_copy(0, at, rule),
        decided=said(held.decided, "review", at, done),
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
