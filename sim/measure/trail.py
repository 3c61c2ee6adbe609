"""The audit trail: every decision on a video or an account, as a row; in whole numbers, so that it
travels in a checkpoint."""

from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from sim.world.state import COUNTS, World
from sim.world.state.moderation import OUTCOMES, STAGES, Moderation

# Decisions on accounts come after those on videos.
ALL_STAGES = (*STAGES, "account", "sweep")
ALL_OUTCOMES = (*OUTCOMES, "warn", "suspend", "close")
BY = {
    "filing": "creator",
    "machine": "machine",
    "account": "rule",
    "sweep": "machine",
}  # else staff
_VIEWS = COUNTS.index("views")
POINTS = 1_000_000  # of a score
COLUMNS = (
    "day", "stage", "outcome", "video", "creator", "viewer", "rule", "score", "lane", "waited",
    "views", "uploaded", "harm", "severity",
)  # fmt: skip


@dataclass(frozen=True)
class Decided:
    """Where what was decided, of the decisions at one stage."""

    row: Int[Tensor, " decisions"]
    stage: int
    outcome: Int[Tensor, " decisions"]


def rows(world: World) -> Int[Tensor, "decisions columns"]:
    """The decisions of last night and this morning, by COLUMNS: indices into ALL_STAGES and
    ALL_OUTCOMES; permanent ids, 0 where none; kinds of harm from 1; score and severity in
    millionths; lanes from 1; days waited; views by the end of the day."""
    held = world.moderation
    if held is None:
        return torch.zeros(0, len(COLUMNS), dtype=torch.int64, device=world.device)
    parts = []
    some = held.decided.any(1).nonzero().squeeze(1)
    decided = held.decided[some]
    for stage in range(len(STAGES)):
        for i in range(len(OUTCOMES)):
            row = some[((decided[:, stage] >> i) & 1) > 0]
            parts.append(_videos(world, held, Decided(row, stage, torch.full_like(row, i))))
    for word, some in (("warn", held.warned > 0), ("suspend", held.halted)):
        parts.append(_accounts(world, some, "creator", "account", word))
    parts.append(_accounts(world, held.swept, "viewer", "sweep", "close"))
    return torch.cat(parts)


def _videos(world: World, held: Moderation, found: Decided) -> Tensor:
    """Rows of decisions on videos."""
    videos, threats, at = world.videos, world.threats, found.row
    assert threats is not None
    rule = held.rule[at]
    score = held.score[at].gather(1, (rule - 1).clamp(min=0)[:, None]).squeeze(1)
    staff = torch.full_like(at, int(STAGES[found.stage] == "review"))
    told = {
        "day": world.day.expand_as(at), "stage": torch.full_like(at, found.stage),
        "outcome": found.outcome, "video": videos.id[at], "creator": videos.creator[at],
        "rule": rule, "score": _points(score), "lane": held.lane[at] * staff,
        "waited": held.waited[at] * staff, "views": videos.counts[at, _VIEWS],
        "uploaded": videos.uploaded[at], "harm": threats.harm[at].long(),
        "severity": _points(threats.severity[at]),
    }  # fmt: skip
    return _table(at, told)


def _accounts(world: World, some: Tensor, who: str, stage: str, outcome: str) -> Tensor:
    """Rows of decisions on accounts; harm is 1 for those of actors and for bots."""
    threats, at = world.threats, some.nonzero().squeeze(1)
    assert threats is not None
    ids = world.creators.id if who == "creator" else world.viewers.id
    bad = (threats.actor > 0) if who == "creator" else threats.bot
    told = {
        "day": world.day.expand_as(at), who: ids[at], "harm": bad[at].long(),
        "stage": torch.full_like(at, ALL_STAGES.index(stage)),
        "outcome": torch.full_like(at, ALL_OUTCOMES.index(outcome)),
    }  # fmt: skip
    return _table(at, told)


def _points(share: Tensor) -> Tensor:
    return (share.double() * POINTS).round().long()


def _table(like: Tensor, told: dict[str, Tensor]) -> Tensor:
    none = torch.zeros_like(like)
    return torch.stack([told.get(name, none) for name in COLUMNS], dim=1)


def column(table: Int[Tensor, "decisions columns"], name: str) -> Int[Tensor, " decisions"]:
    return table[:, COLUMNS.index(name)]


def is_(table: Int[Tensor, "decisions columns"], stage: str | None, outcome: str) -> Tensor:
    """Which rows are of this stage, any where None, and this outcome."""
    same = column(table, "outcome") == ALL_OUTCOMES.index(outcome)
    return same if stage is None else same & (column(table, "stage") == ALL_STAGES.index(stage))
