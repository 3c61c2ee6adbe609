"""Moderation by day: the machine looks at the morning's posts, and measures take effect."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world import moderation
from sim.world.acts import Acts
from sim.world.delivery import Post
from sim.world.rng import Key, Root, streams
from sim.world.rules import MODERATION, Rules
from sim.world.state import (
    COUNTS,
    EVENT_FLAGS,
    Decisions,
    Policy,
    World,
    nobody,
    nowhere,
    places,
    put,
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


def gated(
    world: World,
    rules: Rules,
    decisions: Decisions,
    root: Root,
    posts: tuple[Int[Tensor, " posts"], Bool[Tensor, " posts"]],
) -> World:
    """The morning: the machine scores the day's posts, before anybody sees them. `posts` are the
    rows where there is room for them, and which of these are used."""
    held, threats, videos = world.moderation, world.threats, world.videos
    if held is None or threats is None:
        return world
    policy, (row, new) = policy_of(rules, decisions), posts
    score, seems = _scored(world, rules, root.fold(MODERATION), row, new)
    used = places(new)
    row, new, score, seems = row[used], new[used], score[used], seems[used]
    done, state = moderation.by_score(score, policy)
    today = world.day.expand_as(row)
    told = held.decided.new_zeros(len(row), len(STAGES))
    told[:, STAGES.index("machine")] = done
    held = replace(
        held,
        score=put(held.score, row, score, new),
        seems=put(held.seems, row, seems, new),
        rule=put(held.rule, row, score.argmax(1) + 1, new),
        state=put(held.state, row, state, new),
        flagged=put(held.flagged, row, today, new),
        gone=put(held.gone, row, today - 10_000, new),
        decided=put(held.decided, row, told, new),
        told=videos.counts[:, _REPORTS].clone(),  # pages write in the counts
    )
    removed = (done & outcome("remove")) > 0
    gone = torch.zeros_like(videos.removed).index_put((row,), removed & new)
    return taken_down(replace(world, moderation=held), rules, gone, policy)


def _scored(
    world: World,
    rules: Rules,
    key: Key,
    row: Int[Tensor, " posts"],
    new: Bool[Tensor, " posts"],
) -> tuple[Float[Tensor, "posts harms"], Float[Tensor, " posts"]]:
    """What the machine thinks of the videos at these rows, and how they seem to people."""
    p, videos, threats = rules.params, world.videos, world.threats
    assert threats is not None
    harm, severity = threats.harm[row].long(), threats.severity[row]
    at = places(new)
    some = row[at]
    look = moderation.looks(videos.key[some], videos.creator[some], p.classifier, key)
    look = look.new_zeros(len(row), look.shape[1]).index_copy_(0, at, look)
    score = moderation.scores(harm, severity, threats.evasion[row], look, p.classifier)
    kind = torch.where(harm > 0, harm - 1, score.argmax(1))
    stark = moderation.stark(severity, p.classifier)
    return score, moderation.seeming(harm, stark, look, kind, p.review)


def said(decided: Tensor, stage: str, row: Tensor, done: Int[Tensor, " some"]) -> None:
    """Writes down what was decided at a stage, of the videos at `row`; in place, for every night
    begins a sheet of its own."""
    decided.index_put_((row, torch.full_like(row, STAGES.index(stage))), done)


def taken_down(world: World, rules: Rules, gone: Bool[Tensor, " videos"], policy: Policy) -> World:
    """These videos are taken down; their accounts get a strike, and honest creators lose heart."""
    held, videos, threats = world.moderation, world.videos, world.threats
    assert held is not None and threats is not None
    at = places(gone)
    if nobody(at):
        return world
    author = row_of(videos.creator[at], len(held.strikes))
    held = moderation.struck(held, author, gone[at], world.day, policy)
    held = replace(held, gone=put(held.gone, at, world.day.expand_as(at), gone[at]))
    videos = replace(videos, removed=videos.removed | gone)
    wronged = gone[at] & (threats.harm[at] == 0)
    creators = world.creators
    if not nowhere(wronged):  # few nights
        hurt = torch.zeros_like(held.strikes).index_add(0, author, wronged.long())
        morale = creators.morale * (1 - rules.params.review.dismay) ** hurt
        creators = replace(creators, morale=morale)
    return replace(world, moderation=held, videos=videos, creators=creators)


def kept_from_minors(world: World, post: Post) -> Post:
    """Slates without what is kept from those under 18; what comes after it moves up."""
    held = world.moderation
    if held is None:
        return post
    young = world.viewers.age_band.index_select(0, post.request.row) == 0
    who = young.nonzero().squeeze(1)
    video = post.video.index_select(1, who)
    gated = has(rows_at(held.state, video), "gated")
    if nowhere(gated):  # most pages
        return post
    gated = gated & (post.ids[:, who] > 0)
    order = gated.to(torch.uint8).sort(dim=0, stable=True).indices
    ids = torch.where(gated, 0, post.ids[:, who]).gather(0, order)
    source = torch.where(gated, 0, post.source[:, who]).gather(0, order)
    return replace(
        post,
        ids=post.ids.index_copy(1, who, ids),
        video=post.video.index_copy(1, who, row_of(ids, len(held.state))),
        source=post.source.index_copy(1, who, source),
    )


def softened(
    world: World, rules: Rules, post: Post, flags: Int[Tensor, "awake slots"], acts: Acts, key: Key
) -> None:
    """Fewer send on what is marked as doubtful; in place, of the page's flags and its acts."""
    held = world.moderation
    if held is None:
        return
    shared = acts.did("share")
    video = post.video.reshape(-1).index_select(0, acts.place.index_select(0, shared))
    marked = has(held.state.index_select(0, video), "labelled").nonzero().squeeze(1)
    if nobody(marked):  # most pages
        return
    who, slot = acts.who[shared[marked]], acts.slot[shared[marked]]
    name = post.request.viewer[who] * _SLOTS + slot
    stops = (key.fold(LABEL).uniform(name) < rules.params.review.label_share) * _SHARE
    flags[who, slot] -= stops.int()
    acts.bits.index_add_(0, shared[marked], -stops)


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
