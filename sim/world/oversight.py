"""Moderation's part of the story: the machine looks at the day's posts, people work off the queue
at night, and measures take effect in between."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from sim.world import catalog, moderation
from sim.world.delivery import Post
from sim.world.page import Page
from sim.world.rng import Key, Root, streams
from sim.world.rules import MODERATION, NIGHT, Rules
from sim.world.state import (
    COUNTS,
    EVENT_FLAGS,
    LANES,
    Decisions,
    Policy,
    World,
    row_of,
    rows_at,
)
from sim.world.state.moderation import (
    STAGES,
    WORK,
    Moderation,
    bit,
    has,
    outcome,
)

(LABEL,) = streams("world's labels", "share")
_REPORTS, _SHARE = COUNTS.index("reports"), 1 << EVENT_FLAGS.index("share")
_SLOTS = 1 << 10  # of a page at most


def policy_of(rules: Rules, decisions: Decisions) -> Policy:
    """What whoever moderates decided, else the setting's."""
    return rules.tables.policy if decisions.rules is None else decisions.rules


def gated(world: World, rules: Rules, decisions: Decisions, root: Root) -> World:
    """The morning: the machine scores the day's posts, before anybody sees them."""
    held, threats, videos = world.moderation, world.threats, world.videos
    if held is None or threats is None:
        return world
    policy = policy_of(rules, decisions)
    new = (videos.id > 0) & (videos.uploaded == world.day)
    held = _scored(held, world, rules, root.fold(MODERATION), new)
    done, state = moderation.by_score(held.score, policy)
    done, state = done * new, torch.where(new, state, held.state)
    held = replace(
        held,
        state=state,
        flagged=torch.where(new, world.day, held.flagged),
        told=videos.counts[:, _REPORTS],
        decided=_said(held.decided, "machine", done),
    )
    return _taken(replace(world, moderation=held), rules, (done & outcome("remove")) > 0, policy)


def _scored(
    held: Moderation, world: World, rules: Rules, key: Key, new: Bool[Tensor, " videos"]
) -> Moderation:
    """What the machine thinks of the new videos, and how they seem to people."""
    p, videos, threats = rules.params, world.videos, world.threats
    assert threats is not None
    look = moderation.looks(videos.key, videos.creator, p.classifier, key)
    own = threats.harm, threats.severity
    score = moderation.scores(*own, threats.evasion, look, p.classifier)
    kind = torch.where(threats.harm > 0, threats.harm.long() - 1, score.argmax(1))
    stark = moderation.stark(threats.severity, p.classifier)
    seems = moderation.seeming(threats.harm, stark, look, kind, p.review)
    return replace(
        held,
        score=torch.where(new[:, None], score, held.score),
        seems=torch.where(new, seems, held.seems),
        rule=torch.where(new, score.argmax(1) + 1, held.rule),
        gone=torch.where(new, world.day - 10_000, held.gone),
    )


def _said(decided: Tensor, stage: str, done: Int[Tensor, " videos"]) -> Tensor:
    """With what was decided at a stage."""
    at = STAGES.index(stage)
    return torch.cat([decided[:, :at], done[:, None], decided[:, at + 1 :]], dim=1)


def _taken(world: World, rules: Rules, gone: Bool[Tensor, " videos"], policy: Policy) -> World:
    """These videos are taken down; their accounts get a strike, and honest creators lose heart."""
    held, videos, threats = world.moderation, world.videos, world.threats
    assert held is not None and threats is not None
    author = row_of(videos.creator, len(held.strikes))
    held = moderation.struck(held, author, gone, world.day, policy)
    held = replace(held, gone=torch.where(gone, world.day, held.gone))
    wronged = (gone & (threats.harm == 0)).long()
    hurt = torch.zeros_like(held.strikes).index_add(0, author, wronged)
    morale = world.creators.morale * (1 - rules.params.review.dismay) ** hurt
    return replace(
        world,
        moderation=held,
        videos=replace(videos, removed=videos.removed | gone),
        creators=replace(world.creators, morale=morale),
    )


