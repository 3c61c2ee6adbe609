"""A stage: a tiny made-up platform, out of nouns alone, on which any agent can be tried."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.rng import Key, key
from sim.world.state import (
    COUNTS,
    FEATURES,
    Catalog,
    Log,
    Observation,
    Slate,
    Truth,
    lent,
    row_of,
)

PROFILE = 13  # width of the public viewer features
TOPICS, CREATORS = 6, 12
RECENT = 5  # videos that an observation recalls
(LOOK, TASTE, WATCH, AWAKE) = range(4)  # streams


class Stage:
    """`viewers` people and a ring of `capacity` videos, a sixth of whose rows were never used.

    People like a video by `taste` (viewers, capacity), unless told otherwise drawn at random; who
    likes one watches it to the end, others 2 s of it.
    """

    def __init__(self, viewers: int = 48, capacity: int = 240, seed: int = 0, taste=None):
        self.key: Key = key(seed)
        self.names = torch.arange(1, viewers + 1)
        self.capacity, self.day, self.page = capacity, 0, 0
        row = torch.arange(capacity)
        draw = self.key.fold(LOOK)
        used = row < capacity * 5 // 6
        self.taste: Bool[Tensor, "viewers videos"] = (
            self.key.fold(TASTE).uniform(self.names, capacity) < 0.3 if taste is None else taste
        )
        topic = draw.fold(0).integer(row, TOPICS)
        self.catalog = Catalog(
            id=(row + 1) * used,
            eligible=used,
            age=row % 7,
            creator=1 + draw.fold(1).integer(row, CREATORS),
            followers=draw.fold(2).integer(row, 1000),
            topic=topic,
            topic2=topic,
            duration=8 + 60 * draw.fold(3).uniform(row),
            feature=draw.fold(4).normal(row, sum(FEATURES.values())),
            counts=torch.zeros(capacity, len(COUNTS), dtype=torch.int64),
            heat=torch.zeros(capacity),
        )
        self.seen = torch.zeros(viewers, capacity, dtype=torch.bool)
        self.history = {
            "history": torch.zeros(viewers, RECENT, dtype=torch.int64),
            "history_watch": torch.zeros(viewers, RECENT),
            "history_liked": torch.zeros(viewers, RECENT, dtype=torch.bool),
        }

    def observe(self, row: Tensor | None = None, candidates: Tensor | None = None) -> Observation:
        """What the viewers at `row`, or all, would be served for."""
        row = torch.arange(len(self.names)) if row is None else row
        n = len(row)

        def shown(ids: Tensor, some: slice | Tensor = slice(None)) -> Tensor:
            who = row[some]
            video = row_of(ids, self.capacity).expand(len(who), -1)
            return self.seen[who].gather(1, video)

        return Observation(
            viewer=self.names[row],
            row=row.clone(),
            day=self.day,
            page=self.page,
            hour=torch.full((n,), 12.0),
            profile=self.profile(row),
            history=self.history["history"][row],
            history_watch=self.history["history_watch"][row],
            history_liked=self.history["history_liked"][row],
            follows=torch.zeros(n, 4, dtype=torch.int64),
            catalog=lent(self.catalog),
            candidates=None if candidates is None else candidates.clone(),
            shown=shown,
        )

    def profile(self, row: Tensor) -> Float[Tensor, "n profile"]:
        return torch.nn.functional.one_hot(row % PROFILE, PROFILE).float()

    def truth(self, row: Tensor) -> Truth:
        """What a privileged agent is handed."""

        def look(rows: Tensor, some: slice | Tensor = slice(None)) -> Tensor:
            taste = self.taste[row[some]]
            return (taste[:, rows] if rows.dim() == 1 else taste.gather(1, rows)).float()

        return Truth(appeal=look, satisfaction=look)

    def watch(self, observation: Observation, slate: Slate) -> Log:
        """People watch what they are shown; the catalogue counts it; the log of it."""
        who, slot = (slate.ids > 0).nonzero(as_tuple=True)
        before = {name: held[observation.row] for name, held in self.history.items()}
        ids, row = slate.ids[who, slot], observation.row[who]
        video = row_of(ids, self.capacity)
        liked, duration = self.taste[row, video], self.catalog.duration[video]
        seconds = torch.where(liked, duration, 2.0)
        self.seen[row, video] = True
        whole = torch.zeros_like(slate.ids)
        self._recall(
            observation.row,
            slate.ids,
            whole.float().index_put((who, slot), seconds),
            whole.bool().index_put((who, slot), liked),
        )
        step = torch.zeros_like(self.catalog.counts)
        step[:, COUNTS.index("views")].index_add_(0, video, torch.ones_like(video))
        step[:, COUNTS.index("long_views")].index_add_(0, video, liked.long())
        heat = self.catalog.heat + step[:, 0]
        self.catalog = replace(self.catalog, counts=self.catalog.counts + step, heat=heat)
        self.page += 1
        logp = slate.logp
        return Log(
            viewer=observation.viewer[who],
            video=ids,
            day=torch.full_like(ids, self.day),
            slot=slot,
            watch=seconds,
            duration=duration,
            flags=liked.int(),
            survey=torch.zeros(len(ids)),
            left=torch.zeros(len(ids), dtype=torch.bool),
            logp=torch.full((len(ids),), torch.nan) if logp is None else logp[who, slot],
            profile=observation.profile[who],
            catalog=lent(self.catalog),
            page=torch.full_like(ids, self.page - 1),
            hour=torch.full((len(ids),), 12.0),
            source=torch.zeros_like(ids),
            visit=who,
            visit_history=before["history"],
            visit_history_watch=before["history_watch"],
            visit_history_liked=before["history_liked"],
        )

    def _recall(self, row: Tensor, ids: Tensor, watch: Tensor, liked: Tensor) -> None:
        """Viewers remember the last of what they watched, newest last; ids (n, slots)."""
        ids = torch.cat([self.history["history"][row], ids], dim=1)
        order = (ids > 0).to(torch.uint8).argsort(dim=1, stable=True)[:, -RECENT:]
        for name, new in (("history_watch", watch), ("history_liked", liked)):
            old = self.history[name][row]
            self.history[name][row] = torch.cat([old, new], dim=1).gather(1, order)
        self.history["history"][row] = ids.gather(1, order)

    def night(self, videos: int = 0, viewers: int = 0) -> Int[Tensor, " reborn"]:
        """The next day: the first rows get new videos and new viewers; returns the videos' rows."""
        reborn, new = torch.arange(videos), torch.arange(viewers)
        name = self.catalog.id.clone()
        name[reborn] += self.capacity
        counts, heat = self.catalog.counts.clone(), self.catalog.heat.clone()
        counts[reborn], heat[reborn] = 0, 0.0
        self.catalog = replace(self.catalog, id=name, counts=counts, heat=heat)
        self.names = self.names.clone()
        self.names[new] += len(self.names)
        self.seen[:, reborn] = False
        for held in (self.seen, *self.history.values()):
            held[new] = 0
        self.day, self.page = self.day + 1, 0
        return reborn
