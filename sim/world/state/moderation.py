"""What the platform thinks of videos and did about them."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor


@dataclass(frozen=True)
class Moderation:
    score: Float[Tensor, "videos harms"]  # of the classifier, at upload
    state: Int[Tensor, " videos"]  # bits; 0 = clear