def reviewed(world: World, rules: Rules, decisions: Decisions, root: Root) -> World:
    """The night: creators appeal, people work, and what they find has its consequences."""
    held, threats, p = world.moderation, world.threats, rules.params.review
    if held is None or threats is None:
        return world
    policy = policy_of(rules, decisions)
    night = root.luck.fold(NIGHT).fold(world.day + 1)
    held = moderation.lapsed(_fresh(held, world, p), world.creators.id, p, night)
    held = _filed(held, world, p, night)
    budget = 60 * policy.hours * rules.params.uploads / 1000
    minutes = moderation.minutes(held.seems, p)
    none = torch.zeros_like(held.seems)
    objects = has(held.state, "appealed") & has(held.state, "removed")
    age = (world.day - held.gone).float()
    appeals, one = moderation.worked_off(objects, age, minutes, budget)
    doubt = has(held.state, "removed") & has(held.state, "machine") & ~objects
    doubt = doubt & ~has(held.state, "checked")
    doubt = doubt & (held.score.amax(1) < policy.confirm)
    second, two = moderation.worked_off(doubt, none, minutes, budget - one)
    world = replace(world, moderation=held)
    taken, spent = _queue(world, rules, policy, night, minutes, budget - one - two)
    held = replace(held, minutes=torch.stack([one, two, *spent]))
    world = replace(world, moderation=held)
    world = _answered(world, p, {"appeal": appeals, "second look": second}, night)
    return _swept(_found(world, rules, policy, night, taken), rules, policy, root)


