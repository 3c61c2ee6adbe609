"""What a platform counts of its moderation: every morning, and page by page."""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from sim.world.state import (
    AGES_WAITED,
    CASES,
    EDGES,
    HARMS,
    LANES,
    Events,
    Moderation,
    Policy,
    World,
    blank_desk,
    row_of,
)
from sim.world.state.moderation import OUTCOMES, STAGES, has, outcome

SMALL = 10  # followers below which an account is small, as in the measures
KEPT = 0.97  # of what people found, after a day; half is forgotten in three weeks; assumed
_MACHINE = {"removed": "remove", "queued": "review", "limited": "limit", "labelled": "label",
            "gated": "gate", "demonetised": "demonetise"}  # fmt: skip


class Books:
    """The figures as they stand; `desk` is what a moderator is shown of them."""

    def __init__(self, usual: Policy, days: int):
        self.desk = blank_desk(usual, 0, days)
        self.by_day: list[Tensor] = []  # (harms, bins) of each day's posts, a week at most

    def begin(self, day: int) -> None:
        """The seat is taken: days are counted from here."""
        self.first = day

    def morning(self, world: World) -> None:
        """A day begins: what was decided last night and this morning is entered."""
        held, videos = world.moderation, world.videos
        assert held is not None
        d, at = self.desk, Entries(world, held)
        cases = torch.cat([d.cases[1:], at.cases()[None]])
        lanes = torch.cat([d.lanes[1:], at.lanes()[None]])
        new = (videos.id > 0) & (videos.uploaded == world.day)
        self.by_day = [*self.by_day, _by_score(held.score[new])][-len(d.cases) :]
        self.desk = replace(
            d,
            day=int(world.day),
            cases=cases,
            lanes=lanes,
            scores=torch.stack(self.by_day).sum(0),
            graded=KEPT * d.graded + at.graded(),
            waiting=at.waiting(),
        )

    def page(self, events: Events) -> None:
        """A page was watched."""
        r = events.response
        today = self.desk.cases[-1].clone()
        today[CASES.index("impressions")] += r.seen.sum()
        today[CASES.index("reports")] += r.did("report").sum()
        self.desk = replace(self.desk, cases=torch.cat([self.desk.cases[:-1], today[None]]))


class Entries:
    """Of one morning."""

    def __init__(self, world: World, held: Moderation):
        self.world, self.held = world, held
        self.at = {name: held.decided[:, i] for i, name in enumerate(STAGES)}
        self.waits = has(held.state, "waiting") & (world.videos.id > 0) & ~world.videos.removed

    def did(self, stage: str, what: str) -> Tensor:
        return (self.at[stage] & outcome(what)) > 0

    def cases(self) -> Float[Tensor, " cases"]:
        held, videos = self.held, self.world.videos
        looked, clear = held.lane > 0, self.did("review", "clear")
        followers = self.world.creators.followers
        small = followers[row_of(videos.creator, len(followers))] < SMALL
        machine, people = self.did("machine", "remove"), self.did("review", "remove")
        back, again = self.did("appeal", "reinstate"), self.did("second look", "reinstate")
        new = (videos.id > 0) & (videos.uploaded == self.world.day)
        found = {
            "uploads": new, "impressions": new[:0], "reports": new[:0],
            **{name: self.did("machine", action) for name, action in _MACHINE.items()},
            "looked": looked, "found": looked & ~clear, "seconds": self.at["second look"] > 0,
            "back": again, "appeals": self.at["filing"] > 0, "answered": self.at["appeal"] > 0,
            "reinstated": back, "taken_small": (machine | people) & small,
            "reinstated_small": (back | again) & small, "warned": held.warned,
            "halted": held.halted, "swept": held.swept, "waiting": self.waits,
            "waited": held.waited, "hours": held.minutes / 60,
        }  # fmt: skip
        return torch.stack([found[name].sum().float() for name in CASES])

    def lanes(self) -> Float[Tensor, "lanes two"]:
        clear, lane = self.did("review", "clear"), self.held.lane
        rows = [[(lane == i + 1).sum(), ((lane == i + 1) & ~clear).sum()] for i in range(N_LANES)]
        return torch.stack([torch.stack(row) for row in rows]).float()

    def graded(self) -> Float[Tensor, "harms bins two"]:
        """What people looked at, in the queue, again, or on appeal, by kind and score."""
        bad = (self.held.lane > 0) & ~self.did("review", "clear")
        for stage in ("second look", "appeal"):
            bad = bad | self.did(stage, "uphold")
        looked = (self.held.lane > 0) | (self.at["second look"] > 0) | (self.at["appeal"] > 0)
        kind = torch.where(bad, self.held.rule - 1, self.held.score.argmax(1)).clamp(min=0)
        score = self.held.score.gather(1, kind[:, None])[:, 0]
        place = kind * BINS + torch.bucketize(score, _edges(score), right=True)
        both = torch.stack([looked, looked & bad], dim=1).float()
        none = both.new_zeros(len(HARMS) * BINS, 2)
        return none.index_add(0, place, both).view(len(HARMS), BINS, 2)

    def waiting(self) -> Float[Tensor, " ages"]:
        age = self.world.day - self.held.flagged
        bins = torch.bucketize(age, age.new_tensor(AGES_WAITED), right=True)
        none = torch.zeros(len(AGES_WAITED) + 1, device=age.device)
        return none.index_add(0, bins, self.waits.float())


N_LANES, BINS = len(LANES), len(EDGES) + 1
assert set(_MACHINE.values()) <= set(OUTCOMES)


def _edges(like: Tensor) -> Tensor:
    return torch.tensor(EDGES, device=like.device)


def _by_score(score: Float[Tensor, "some harms"]) -> Float[Tensor, "harms bins"]:
    bins = torch.bucketize(score, _edges(score), right=True)
    hot = torch.nn.functional.one_hot(bins, BINS)
    return hot.sum(0).float()
