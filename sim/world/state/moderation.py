"""What the platform thinks of videos and accounts, and what it did about them."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state.policy import ACTIONS, HARMS, LANES

# What holds of a video, a bit each: the first five are measures; `waiting` stands in the queue;
# `appealed`: its creator objects, or did; `cleared`: a person found nothing; `machine`: the
# measures are the machine's; `checked`: a person has looked at it.
STATES = (
    "removed", "limited", "labelled", "gated", "demonetised",
    "waiting", "appealed", "cleared", "machine", "checked",
)  # fmt: skip
MEASURES = {"remove": "removed", "limit": "limited", "label": "labelled", "gate": "gated",
            "demonetise": "demonetised"}  # fmt: skip
# Who decides, in the order of a night and the morning after: creators appeal, people answer
# appeals, look at the machine's removals, work off the queue; the machine judges the day's posts.
STAGES = ("filing", "appeal", "second look", "review", "machine")
OUTCOMES = (*ACTIONS, "clear", "uphold", "reinstate", "appeal")  # a bit each
WORK = ("appeals", "second looks", *LANES)  # what staff spend their minutes on


def bit(name: str) -> int:
    return 1 << STATES.index(name)


def has(
    state: Int[Tensor, "*videos"], *names: str, without: tuple[str, ...] = ()
) -> Bool[Tensor, "*videos"]:
    """Where all this holds of a video, and nothing of what it is to be `without`; by the names of
    STATES."""
    if len(names) == 1 and not without:
        return (state & bit(names[0])).bool()  # a comparison takes four times as long
    want = sum(map(bit, names))
    asked = want | sum(map(bit, without))
    return ~((state & asked) ^ want).bool() if want else ~(state & asked).bool()


def outcome(name: str) -> int:
    return 1 << OUTCOMES.index(name)


@dataclass(frozen=True)
class Moderation:
    # of each video
    score: Float[Tensor, "videos harms"]  # of the classifier, at upload, 0..1
    seems: Float[Tensor, " videos"]  # how like a violation it looks to people; hidden
    state: Int[Tensor, " videos"]  # bits by STATES
    rule: Int[Tensor, " videos"]  # kind of harm that it was last judged by, from 1; 0 none
    flagged: Int[Tensor, " videos"]  # day since which it waits
    gone: Int[Tensor, " videos"]  # day of its last removal
    told: Int[Tensor, " videos"]  # reports as the day began
    decided: Int[Tensor, "videos stages"]  # last night and this morning: bits by OUTCOMES
    lane: Int[Tensor, " videos"]  # by what a person came to it last night, from 1; 0 nobody did
    waited: Int[Tensor, " videos"]  # days in the queue, of those looked at last night
    # of each creator
    strikes: Int[Tensor, " creators"]
    suspended: Int[Tensor, " creators"]  # may not post before this day
    warned: Int[Tensor, " creators"]  # strikes of last night and this morning
    halted: Bool[Tensor, " creators"]  # suspended then
    # of each viewer
    swept: Bool[Tensor, " viewers"]  # account closed last night as a bot's
    minutes: Float[Tensor, " work"]  # of staff, last night, by WORK


def blank_moderation(videos: int, creators: int, viewers: int, device) -> Moderation:
    """Nobody has looked at anything yet."""

    def whole(*shape):
        return torch.zeros(shape, dtype=torch.int64, device=device)

    return Moderation(
        score=torch.zeros(videos, len(HARMS), device=device),
        seems=torch.zeros(videos, device=device), state=whole(videos), rule=whole(videos),
        flagged=whole(videos), gone=whole(videos), told=whole(videos),
        decided=whole(videos, len(STAGES)), lane=whole(videos), waited=whole(videos),
        strikes=whole(creators), suspended=whole(creators) - 10_000, warned=whole(creators),
        halted=whole(creators).bool(), swept=whole(viewers).bool(),
        minutes=torch.zeros(len(WORK), device=device),
    )  # fmt: skip
