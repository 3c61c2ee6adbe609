"""Defences of a recommender, as wrappers on any agent.

    --agent agents.defences:Distrust --set agent.inner=ncf

`SafeRerank` keeps back what viewers reported and hid; `Distrust` learns nothing from accounts that
behave as no person does; `Quality` lifts what satisfied those asked. Each is an agent of its
own, so they nest: Safe(Distrust(mf)) is SafeRerank with inner=agents.defences:Distrust.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Annotated, Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from agents import registry
from agents.ranges import Share, Weight
from sim.world.ranges import Within
from sim.world.state import COUNTS, Catalog, Log, Observation, Slate, row_of


class Wrapper:
    """An agent around another, `inner`, by any name that --agent takes; by itself it changes
    nothing."""

    inner: str = "mf"
    objective: Any = None  # set by the runner, for the agent within

    def __init__(self) -> None:
        self.agent: Any = None

    @property
    def privileged(self) -> bool:
        return bool(getattr(registry.create(self.inner), "privileged", False))

    @property
    def repeats(self) -> bool:
        return bool(getattr(registry.create(self.inner), "repeats", False))

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        self.capacity, self.viewers, self.device = catalog.capacity, viewers, torch.device(device)
        self.agent = registry.create(self.inner)
        if hasattr(self.agent, "objective"):
            self.agent.objective = self.objective
        self.agent.reset(catalog, viewers=viewers, seed=seed, device=device)

    def act(self, observation: Observation, slots: int, **how: Any) -> Slate:
        return self.agent.act(observation, slots, **how)

    def learn(self, log: Log) -> Mapping[str, float]:
        return self.agent.learn(log)

    def on_catalog(self, catalog: Catalog, reborn: Tensor) -> None:
        if hasattr(self.agent, "on_catalog"):
            self.agent.on_catalog(catalog, reborn)

    def on_viewers(self, reborn: Tensor) -> None:
        if hasattr(self.agent, "on_viewers"):
            self.agent.on_viewers(reborn)

    def state_dict(self) -> dict[str, Any]:
        return {"inner": self.agent.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.agent.load_state_dict(state["inner"])


class Rerank(Wrapper):
    """Asks the agent within for `wide` times as many videos, and shows the best by its order less
    `penalty`: a video moves down by so many places. What was reordered has no propensity."""

    wide: Annotated[int, Within(1, 20)] = 3

    def act(self, observation: Observation, slots: int, **how: Any) -> Slate:
        most = slots * self.wide
        if observation.candidates is not None:
            most = min(most, observation.candidates.shape[1])
        slate = self.agent.act(observation, max(slots, most), **how)
        row = row_of(slate.ids, self.capacity)
        place = torch.arange(slate.ids.shape[1], device=self.device, dtype=torch.float32)
        place = place + self.penalty(observation.catalog)[row]
        place = place.masked_fill(slate.ids == 0, torch.inf)
        best = place.argsort(dim=1, stable=True)[:, :slots]
        return Slate(slate.ids.gather(1, best))

    def penalty(self, catalog: Catalog) -> Float[Tensor, " videos"]:
        """Places by which each video moves down."""
        raise NotImplementedError


class SafeRerank(Rerank):
    """Moves down what viewers reported or hid more than is usual, and what the platform's own
    classifier takes for a violation, where there is one: by `risk` places at a score of 1.

    Reports are rare and mostly wrong (of a hundred, ten to twenty-seven right: docs/facts.md), so a
    video's share is shrunk towards the usual one by `prior` views; each multiple of the usual
    costs `places`."""

    prior: Weight = 30.0  # assumed
    places: Weight = 4.0  # assumed
    risk: Weight = 40.0  # assumed

    def penalty(self, catalog: Catalog) -> Float[Tensor, " videos"]:
        views, hides, reports = (catalog.counts[:, COUNTS.index(n)].float()
                                 for n in ("views", "hides", "reports"))  # fmt: skip
        total = torch.zeros_like(views)
        for bad in (hides, reports):
            usual = (bad.sum() / views.sum().clamp(min=1)).clamp(min=1e-6)
            share = (bad + self.prior * usual) / (views + self.prior)
            total = total + (share / usual - 1).clamp(min=0)
        if catalog.score is None:
            return self.places * total
        return self.places * total + self.risk * catalog.score.amax(1)


class Quality(Rerank):
    """Moves up what satisfied those asked: a video's mean answer to surveys (1 to 5), shrunk
    towards its creator's and that towards all, each by `prior` answers. Surveys are few: what is
    learnt of creators serves their next videos."""

    prior: Weight = 3.0  # assumed
    places: Weight = 6.0  # for each point of the mean answer; assumed
    creators: Annotated[int, Within(1, 1_000_000)] = 4096  # rows; creators share them by remainder

    def reset(self, catalog: Catalog, **how: Any) -> None:
        super().reset(catalog, **how)
        self.own = torch.zeros(self.capacity, 2, device=self.device)  # answers' sum, and how many
        self.maker = torch.zeros(self.creators, 2, device=self.device)

    def on_catalog(self, catalog: Catalog, reborn: Tensor) -> None:
        super().on_catalog(catalog, reborn)
        self.own[reborn] = 0.0

    def learn(self, log: Log) -> Mapping[str, float]:
        some = (log.survey > 0).nonzero().squeeze(1)
        row = row_of(log.video[some], self.capacity)
        told = torch.stack([log.survey[some], torch.ones_like(log.survey[some])], dim=1)
        by = log.catalog.creator[row] % self.creators
        self.own = self.own.index_add(0, row, told)
        self.maker = self.maker.index_add(0, by, told)
        return self.agent.learn(log)

    def penalty(self, catalog: Catalog) -> Float[Tensor, " videos"]:
        usual = self.maker[:, 0].sum() / self.maker[:, 1].sum().clamp(min=1)
        maker = (self.maker[:, 0] + self.prior * usual) / (self.maker[:, 1] + self.prior)
        base = maker[catalog.creator % self.creators]
        mean = (self.own[:, 0] + self.prior * base) / (self.own[:, 1] + self.prior)
        return self.places * (usual - mean)

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "own": self.own, "maker": self.maker}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        for name in ("own", "maker"):
            setattr(self, name, state[name].to(self.device).clone())


SIGNS = ("finish", "like")  # by which accounts are told apart


class Distrust(Wrapper):
    """Learns from people alone: the impressions of accounts that finish, or like, far more than
    others do of the same videos are left out of the log.

    For every account: by how much it finished what it saw more often than that video's other
    viewers did, on average, and likewise its likes; in spreads over accounts (from the median to
    the upper tenth, so that a few keen people are usual and a small ring of fakes shifts little),
    its own chance error added.
    Whoever lies above `line` in the sum is not believed. After the idea of telling fakes by the
    statistics of their profiles (Chirita et al., WIDM 2005; Mobasher et al., 2007). Some people are
    left out as well: `suspects` is among the figures reported.
    """

    line: Annotated[float, Within(0, 100)] = 5.0  # assumed
    least: Annotated[int, Within(1, 10_000)] = 15  # impressions before an account is judged
    keep: Share = 0.99  # of what an account did, a log later
    prior: Weight = 5.0  # views of a video that count as usual

    def reset(self, catalog: Catalog, **how: Any) -> None:
        super().reset(catalog, **how)
        # of each account: impressions, and for each of SIGNS the excess and its variance
        self.did = torch.zeros(self.viewers, 1 + 2 * len(SIGNS), device=self.device)
        # of each video: impressions, finishes and likes, of accounts believed
        self.seen = torch.zeros(self.capacity, 1 + len(SIGNS), device=self.device)

    def on_catalog(self, catalog: Catalog, reborn: Tensor) -> None:
        super().on_catalog(catalog, reborn)
        self.seen[reborn] = 0.0

    def on_viewers(self, reborn: Tensor) -> None:
        super().on_viewers(reborn)
        self.did[reborn] = 0.0

    def learn(self, log: Log) -> Mapping[str, float]:
        who = row_of(log.viewer, self.viewers)
        self._note(log, who)
        suspect = self.suspects()
        kept = ~suspect[who]
        self._count(log, kept)
        report = dict(self.agent.learn(part_of(log, kept)))
        return {**report, "suspects": float(suspect.sum())}

    def suspects(self) -> Bool[Tensor, " viewers"]:
        """The accounts that are not believed now."""
        n = self.did[:, 0]
        known = n >= self.least
        total = torch.zeros_like(n)
        for i in range(len(SIGNS)):
            mean = self.did[:, 1 + 2 * i] / n.clamp(min=1)
            error = self.did[:, 2 + 2 * i] / n.clamp(min=1).square()
            total = total + _apart(mean, error, known)
        return known & (total > self.line)

    def _note(self, log: Log, who: Int[Tensor, " n"]) -> None:
        row = row_of(log.video, self.capacity)
        told = [torch.ones(len(log), device=self.device)]
        for i, did in enumerate(_signs(log)):
            usual = self.seen[:, 1 + i].sum() / self.seen[:, 0].sum().clamp(min=1)
            p = (self.seen[row, 1 + i] + self.prior * usual) / (self.seen[row, 0] + self.prior)
            told += [did - p, p * (1 - p)]
        new = torch.zeros_like(self.did).index_add(0, who, torch.stack(told, dim=1))
        self.did = torch.where(new[:, :1] > 0, self.keep * self.did, self.did) + new

    def _count(self, log: Log, kept: Bool[Tensor, " n"]) -> None:
        row = row_of(log.video[kept], self.capacity)
        told = torch.stack([torch.ones(len(log), device=self.device), *_signs(log)], dim=1)
        self.seen = self.seen.index_add(0, row, told[kept])

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "did": self.did, "seen": self.seen}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        for name in ("did", "seen"):
            setattr(self, name, state[name].to(self.device).clone())


def _signs(log: Log) -> list[Float[Tensor, " n"]]:
    return [(log.watch >= log.duration).float(), log.did("like").float()]


def _apart(mean: Tensor, error: Tensor, known: Bool[Tensor, " viewers"]) -> Tensor:
    """How many spreads over the accounts known each lies above their median; 0 below it."""
    some = mean[known]
    if len(some) < 20:  # too few to know what is usual
        return torch.zeros_like(mean)
    middle = some.median()
    spread = (some.quantile(0.9) - middle) / 1.2816  # as of a normal
    return ((mean - middle) / (spread.square() + error).sqrt().clamp(min=1e-3)).clamp(min=0)


_LOG = tuple(f.name for f in fields(Log) if not f.name.startswith("visit_") and f.name != "catalog")


def part_of(log: Log, kept: Bool[Tensor, " n"]) -> Log:
    """The impressions of a log that are kept; its visits stay."""
    return replace(log, **{name: getattr(log, name)[kept] for name in _LOG})
