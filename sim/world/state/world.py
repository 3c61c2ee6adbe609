"""The whole platform at one moment."""

from dataclasses import dataclass

from jaxtyping import Int
from torch import Tensor

from sim.world.state.brand import Brand, Minded
from sim.world.state.creators import Buzz, Creators, Trends
from sim.world.state.moderation import Moderation
from sim.world.state.money import Money
from sim.world.state.threats import Threats
from sim.world.state.videos import Videos
from sim.world.state.viewers import Memory, Mood, Viewers


@dataclass(frozen=True)
class World:
    day: Int[Tensor, ""]
    page: Int[Tensor, ""]  # within the day
    viewers: Viewers
    mood: Mood
    memory: Memory
    videos: Videos
    creators: Creators
    trends: Trends
    buzz: Buzz
    brand: Brand | None  # what audiences hold of creators; None without money
    head: Int[Tensor, ""]  # row of the ring where the next video is published
    money: Money | None = None  # None where it rests
    minded: Minded | None = None  # of videos, worked out every morning; None without brands
    threats: Threats | None = None  # likewise
    moderation: Moderation | None = None  # likewise

    @property
    def device(self):
        return self.day.device
