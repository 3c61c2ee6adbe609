"""Why was this video shown? The parts of the score, and where it would stand without each."""

from dataclasses import dataclass

import torch
from torch import Tensor

from agents.explained import explained, scores
from sim.lab.explain.words import PARTS, say
from sim.lab.studio.topics import topic_name
from sim.presets.errors import BadInput
from sim.seats.clock import Clock
from sim.seats.recommender.view import observe, truth
from sim.world.state import row_of, take


@dataclass(frozen=True)
class Reason:
    viewer: int
    video: int
    topic: int
    score: float
    rank: int  # from 1, among all that could be shown to the viewer
    of: int
    parts: dict[str, float]  # sum to the score
    without: dict[str, int]  # the rank without each
    gap: float  # to the best score
    exact: bool

    def text(self, lang: str = "en") -> str:
        told = {"viewer": self.viewer, "video": self.video, "rank": self.rank, "of": self.of}
        topic, score = topic_name(self.topic, lang), f"{self.score:.3f}"
        lines = [say("shown", lang, topic=topic, score=score, **told)]
        for name, value in sorted(self.parts.items(), key=lambda pair: -abs(pair[1])):
            word = PARTS[name] if lang == "zh" else name
            lines.append("  " + say("part", lang, name=word, value=f"{value:+.3f}",
                                    rank=self.without[name]))  # fmt: skip
        lines.append(say("exact" if self.exact else "approximate", lang))
        lines.append(say("gap", lang, gap=f"{self.gap:.3f}"))
        return "\n".join(lines)


def reason(clock: Clock, at: int, video: int | None) -> Reason:
    """For the viewer at place `at` of those who ask. Raises BadInput."""
    request = take(clock.request, slice(at, at + 1))
    world, rules, listing = clock.world, clock.rules, clock.listing
    seen = observe(world, rules, request, clock.day, clock.page, listing)
    agent = clock.resident.agent
    if not scores(agent):
        cure = "Ask of an agent with a score, such as mf."
        raise BadInput("only a score has parts", type(agent).__name__, cure)
    ids = listing.id[listing.eligible]
    ids = ids[~seen.shown(ids)[0]]
    secret = {"truth": truth(world, rules, request)} if clock.resident.privileged else {}
    found = explained(agent, seen, ids, **secret)
    score = found.score[0]
    place = _place(ids, score, video)
    parts = {name: x[0] for name, x in found.parts.items()}
    return Reason(
        viewer=int(request.viewer[0]),
        video=int(ids[place]),
        topic=int(listing.topic[row_of(ids[place], listing.capacity)]),
        score=float(score[place]),
        rank=_rank(score, place),
        of=len(ids),
        parts={name: float(x[place]) for name, x in parts.items()},
        without={name: _rank(score - x, place) for name, x in parts.items()},
        gap=float(score.max() - score[place]),
        exact=found.exact,
    )


def _place(ids: Tensor, score: Tensor, video: int | None) -> int:
    if not len(ids):
        raise BadInput("there is something to show", 0, "Ask earlier, or of a larger world.")
    if video is None:
        return int(score.argmax())
    where = (ids == video).nonzero().squeeze(1)
    if not len(where):
        cure = "It is gone, limited, too old, or was shown to this viewer before."
        raise BadInput("a video could be shown to the viewer", video, cure)
    return int(where[0])


def _rank(score: Tensor, place: int) -> int:
    """From 1; of equals the best place."""
    return 1 + int((score > score[place] + 1e-6 * torch.finfo(score.dtype).eps).sum())
