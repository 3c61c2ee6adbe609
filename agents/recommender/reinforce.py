"""REINFORCE with top-K off-policy correction (Chen et al., WSDM 2019)."""

import math
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from agents.recommender.two_tower import TwoTower
from sim.world.rng import streams
from sim.world.state import Log, Observation, Slate

(NEGATIVES,) = streams("reinforce", "negatives")


def top_k_factor(pi: Float[Tensor, " n"], k: int) -> Float[Tensor, " n"]:
    """lambda_K = K (1 - pi)^(K - 1): how a video's chance of being in a slate of K draws moves with
    its chance in one draw. 1 when K = 1; near 0 for a video that is sure to be there already."""
    return k * (1 - pi).clamp(min=0) ** (k - 1)


def importance(log_pi: Tensor, log_beta: Tensor, cap: float) -> Tensor:
    """The policy's chance over the behaviour's, at most `cap`: less variance for a little bias."""
    return (log_pi - log_beta).clamp(max=math.log(cap)).exp()


def surrogate(
    log_pi: Float[Tensor, " n"],
    log_beta: Float[Tensor, " n"],
    reward: Float[Tensor, " n"],
    k: int,
    cap: float,
) -> Float[Tensor, " n"]:
    """What to descend: its gradient is minus the corrected policy gradient, term by term."""
    fixed = log_pi.detach()
    weight = importance(fixed, log_beta, cap) * top_k_factor(fixed.exp(), k)
    return -weight * reward * log_pi


class Reinforce(TwoTower):
    """A softmax policy over the catalogue, from the two towers' inner products.

    The towers stand for Chen et al.'s state and action vectors; the behaviour's propensities are
    those logged when the slate was drawn. The softmax's sum is estimated on `negatives` videos,
    drawn evenly. The reward is a long view less the batch's mean: a baseline that leaves the
    gradient unbiased.
    """

    cap: float = 10.0  # assumed
    temperature = 0.5  # a policy learns from what it draws: wider than the others draw
    shortlist = 64
    negatives: int = 256

    def reset(self, catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        super().reset(catalog, viewers=viewers, seed=seed, device=device)
        self.slots = 1

    def act(self, observation: Observation, slots: int, *, explore: bool = True, **truth) -> Slate:
        self.slots = slots if explore else self.slots
        return super().act(observation, slots, explore=explore, **truth)

    def columns(self, log: Log) -> dict[str, Tensor]:
        """Only what the agent itself drew has a propensity to correct with."""
        columns = super().columns(log) | {"log_beta": log.logp}
        known = log.logp.isfinite()
        return {name: column[known] for name, column in columns.items()}

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        alive = self.alive(batch["video"])
        log_pi = self.log_policy(batch)
        mean = (batch["label"] * alive).sum() / alive.sum().clamp(min=1)
        terms = surrogate(log_pi, batch["log_beta"], batch["label"] - mean, self.slots, self.cap)
        return (terms * alive).sum() / alive.sum().clamp(min=1)

    def log_policy(self, batch: dict[str, Tensor]) -> Float[Tensor, " n"]:
        """ln pi(video | viewer), with the sum over the catalogue estimated on a sample."""
        users = self.users_of(batch)
        own = (users * self.items_of(batch)).sum(1)
        live = self.catalog.eligible.nonzero().squeeze(1)
        key = self.key.fold(NEGATIVES).fold(self.rounds)
        drawn = key.integer(torch.arange(self.negatives, device=live.device), max(1, len(live)))
        others = users @ self.item_vectors(self.catalog, live[drawn]).T
        rest = others.logsumexp(1) + math.log(max(1, len(live) - 1) / self.negatives)
        return own - torch.logaddexp(own, rest)

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {"slots": self.slots}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self.slots = state["slots"]
