"""A posterior for every viewer: Bayesian linear regression on what videos are about."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from agents.asked import Asked, added
from agents.base import ScoreAgent
from agents.content import Content
from agents.nets import against, threads
from agents.posterior import People
from agents.ranges import Few, Many, Share, Weight
from agents.told import Told, answers, bins
from sim.world.rng import streams
from sim.world.state import Catalog, Log, Observation, Slate, row_of, rows_at

(EVEN,) = streams("bayes ties", "even")
HELD = ("names", "sated", "worth", "likely", "today")
PARTS = ("people", "told", "content", "heard")
BANDS = 6  # of age; one-hot, they come first in a viewer's public features


class Bayes(ScoreAgent):
    """label = w_viewer . x_video + worth_video + noise, w_viewer ~ N(mean, cov).

    x is 1, a video's tags, the ten largest components of its features within topics, and how much
    of its topic the viewer was shown lately. The posterior of each viewer is exact and up to date
    at every page. Mean, covariance and noise are learnt across viewers every night
    (agents/posterior.py), so who likes one topic is expected to like what others like with it, and
    a new viewer starts from what people of the same age band are like. A video's worth beside its
    content is learnt across viewers, and shrunk; it ranks by `own` of it, for seconds do not tell
    what is liked from what grips. What watching tells of liking is found from the log too
    (agents/told.py).

    After Agrawal and Goyal (ICML 2013), who draw from such a posterior, Li et al. (WWW 2010), who
    add its bound, and Stern et al. (WWW 2009), who keep one per viewer of a recommender. What
    differs: the prior is learnt, not set, and this form ranks by the posterior's mean, with the
    exploration that all agents here have. `bayes_ts` and `bayes_ucb` explore what is not known.
    """

    components: Many = 10
    temperature = 0.05  # three times as much costs favourites, and a posterior needs no more
    retrieved = 64
    prior_people: Weight = 20.0  # viewers' worth of the first guess
    learners: Many = 4096  # viewers from whom a night learns the prior
    steps: Few = 2  # of expectation and maximisation, a night
    keep: Share = 0.995  # of what is known of a viewer, a night: tastes drift
    rest: Share = 0.5  # of being sated that a night leaves; assumed
    sates: Share = 0.05  # of the appetite for a topic that a video takes; assumed
    own: Share = 0.4  # of a video's worth beside its content that counts: it may grip, unliked

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        super().reset(catalog, viewers=viewers, seed=seed, device=device)
        self.content, self.told = Content(self.components), Told(self.device)
        self.names = torch.zeros(viewers, dtype=torch.int64, device=device)
        self.worth = torch.zeros(self.capacity, 2, device=device)  # residuals' sum, and how many
        self.likely = torch.tensor(0.02, device=device)  # variance of worths
        self.today = torch.zeros((), dtype=torch.int64, device=device)  # of the last log
        self.begin(catalog)

    def begin(self, catalog: Catalog) -> None:
        """Once there are videos enough to tell what they differ in."""
        self.catalog, device = catalog, self.device
        self.content.fit(catalog)
        self.names.zero_()  # nobody is met yet
        topics = self.content.topics
        sds = [0.3] + [0.3] * topics + [0.15] * self.components + [0.3]
        first = torch.tensor(sds, device=device)
        self.people = People(self.viewers, first, 0.9, self.prior_people, BANDS)
        self.mean = torch.zeros(self.viewers, len(sds), device=device)
        self.stale = torch.ones(self.viewers, dtype=torch.bool, device=device)
        self.sated = torch.zeros(self.viewers, topics, device=device)
        self.heard = Asked(self.content.width, device)

    @torch.no_grad()
    def on_catalog(self, catalog: Catalog, reborn: Tensor) -> None:
        """New videos start from nought."""
        self.catalog = catalog
        if not self.content.fixed:
            self.begin(catalog)
        self.worth[reborn] = 0.0

    def _sleep(self, today: int) -> None:
        """The nights since the last log: what was watched is thought over, and viewers rest."""
        nights = today - int(self.today)
        if nights > 0:
            self._dream()
            self.sated *= self.rest**nights
            self.today = torch.full_like(self.today, today)

    def _dream(self) -> None:
        met = (self.people.count > 0).nonzero().squeeze(1)
        if not len(met):
            return
        self.people.fade(self.keep)
        some = met[:: -(-len(met) // self.learners)]
        for _ in range(self.steps):
            self.people.learn(some)
        total, count = self.worth[self.worth[:, 1] > 0].T
        kept = self.likely * count + self.people.noise
        value, left = self.likely * total / kept, self.likely * self.people.noise / kept
        self.likely = (value.square() + left).mean()
        self.stale[:] = True

    def meet(
        self, row: Int[Tensor, " n"], viewer: Int[Tensor, " n"], profile: Float[Tensor, "n told"]
    ) -> None:
        """Rows that got a new viewer forget the old one."""
        fresh = rows_at(self.names, row) != viewer
        row, name = row[fresh], viewer[fresh]
        self.names[row] = name
        self.people.forget(row)
        self.people.kind[row] = profile[fresh, :BANDS].argmax(1)
        self.sated[row], self.stale[row] = 0.0, True

    @torch.no_grad()
    def act(self, observation: Observation, slots: int, *, explore: bool = True, **truth) -> Slate:
        self.catalog = observation.catalog
        self.meet(observation.row, observation.viewer, observation.profile)
        self.know(observation)
        self.prepare(observation.catalog)
        return super().act(observation, slots, explore=explore, **truth)

    def know(self, observation: Observation) -> None:
        """Whatever a page needs of its viewers."""
        self._know(observation.row)

    def _know(self, row: Int[Tensor, " n"]) -> None:
        """The means of those of whom more is known than they say."""
        due = row[rows_at(self.stale, row)]
        if len(due):
            with threads(1):
                self.mean[due] = self.people.belief(due).mean
            self.stale[due] = False

    def prepare(self, catalog: Catalog) -> None:
        """What all viewers of a page share: content, and worths."""
        row = torch.arange(self.capacity, device=self.device)
        about = self.content.both(catalog, row)
        self.plain = torch.cat([torch.ones_like(about[:, :1]), about], dim=1)
        hot = torch.nn.functional.one_hot(self.content.topic(catalog, row), self.content.topics)
        worth = self.worths()
        if self.objective is None:  # labels are of watching, and what grips is watched
            worth = self.own * worth
        else:
            worth = worth + self.heard.bonus(about)
        self.items = torch.cat([self.plain, hot.float(), worth[:, None]], dim=1)

    def worths(self) -> Float[Tensor, " videos"]:
        """What each video is worth beside its content."""
        total, count = self.worth.T
        return self.likely * total / (self.likely * count + self.people.noise)

    def x(self, row: Int[Tensor, " n"], video: Int[Tensor, " n"]) -> Float[Tensor, "n width"]:
        """Of pairs of viewers' and videos' rows."""
        catalog = self.catalog
        sated = self.sated[row, self.content.topic(catalog, video)][:, None]
        about = self.content.both(catalog, video)
        return torch.cat([torch.ones_like(sated), about, sated], dim=1)

    def user_vectors(self, observation: Observation) -> Float[Tensor, "awake vector"]:
        """The inner product with an item's vector is the score."""
        w = self.weights(observation)
        rested = self.rest ** max(0, observation.day - int(self.today))
        tired = w[:, -1:] * rested * rows_at(self.sated, observation.row)
        return torch.cat([w[:, :-1], tired, torch.ones_like(w[:, :1])], dim=1)

    def weights(self, observation: Observation) -> Float[Tensor, "awake width"]:
        return rows_at(self.mean, observation.row)

    def score(self, observation: Observation, ids: Tensor) -> Tensor:
        row, users = row_of(ids, self.capacity), self.user_vectors(observation)
        if ids.dim() == 1:
            return against(users, self.items[row])
        return torch.einsum("nv,nkv->nk", users, rows_at(self.items, row))

    def coarse(self, observation: Observation, ids: Tensor) -> Tensor:
        """Of a pool; before anything was learnt all are alike, and chance decides."""
        scores = self.score(observation, ids)
        if bool(self.people.count.any()):
            return scores
        return scores + self.draw(EVEN, observation).uniform(observation.viewer, len(ids))

    def label(self, log: Log) -> Float[Tensor, " n"]:
        """What an impression was worth to its viewer: what watching tells; or the runner's
        objective on the fixed scale that it comes with."""
        if self.objective is None:
            return self.told.label(answers(log), bins(log.duration))
        usual, spread = (
            getattr(self.objective, k, v) for k, v in (("usual", 0.0), ("spread", 1.0))
        )
        return (self.objective(log).float() - usual) / spread

    @torch.no_grad()
    def learn(self, log: Log) -> Mapping[str, float]:
        if not len(log):
            return {}
        with threads(1):
            return self._learn(log)

    def _learn(self, log: Log) -> dict[str, float]:
        self.catalog, self.content.fixed = log.catalog, True
        row, video = row_of(log.viewer, self.viewers), row_of(log.video, self.capacity)
        self._sleep(int(log.day.max()))
        self.meet(row, log.viewer, log.profile)
        self._know(row.unique())
        x, worth, at = self.x(row, video), self.worths()[video], bins(log.duration)
        own = (x * self.mean[row]).sum(1)
        gain = self.told.gain.float()[at] if self.objective is None else torch.ones_like(own)
        if self.objective is None:
            self.told.add(answers(log), at, own + worth)
            self.told.learn()
        else:
            asked = log.survey > 0
            more = added(self.objective, log)[asked]
            self.heard.add(x[asked, 1:-1], (own + worth)[asked], more)
        y = self.label(log)
        self.people.add(row, gain[:, None] * x, y - gain * worth)
        left = gain * (y - gain * own)
        alive = (rows_at(log.catalog.id, video) == log.video).float()
        self.worth.index_add_(0, video, torch.stack([left, gain.square()], dim=1) * alive[:, None])
        self._sate(row, self.content.topic(log.catalog, video))
        self.stale[row] = True
        return {"loss": float((y - gain * (own + worth)).square().mean())}

    def _sate(self, row: Tensor, topic: Tensor) -> None:
        more = torch.zeros_like(self.sated).index_put_(
            (row, topic), torch.ones_like(row, dtype=torch.float32), accumulate=True
        )
        self.sated = 1 - (1 - self.sated) * (1 - self.sates) ** more

    def state_dict(self) -> dict[str, Any]:
        parts = {n: getattr(self, n).state_dict() for n in PARTS}
        return {**super().state_dict(), **parts, **{name: getattr(self, name) for name in HELD}}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        for name in PARTS:
            getattr(self, name).load_state_dict(state[name])
        for name in HELD:
            setattr(self, name, state[name].clone().to(self.device))
        width = len(self.people.mean)
        self.mean = torch.zeros(self.viewers, width, device=self.device)
        self.stale = torch.ones_like(self.names, dtype=torch.bool)
