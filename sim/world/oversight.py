"""Moderation by day: the machine looks at the morning's posts, and measures take effect."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from sim.world import moderation
from sim.world.delivery import Post
from sim.world.page import Page
from sim.world.rng import Key, Root, streams
from sim.world.rules import MODERATION, Rules
from sim.world.state import (
    COUNTS,
    EVENT_FLAGS,
    Decisions,
    Policy,
    World,
    row_of,
    rows_at,
)
from sim.world.state.moderation import (
    STAGES,
    Moderation,
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
        told=videos.counts[:, _REPORTS].clone(),  # pages write in the counts
        decided=said(held.decided, "machine", done),
    )
    return taken_down(
        replace(world, moderation=held), rules, (done & outcome("remove")) > 0, policy
    )


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


def said(decided: Tensor, stage: str, done: Int[Tensor, " videos"]) -> Tensor:
    """With what was decided at a stage."""
    at = STAGES.index(stage)
    return torch.cat([decided[:, :at], done[:, None], decided[:, at + 1 :]], dim=1)


def taken_down(world: World, rules: Rules, gone: Bool[Tensor, " videos"], policy: Policy) -> World:
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


def kept_from_minors(world: World, post: Post) -> Post:
    """Slates without what is kept from those under 18; what comes after it moves up."""
    held = world.moderation
    if held is None:
        return post
    who = (world.viewers.age_band[post.request.row] == 0).nonzero().squeeze(1)
    video = post.video[:, who]
    gated = has(rows_at(held.state, video), "gated") & (post.ids[:, who] > 0)
    order = gated.to(torch.uint8).sort(dim=0, stable=True).indices
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