def _fresh(held: Moderation, world: World, p) -> Moderation:
    """A new night: nothing is decided yet; videos that were reported today wait."""
    told = world.videos.counts[:, _REPORTS] - held.told
    flag = (told >= p.flag) & _open(held, world) & ~has(held.state, "cleared")
    flag = flag & ~has(held.state, "waiting")
    return replace(
        held,
        state=held.state + flag * bit("waiting"),
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
    files = due & moderation.files(videos.key, threats.harm, p, night)
    state = held.state + files * bit("appealed")
    decided = _said(held.decided, "filing", files * outcome("appeal"))
    return replace(held, state=state, decided=decided)


def _queue(world: World, rules: Rules, policy: Policy, night: Key, minutes, budget):
    """Who is looked at, lane by lane, and the minutes of each. What one lane leaves is the next
    one's."""
    held, videos, p = world.moderation, world.videos, rules.params
    assert held is not None
    waits = has(held.state, "waiting") & _open(held, world)
    waits = waits & catalog.eligible(videos, world.day, p.catalog)
    live = catalog.eligible(videos, world.day, p.catalog)
    reports = videos.counts[:, _REPORTS]
    lot = night.fold(moderation.LOT).uniform(videos.key)
    unseen = live & ~has(held.state, "checked") & ~has(held.state, "cleared")
    by = {
        "reports": (waits & (reports > 0), reports + lot),
        "views": (waits, videos.views_today + p.videos.heat_keep * videos.heat),
        "audit": (unseen, lot),
    }
    rest, taken, spent = torch.zeros_like(budget), [], []
    done = torch.zeros_like(waits)
    shares = moderation.lanes(policy.split, budget)
    for i, lane in enumerate(LANES):
        cases, first = by[lane]
        share = shares[i] + rest
        some, used = moderation.worked_off(cases & ~done, first, minutes, share)
        rest, done = share - used, done | some
        taken.append(some)
        spent.append(used)
    return taken, spent


def _answered(world: World, p, cases: dict[str, Tensor], night: Key) -> World:
    """Another person looks at what was taken down: it stays so, or is put back."""
    videos = world.videos
    for stage, some in cases.items():
        held = world.moderation
        assert held is not None
        key = night.fold(moderation.APPEAL if stage == "appeal" else moderation.SECOND)
        guilty = moderation.judged(videos.key, held.seems, p, key)
        back = some & ~guilty
        done = torch.where(guilty, outcome("uphold"), outcome("reinstate")) * some
        state = held.state | (some * (bit("checked")))
        state = torch.where(back, moderation.lifted(state, back), state)
        author = row_of(videos.creator, len(held.strikes))
        held = replace(
            moderation.pardoned(held, author, back),
            state=state,
            decided=_said(held.decided, stage, done),
        )
        videos = replace(videos, removed=videos.removed & ~back)
        world = replace(world, videos=videos, moderation=held)
    return world


def _found(world: World, rules: Rules, policy: Policy, night: Key, cases: list[Tensor]) -> World:
    """What people find in the queue, and what that leads to."""
    held, threats, p = world.moderation, world.threats, rules.params.review
    assert held is not None and threats is not None
    lane = torch.zeros_like(held.lane)
    for i, some in enumerate(cases):
        lane = lane + (i + 1) * some
    some = lane > 0
    key = night.fold(moderation.CASE)
    guilty = some & moderation.judged(world.videos.key, held.seems, p, key)
    kind = torch.where(threats.harm > 0, threats.harm.long() - 1, held.score.argmax(1))
    done, measure = moderation.by_finding(kind, policy)
    done = torch.where(guilty, done, outcome("clear")) * some
    state = held.state | (some * bit("checked"))
    state = torch.where(guilty, (state & ~(bit("waiting") | bit("machine"))) | measure, state)
    waits = has(held.state, "waiting")
    held = replace(
        held,
        state=moderation.lifted(state, some & ~guilty),
        rule=torch.where(guilty, kind + 1, held.rule),
        decided=_said(held.decided, "review", done),
        lane=lane,
        waited=torch.where(some & waits, world.day - held.flagged, 0),
    )
    gone = (done & outcome("remove")) > 0
    return _taken(replace(world, moderation=held), rules, gone, policy)


def _swept(world: World, rules: Rules, policy: Policy, root: Key) -> World:
    """Accounts that behave like bots are closed, and follow nobody any more."""
    held, threats, people, memory = world.moderation, world.threats, world.viewers, world.memory
    assert held is not None and threats is not None
    p = rules.params.review
    mark = moderation.marks(people.id, threats.bot, people.talk.log(), p, root.fold(MODERATION))
    gone = people.registered & moderation.swept(mark, policy)
    follows = memory.follows * ~gone[:, None]
    return replace(
        world,
        viewers=replace(people, registered=people.registered & ~gone),
        memory=replace(memory, follows=follows, inbox=memory.inbox * ~gone),
        moderation=replace(held, swept=gone),
    )


def kept_from_minors(world: World, post: Post) -> Post:
    """Slates without what is kept from those under 18; what comes after it moves up."""
    held = world.moderation
    if held is None:
        return post
    who = (world.viewers.age_band[post.request.row] == 0).nonzero().squeeze(1)
    video = post.video[:, who]
    gated = has(rows_at(held.state, video), "gated") & (post.ids[:, who] > 0)
    order = gated.to(torch.uint8).sort(0, stable=True).indices
    ids = torch.where(gated, 0, post.ids[:, who]).gather(0, order)
    source = torch.where(gated, 0, post.source[:, who]).gather(0, order)
    return replace(
        post,
        ids=post.ids.index_copy(1, who, ids),
        video=post.video.index_copy(1, who, row_of(ids, len(held.state))),
        source=post.source.index_copy(1, who, source),
    )


def softened(world: World, rules: Rules, post: Post, page: Page, key: Key) -> Page:
    """Fewer send on what is marked as doubtful."""
    held = world.moderation
    if held is None:
        return page
    who, slot = (page.flags & _SHARE).nonzero(as_tuple=True)
    marked = has(held.state[post.video[slot, who]], "labelled")
    name = post.request.viewer[who] * _SLOTS + slot
    stops = marked & (key.fold(LABEL).uniform(name) < rules.params.review.label_share)
    kept = page.flags[who, slot] - stops.int() * _SHARE
    return replace(page, flags=page.flags.index_put((who, slot), kept))


def shown_in_feeds(world: World) -> Bool[Tensor, " videos"] | None:
    """Which videos may stand in feeds; None where nothing is moderated."""
    held = world.moderation
    return None if held is None else ~has(held.state, "limited")


def posting(world: World, planned: Int[Tensor, " creators"]) -> Int[Tensor, " creators"]:
    """The posts that are planned, without those of suspended accounts."""
    held = world.moderation
    return planned if held is None else planned * (held.suspended <= world.day)


def begun(world: World, new: Bool[Tensor, " creators"]) -> Moderation | None:
    """Whoever begins in the row of a creator who left has no strikes."""
    held = world.moderation
    if held is None:
        return None
    free = torch.where(new, torch.minimum(world.day, held.suspended), held.suspended)
    return replace(held, strikes=held.strikes * ~new, suspended=free)
