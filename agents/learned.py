"""A learning ranker: a network scored by inner products or pairs, trained online from a replay."""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from agents.base import ScoreAgent
from agents.blocks import part
from agents.nets import Replay, RowAdagrad, against, long_view, pairs, seeded, threads
from agents.ranges import Few, Many, Rate, Weight
from sim.world.rng import streams
from sim.world.state import Catalog, Log, Observation, Slate, row_of, rows_at

TRAIN, INIT, MEET = streams("learned", "train", "init", "meet")
SPREAD = 0.1  # standard deviation of a new embedding


class LearnedAgent(ScoreAgent):
    """Subclasses build a network, give vectors whose inner product is the score (or a `score` of
    their own), and say what the loss is.

    Data are collected into a replay; every time the runner hands over a log, some batches are drawn
    from it, every other impression from the newest. Each viewer's candidates are retrieved once in
    `refresh` pages and ranked anew on every page.
    """

    net: Any  # what `build` returned
    items: Any  # the vectors of all videos, for one page

    temperature = 0.25
    retrieved = 64
    refresh: Few = 4  # pages that retrieved candidates serve
    replay_size: Many = 400_000
    batch: Many = 4096
    widest: Many = 32_768  # impressions in a batch where one log holds millions
    learning_rate: Rate = 0.05  # of embeddings, by rows
    dense_rate: Rate = 0.003  # of all else
    weight_decay: Rate = 0.0
    most_updates: Few = 24
    passes: Weight = 2.0  # times that each impression is learned from, on average

    def build(self, catalog: Catalog) -> nn.Module:
        """The network. Layers of torch are given weights from the agent's key (nets.seeded), tables
        with sparse gradients learn by rows, all else by Adam; names do not matter. A parameter
        without a layer stays as it is made: make it of constants, or of draws from `self.key`."""
        raise TypeError(f"{type(self).__name__} must define build(catalog)")

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        raise TypeError(f"{type(self).__name__} must define loss(batch)")

    def user_vectors(self, observation: Observation) -> Float[Tensor, "awake vector"]:
        """The inner product with an item's vector is the score."""
        raise TypeError(f"{type(self).__name__} must define user_vectors, or score")

    def item_vectors(self, catalog: Catalog, row: Int[Tensor, "*some"]) -> Tensor:
        raise TypeError(f"{type(self).__name__} must define item_vectors, or score")

    def video_tables(self) -> list[Tensor]:
        """Weights with one row per video; rows of new videos start from 0."""
        return []

    def viewer_tables(self) -> list[Tensor]:
        """Weights with one row per viewer; rows of new viewers start from small draws."""
        return []

    def forget(self, row: Int[Tensor, " new"]) -> None:
        """What else a subclass holds per viewer is blanked for new viewers."""

    def columns(self, log: Log) -> dict[str, Tensor]:
        """What the replay keeps of each impression."""
        return {
            "viewer": row_of(log.viewer, self.viewers),
            "video": log.video,
            "label": self.label(log),
        }

    def label(self, log: Log) -> Float[Tensor, " n"]:
        """What a good impression is: a long view, 0 or 1; or the runner's objective on the fixed
        scale that it comes with (one without a scale is taken as it is). A reward has one label,
        whatever else the log holds, and expected labels stand in the order of expected rewards."""
        if self.objective is None:
            return long_view(log).float()
        usual, spread = (
            getattr(self.objective, k, v) for k, v in (("usual", 0.0), ("spread", 1.0))
        )
        return (self.objective(log).float() - usual) / spread

    def expected(self, score: Tensor) -> Tensor:
        """The label that a score stands for."""
        return torch.sigmoid(score) if self.objective is None else score

    def misfit(self, score: Tensor, label: Tensor) -> Tensor:
        """The loss of each score, least at the expected label: its gradient is `expected(score) -
        label`. Logistic where labels are yes or no; squared where they are rewards, which have no
        bounds, so that a rare strong one counts for what it is."""
        if self.objective is None:
            return F.binary_cross_entropy_with_logits(score, label, reduction="none")
        return (score - label).square() / 2

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        super().reset(catalog, viewers=viewers, seed=seed, device=device)
        self.catalog = catalog
        with torch.random.fork_rng(devices=[]):  # torch's layers draw, then ours overwrite
            net = self.build(catalog).to(device)
        self.net = seeded(net, self.key.fold(INIT), SPREAD)
        self.optimizer = RowAdagrad(
            self.net, self.learning_rate, self.weight_decay, self.dense_rate
        )
        self.replay = Replay(self.replay_size, self.device)
        self.rounds = torch.zeros((), dtype=torch.int64, device=device)
        self.names = torch.arange(1, viewers + 1, device=device)
        width = self.retrieved + self.explorers
        self.held = torch.zeros(viewers, width, dtype=torch.int32, device=device)
        self.held_at = torch.full((viewers,), -1, dtype=torch.int64, device=device)

    @torch.no_grad()
    def on_catalog(self, catalog: Catalog, reborn: Tensor) -> None:
        """Rows that got a new video forget the old one's vector."""
        self.catalog = catalog
        for table in self.video_tables():
            table[reborn] = 0.0
            self.optimizer.forget(table, reborn)

    @torch.no_grad()
    def meet(self, observation: Observation) -> None:
        """Rows that got a new viewer forget the old one."""
        fresh = rows_at(self.names, observation.row) != observation.viewer
        row, name = observation.row[fresh], observation.viewer[fresh]
        self.names[row] = name
        self.held_at[row] = -1
        self.forget(row)
        for i, table in enumerate(self.viewer_tables()):
            draw = self.key.fold(MEET).fold(i)
            table[row] = SPREAD * draw.normal(name, *table.shape[1:])
            self.optimizer.forget(table, row)

    @torch.no_grad()
    def act(self, observation: Observation, slots: int, *, explore: bool = True, **truth) -> Slate:
        self.meet(observation)
        self.prepare(observation.catalog)
        self.caching = explore  # what is only evaluated leaves no trace
        return super().act(observation, slots, explore=explore, **truth)

    def prepare(self, catalog: Catalog) -> None:
        """What all blocks of a page share: the vectors of all videos."""
        rows = torch.arange(self.capacity, device=self.device)
        self.items = self.item_vectors(catalog, rows)

    def score(self, observation: Observation, ids: Tensor) -> Tensor:
        row = row_of(ids, self.capacity)
        users = self.user_vectors(observation)
        if ids.dim() == 1:
            return against(users, self.items[row])
        return pairs(users, self.items, row)

    def retrieve(
        self, observation: Observation, ids: Int[Tensor, " pool"], slots: int, **truth
    ) -> Int[Tensor, "awake retrieved"]:
        """As in ScoreAgent, but kept for some pages of the day, and enough for all of them."""
        pages = min(self.refresh, self.retrieved // slots)
        if not self.caching or pages < 2:
            return self.search(observation, ids, slots, **truth)
        row, catalog = observation.row, observation.catalog
        now = observation.day * 1000 + observation.page // pages
        due = (rows_at(self.held_at, row) != now).nonzero().squeeze(1)
        if len(due):
            found = self.search(part(observation, due), ids, slots * pages, **truth)
            found = nn.functional.pad(found, (0, self.held.shape[1] - found.shape[1]))
            place = torch.where(found > 0, row_of(found, self.capacity) + 1, 0)
            self.held[row[due]], self.held_at[row[due]] = place.int(), now
        names = nn.functional.pad(catalog.id.where(catalog.eligible, 0), (1, 0))
        return rows_at(names, rows_at(self.held, row))

    def learn(self, log: Log) -> Mapping[str, float]:
        if not len(log):
            return {}
        with threads(1):
            columns = self.columns(log)
            newest = len(next(iter(columns.values()), ()))
            if newest:
                self.replay.add(**columns)
            self.catalog = log.catalog
            loss = self.train(newest)
        return {"loss": loss}

    def train(self, newest: int) -> float:
        """Some batches down the loss; returns its mean."""
        if not self.replay.filled:
            return 0.0
        wanted = self.passes * newest
        updates = max(1, min(self.most_updates, round(wanted / self.batch)))
        size = int(min(self.widest, max(self.batch, wanted / updates)))
        total, key = torch.zeros((), device=self.device), self.key.fold(TRAIN)
        # drawn together: a draw of few numbers costs its sixty calls
        drawn = self.replay.sample(key.fold(self.rounds), updates * size, newest)
        self.rounds = self.rounds + 1
        for start in range(0, updates * size, size):
            batch = {name: column[start : start + size] for name, column in drawn.items()}
            total += self.descend(batch)
        return float(total) / updates

    def descend(self, batch: dict[str, Tensor]) -> Tensor:
        """One step down the loss of a batch, which is returned."""
        loss = self.loss(batch)
        self.optimizer.step(loss)
        return loss.detach()

    def alive(self, video: Int[Tensor, " n"]) -> Float[Tensor, " n"]:
        """1 where a video's row still holds that video."""
        return (rows_at(self.catalog.id, row_of(video, self.capacity)) == video).float()

    def state_dict(self) -> dict[str, Any]:
        return {
            **super().state_dict(),
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "replay": self.replay.state_dict(),
            "rounds": self.rounds,
            "names": self.names,
            "held": self.held,
            "held_at": self.held_at,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.replay.load_state_dict(state["replay"])
        for name in ("rounds", "names", "held", "held_at"):
            setattr(self, name, state[name].clone().to(self.device))
