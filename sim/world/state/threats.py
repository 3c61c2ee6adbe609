"""What is posted to do harm, by whom, and what it does to viewers. All of it is hidden."""

from dataclasses import dataclass

from jaxtyping import Bool, Float, Int
from torch import Tensor

# Who harms; all but the last post. A brigade reports what others post.
KINDS = ("clickbait", "misinformation", "scam", "vulnerable", "spam", "ring", "brigade")
HARM_OF = (
    1,
    2,
    3,
    4,
    1,
    5,
    0,
)  # of each kind's posts; 1 is the first of HARMS (state/policy.py), 0 none
GOALS = ("reach", "money", "harm")
GOAL_OF = (0, 2, 1, 2, 0, 1, 2)  # of each kind, index into GOALS
# What an actor may do on a day besides posting as it is: move the features that a classifier looks
# for, split its posts over all its accounts, imitate trusted creators, buy engagement, or wait.
TACTICS = ("plain", "move", "split", "imitate", "buy", "wait")


@dataclass(frozen=True)
class Actors:
    """Who runs accounts to do harm; a row each, and what each has learned of its own posts."""

    kind: Int[Tensor, " actors"]  # index into KINDS
    budget: Float[Tensor, " actors"]  # in days' allowances
    tactic: Int[Tensor, " actors"]  # today's, index into TACTICS
    account: Int[Tensor, " actors"]  # which of its accounts it posts from, from 0
    moved: Float[Tensor, " actors"]  # evasion that it knows how to reach by moving features
    posts: Float[Tensor, "actors tactics"]  # made so, those of long ago forgotten in part
    gone: Float[Tensor, "actors tactics"]  # of them, removed
    gain: Float[Tensor, "actors tactics"]  # what they brought, by its goal


@dataclass(frozen=True)
class Threats:
    actors: Actors
    actor: Int[Tensor, " creators"]  # 1 + the row of the actor that runs it; 0 = honest
    # of each video
    harm: Int[Tensor, " videos"]  # int8; 0 none, else 1 + index into HARMS
    severity: Float[Tensor, " videos"]  # 0..1
    evasion: Float[Tensor, " videos"]  # how far it was moved from what a classifier looks for, sd
    tactic: Int[Tensor, " videos"]  # with which it was posted, index into TACTICS
    noticed: Bool[Tensor, " videos"]  # its actor knows that it was removed
    done: Int[Tensor, " videos"]  # harm done today, thousandths; written in place
    # of each viewer; what exposure changes is written in place
    bot: Bool[Tensor, " viewers"]  # a fake account, run by whoever pays
    errand: Int[Tensor, " viewers"]  # 1 + the row of the actor that it works for today; 0 none
    vulnerability: Float[Tensor, "viewers harms"]  # mean 1
    craving: Float[Tensor, "viewers harms"]  # 0..1; what was seen draws to more of it
    harmed: Float[Tensor, "viewers harms"]  # harm that is left of what was seen
    trust: Float[Tensor, " viewers"]  # in the platform, 0..1
    zeal: Float[Tensor, " viewers"]  # how readily each reports, mean 1
    lost: Int[Tensor, " viewers"]  # to scams, ever; micro-units
    targets: Int[Tensor, "actors targets"]  # ids of the videos that bots open today; 0 = none
