"""Those who post, and what is in fashion."""

from dataclasses import dataclass

from jaxtyping import Bool, Float, Int
from torch import Tensor

HOUSE = ("habit", "imitator", "bandit", "planner")  # how creators of the house decide
ARMS = 8  # of a bandit: a format each, by an honest title or a tempting one


@dataclass(frozen=True)
class Creators:
    id: Int[Tensor, " creators"]  # permanent id
    niche: Int[Tensor, " creators"]  # main topic
    niche2: Int[Tensor, " creators"]
    style: Float[Tensor, "creators styles"]
    skill: Float[Tensor, " creators"]  # mean quality of the posts
    flash: Float[Tensor, " creators"]  # mean hook beyond what quality gives
    cadence: Float[Tensor, " creators"]  # posts a day, by habit
    answer: Float[Tensor, " creators"]  # elasticity of posting to attention; mostly near 0
    surprise: Float[Tensor, " creators"]  # ln of attention against the usual; 0 = as ever
    usual: Float[Tensor, " creators"]  # views a day, running mean
    fame: Float[Tensor, " creators"]  # audience brought from before day 0; relative
    followers: Int[Tensor, " creators"]
    posts: Int[Tensor, " creators"]  # ever
    views: Int[Tensor, " creators"]  # ever
    views_today: Int[Tensor, " creators"]
    # careers, which rest without money
    kind: Int[Tensor, " creators"]  # index into HOUSE
    active: Bool[Tensor, " creators"]  # False once gone, until somebody else has the row
    joined: Int[Tensor, " creators"]  # day of the first post that could be made
    left: Int[Tensor, " creators"]  # day of giving up; never, far in the past
    budget: Float[Tensor, " creators"]  # hours a day
    hours: Float[Tensor, " creators"]  # worked today
    energy: Float[Tensor, " creators"]  # 0..1
    burnout: Float[Tensor, " creators"]  # energy missing, smoothed, 0..1
    morale: Float[Tensor, " creators"]  # 0..1
    hoped: Float[Tensor, " creators"]  # views a day; a slow mean of those had
    arm: Int[Tensor, " creators"]  # a bandit's, played today
    worth: Float[Tensor, "creators arms"]  # its guess of each, ln(1 + views of a post's first day)
    tried: Int[Tensor, "creators arms"]  # days played


@dataclass(frozen=True)
class Trends:
    # extra appeal of each topic, standardised; (viewers, topics) where each has a day of its own
    strength: Float[Tensor, "... topics"]

    def of(self, topic: Int[Tensor, "shown viewers"]) -> Float[Tensor, "shown viewers"]:
        """The extra appeal of the topic of each video shown."""
        if self.strength.dim() == 1:
            return self.strength[topic]
        return self.strength.gather(1, topic.T).T


@dataclass(frozen=True)
class Buzz:
    """Shares and comments by topic: what trends live on."""

    usual: Float[Tensor, " topics"]  # each topic's usual share of them
    told: Int[Tensor, " topics"]  # had by the videos that are here, as the day began
