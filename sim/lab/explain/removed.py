"""Why was my video taken down? The rule, the score, who decided, and the right of appeal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from sim.lab.explain.words import LANES as LANES_ZH
from sim.lab.explain.words import say
from sim.seats.clock import Clock
from sim.world.state import ACTIONS, HARMS, LANES, World, row_of
from sim.world.state.moderation import STAGES, Moderation, has, outcome


@dataclass(frozen=True)
class Removal:
    video: int
    removed: bool  # down now
    day: int | None  # when it was taken down; None where it never was
    by: str  # machine, person, or other; "" where it never was
    lane: str  # by what a person came to it
    rule: str  # kind of harm
    score: float
    line: float  # above which the policy takes down
    appeal: str  # open, filed, lost, over; "" where it is not down
    reinstated: int | None  # the day
    strikes: int

    def text(self, lang: str = "en") -> str:
        if self.day is None:
            return say("not_removed", lang, video=self.video)
        lane = LANES_ZH.get(self.lane, "-") if lang == "zh" else self.lane or "-"
        who = say(f"by_{self.by}", lang, lane=lane)
        # people count days from 1
        told = {"video": self.video, "day": self.day + 1, "who": who, "rule": self.rule}
        lines = [say("taken", lang, **told)]
        score = {"rule": self.rule, "score": f"{self.score:.3f}", "line": f"{self.line:g}"}
        lines.append(say("scored", lang, **score))
        if self.reinstated is not None:
            lines.append(say("reinstated", lang, day=self.reinstated + 1))
        if self.appeal:
            lines.append(say(f"appeal_{self.appeal}", lang))
        return "\n".join([*lines, say("strikes", lang, n=self.strikes)])


Note = tuple[int, int, int]  # day, stage, outcomes as bits


def notes_of(world: World, day: int) -> Iterator[tuple[int, Note]]:
    """What was decided last night and this morning, by video."""
    held, ids = world.moderation, world.videos.id
    if held is not None:
        for row, stage in held.decided.nonzero().tolist():
            yield int(ids[row]), (day, stage, int(held.decided[row, stage]))


def removal(clock: Clock, video: int, notes: Sequence[Note]) -> Removal:
    """From the decisions on a video, (day, stage, outcomes) as they came."""
    world = clock.world
    videos, held = world.videos, world.moderation
    at = int(row_of(torch.tensor(video), len(videos.id)))
    down = bool(videos.removed[at])
    taken = [d for d, _, bits in notes if bits & outcome("remove")]
    if held is None or not (taken or down):
        day = int(world.day) if down else None
        by = "other" if down else ""
        return Removal(video, down, day, by, "", "-", 0.0, 1.0, "", None, 0)
    kind = max(0, int(held.rule[at]) - 1)
    back = [d for d, _, bits in notes if bits & outcome("reinstate")]
    by, day = _decider(held, at, notes), taken[-1] if taken else int(held.gone[at])
    lane = int(held.lane[at]) if by == "person" and day == clock.day else 0
    author = row_of(videos.creator[at], len(held.strikes))
    policy = clock.task.decide(clock).rules or clock.rules.tables.policy
    return Removal(
        video=video,
        removed=down,
        day=day,
        by=by,
        lane=LANES[lane - 1] if lane else "",
        rule=HARMS[kind],
        score=float(held.score[at, kind]),
        line=float(policy.threshold[kind, ACTIONS.index("remove")]),
        appeal=_appeal(clock, at, day, notes) if down else "",
        reinstated=back[-1] if back and not down else None,
        strikes=int(held.strikes[author]),
    )


def _appeal(clock: Clock, at: int, day: int, notes: Sequence[Note]) -> str:
    held = clock.world.moderation
    assert held is not None
    if any(bits & outcome("uphold") for d, _, bits in notes if d >= day):
        return "lost"
    if bool(has(held.state[at], "appealed")):
        return "filed"
    return "open" if clock.day <= day else "over"


def _decider(held: Moderation, at: int, notes: Sequence[Note]) -> str:
    """Who took it down, by what was noted, or by its state where that was before the window."""
    stages = [STAGES[s] for _, s, bits in notes if bits & outcome("remove")]
    if stages:
        return "machine" if stages[-1] == "machine" else "person"
    if not bool(has(held.state[at], "removed")):
        return "other"
    return "machine" if bool(has(held.state[at], "machine")) else "person"
