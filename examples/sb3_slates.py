"""Stable-Baselines3 at the recommender's seat: an adapter for many seats, and a policy with one
small scorer that all candidates share.

A policy that reads the observation as one long vector has to learn each place among the candidates
anew, though a place tells nothing. Here the vector is laid out as the table that it is; one network
scores every row, and a slate is drawn from the scores by Plackett and Luce, without replacement.
"""

from typing import Any

import gymnasium
import numpy as np
import torch
from sb3_rows import MadeVecEnv
from stable_baselines3.common.distributions import MultiCategoricalDistribution
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor, nn

from sim.seats.recommender.spaces import HISTORY, VIDEO, VIEWER

SCALE = 5.0  # of logarithms and ages, to about the size of the other numbers


class SeatsVecEnv(MadeVecEnv):
    """Many seats as Stable-Baselines3 wants them; keyword arguments as for gymnasium.make."""

    environment, rows = "ShortVideo/Recommender-v0", "seats side by side"

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list:
        """What a method tells, a row for each seat, as sb3-contrib asks for `action_masks`."""
        told = getattr(self.together.unwrapped, method_name)(*args, **kwargs)
        return [told[i] for i in self._get_indices(indices)]


class Table(BaseFeaturesExtractor):
    """The observation as a table, a row for each candidate: whether it is offered; its own numbers;
    the viewer's; and how its features agree with those of what the viewer watched last."""

    def __init__(self, observation_space: gymnasium.spaces.Dict):
        self.count = observation_space["candidate_mask"].shape[0]
        self.width = 1 + VIDEO + VIEWER + VIDEO
        super().__init__(observation_space, self.count * self.width)

    def forward(self, seen: dict[str, Tensor]) -> Tensor:
        rows = len(seen["viewer"])
        video = _even(seen["candidates"].view(rows, self.count, VIDEO))
        past = seen["history"].view(rows, -1, HISTORY)
        weight = past[..., VIDEO:].sum(2, keepdim=True)  # ln seconds watched, and 1 for a like
        taste = (_even(past[..., :VIDEO]) * weight).sum(1) / weight.sum(1).clamp(min=1)
        offered = seen["candidate_mask"].float()[..., None]
        viewer = seen["viewer"][:, None].expand(-1, self.count, -1)
        return torch.cat([offered, video, viewer, video * taste[:, None]], dim=2).flatten(1)


def _even(video: Tensor) -> Tensor:
    """Features as they are, logarithms and the like to their size."""
    signals, rest = video.split([40, VIDEO - 40], dim=-1)
    return torch.cat([signals, rest / SCALE], dim=-1)


class Scorer(nn.Module):
    """One network for all rows gives their scores, another the value of the whole table."""

    def __init__(self, count: int, width: int, hidden: int = 64):
        super().__init__()
        self.count, self.latent_dim_pi, self.latent_dim_vf = count, count, hidden
        self.score = nn.Sequential(
            nn.Linear(width - 1, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh(),
            nn.Linear(hidden, 1),
        )  # fmt: skip
        self.value = nn.Sequential(nn.Linear(width, hidden), nn.Tanh())

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        return self.forward_actor(features), self.forward_critic(features)

    def forward_actor(self, features: Tensor) -> Tensor:
        table = features.view(len(features), self.count, -1)
        score = self.score(table[..., 1:])[..., 0]
        return score.masked_fill(table[..., 0] == 0, -1e9)

    def forward_critic(self, features: Tensor) -> Tensor:
        return self.value(features.view(len(features), self.count, -1).mean(1))


class PlackettLuce(MultiCategoricalDistribution):
    """Slates drawn place by place without replacement, each place by softmax of what is left."""

    def __init__(self, count: int, slots: int):
        super().__init__([count] * slots)
        self.slots = slots

    def proba_distribution_net(self, latent_dim: int) -> nn.Module:
        return nn.Identity()  # the latent numbers are the scores

    def proba_distribution(self, action_logits: Tensor) -> "PlackettLuce":
        self.scores = action_logits
        return self

    def log_prob(self, actions: Tensor) -> Tensor:
        actions = actions.long().view(-1, self.slots)
        chosen = self.scores.gather(1, actions)
        rest = self.scores.scatter(1, actions, -torch.inf).logsumexp(1, keepdim=True)
        left = torch.cat([rest, chosen.flip(1)], dim=1).logcumsumexp(1)[:, 1:].flip(1)
        return (chosen - left).sum(1)

    def entropy(self) -> None:
        return None  # in no closed form; PPO goes by the mean of -log_prob

    def sample(self) -> Tensor:
        noise = -torch.empty_like(self.scores).exponential_().log()
        return (self.scores + noise).topk(self.slots, dim=1).indices

    def mode(self) -> Tensor:
        return self.scores.topk(self.slots, dim=1).indices


class SharedScorerPolicy(ActorCriticPolicy):
    """For PPO and A2C: `PPO(SharedScorerPolicy, SeatsVecEnv(64))`."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"features_extractor_class": Table, **kwargs})

    def _build_mlp_extractor(self) -> None:
        table = self.features_extractor
        self.mlp_extractor = Scorer(table.count, table.width).to(self.device)

    def _build(self, lr_schedule: Any) -> None:
        slots = np.prod(self.action_space.shape, dtype=int)
        self.action_dist = PlackettLuce(self.features_extractor.count, int(slots))
        super()._build(lr_schedule)
        with torch.no_grad():  # even chances to begin with
            self.mlp_extractor.score[-1].weight.mul_(0.01)
