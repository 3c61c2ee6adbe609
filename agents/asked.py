"""What answers would add to a reward: few viewers are asked, so answers are pooled over content.

Where a reward counts a survey's answer and guesses it elsewhere, as most impressions are not asked,
the guess is of what was done, and misses what is afterwards made of a video: bait holds the eye
and disappoints. Answers tell it, if they are pooled by what videos are about.
"""

from collections.abc import Callable
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from sim.world.state import Log

FADE = 0.999  # of the sums, a log
RIDGE = 3.0  # answers' worth of nothing known, in each part


class Asked:
    """Least squares of what an answer added to the reward of its impression, on the content x of
    the video and on the score s that the agent had given it:

        added = c . x + b s + constant.

    By answers, then, an impression is worth (1 + b) s + c . x, in units of labels; and videos stand
    in the order of s + c . x / (1 + b). That is unbiased whatever the guess was (the idea of doubly
    robust estimation; Dudik et al., ICML 2011), but for what is not linear.
    """

    def __init__(self, width: int, device: torch.device):
        size = width + 2
        self.gram = torch.zeros(size, size, dtype=torch.float64, device=device)
        self.cross = torch.zeros(size, dtype=torch.float64, device=device)

    def add(self, x: Float[Tensor, "n width"], score: Float[Tensor, " n"], added: Tensor) -> None:
        """Impressions whose viewers were asked."""
        rows = torch.cat([x, score[:, None], torch.ones_like(score[:, None])], dim=1).double()
        self.gram = FADE * self.gram + rows.T @ rows
        self.cross = FADE * self.cross + rows.T @ added.double()

    def bonus(self, x: Float[Tensor, "n width"]) -> Float[Tensor, " n"]:
        """What videos' content is worth to those asked, beside the score; labels' units."""
        ridge = RIDGE * torch.eye(len(self.cross), dtype=torch.float64, device=x.device)
        told = torch.linalg.solve(self.gram + ridge, self.cross)
        return (x @ told[:-2].float()) / (1 + told[-2].float().clamp(min=0))

    def state_dict(self) -> dict[str, Tensor]:
        return {"gram": self.gram, "cross": self.cross}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        for name in ("gram", "cross"):
            setattr(self, name, state[name].clone().to(self.gram.device))


def added(objective: Callable[[Log], Tensor], log: Log) -> Float[Tensor, " n"]:
    """What answers added to the rewards of a log, in units of labels; 0 where nobody was asked."""
    without = objective(replace(log, survey=torch.zeros_like(log.survey)))
    return (objective(log) - without).float() / getattr(objective, "spread", 1.0)
