"""A learning ranker: a network scored by inner products or pairs, trained online from a replay."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from agents.base import ScoreAgent
from agents.nets import Replay, long_view, seeded, threads
from sim.world.state import Catalog, Log, Observation

TRAIN = 10  # stream


class LearnedAgent(ScoreAgent):
    """Subclasses build a network, say how it scores a pool, and what its loss is.

    Data are collected into a replay; every time the runner hands over a log, `updates` batches are
    drawn from it, the newest impressions first among them.
    """

    temperature = 0.25
    replay_size: int = 400_000
    batch: int = 2048
    learning_rate: float = 0.005
    weight_decay: float = 0.0
    most_updates: int = 24
    passes: float = 1.0  # times that each impression is learned from, on average

    def build(self, catalog: Catalog) -> nn.Module:
        raise TypeError(f"{type(self).__name__} must define build(catalog)")

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        raise TypeError(f"{type(self).__name__} must define loss(batch)")

    def columns(self, log: Log) -> dict[str, Tensor]:
        """What the replay keeps of each impression."""
        return {
            "viewer": (log.viewer - 1) % self.viewers,
            "video": log.video,
            "label": long_view(log),
        }

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        super().reset(catalog, viewers=viewers, seed=seed, device=device)
        self.net = seeded(self.build(catalog).to(device), self.key.fold(1))
        self.optimizer = torch.optim.Adam(
            self.net.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )
        self.replay = Replay(self.replay_size, self.device)
        self.rounds = torch.zeros((), dtype=torch.int64, device=device)
        self.names = torch.zeros(viewers, dtype=torch.int64, device=device)
        self.catalog = catalog

    @torch.no_grad()
    def on_catalog(self, catalog: Catalog, reborn: Tensor) -> None:
        """Rows that got a new video forget the old one's vector."""
        self.catalog = catalog
        for table in self.video_tables():
            table[reborn] = 0.0

    def video_tables(self) -> list[Tensor]:
        """Weights with one row per video."""
        return []

    def viewer_tables(self) -> list[Tensor]:
        """Weights with one row per viewer."""
        return []

    @torch.no_grad()
    def meet(self, observation: Observation) -> None:
        """Rows that got a new viewer forget the old one."""
        fresh = self.names[observation.row] != observation.viewer
        row = observation.row[fresh]
        self.names[row] = observation.viewer[fresh]
        for table in self.viewer_tables():
            table[row] = 0.0

    @torch.no_grad()
    def act(self, observation: Observation, slots: int, *, explore: bool = True, **truth):
        self.meet(observation)
        return super().act(observation, slots, explore=explore, **truth)

    def learn(self, log: Log) -> Mapping[str, float]:
        if not len(log):
            return {}
        self.replay.add(**self.columns(log))
        self.catalog = log.catalog
        updates = max(1, min(self.most_updates, round(self.passes * len(log) / self.batch)))
        total = torch.zeros((), device=self.device)
        with threads(1):
            for _ in range(updates):
                batch = self.replay.sample(self.key.fold(TRAIN).fold(self.rounds), self.batch)
                self.rounds = self.rounds + 1
                loss = self.loss(batch)
                self.optimizer.zero_grad(set_to_none=True)
                loss.backward()
                self.optimizer.step()
                total += loss.detach()
        return {"loss": float(total) / updates}

    def state_dict(self) -> dict[str, Any]:
        return {
            **super().state_dict(),
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "replay": self.replay.state_dict(),
            "rounds": self.rounds,
            "names": self.names,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.replay.load_state_dict(state["replay"])
        self.rounds, self.names = state["rounds"].to(self.device), state["names"].to(self.device)
