"""The house recommender: a mature platform's own policy, as the real logs were made by one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from agents.base import PrivilegedAgent
from agents.ranges import Many, Share, Weight
from agents.retrieval import POOL
from sim.world.rng import streams
from sim.world.state import COUNTS, Catalog, Log, Observation, Slate, Truth, row_of

(BLUR,) = streams("house", "blur")
KEPT = 32  # pages kept for a log to tell of
MOST = 4.0  # of blur and discount
ASKED = 32  # viewers whose mean tells a video's own appeal within .13, where its sd is .75


@dataclass(frozen=True)
class Offer:
    page: int
    pair: Int[Tensor, "awake slots"]  # of viewer and video
    appeal: Float[Tensor, "awake slots"]
    common: Float[Tensor, "awake slots"]  # of it, what everybody finds in the video
    usual: float


def _pair(viewer: Tensor, video: Tensor) -> Tensor:
    return viewer * (1 << 32) + video


class House(PrivilegedAgent):
    """Retrieval by fame, success and freshness, then ranking by appeal.

    It stands for a recommender trained on years of data that no run here has: it reads true appeal
    for the candidates it retrieves. Retrieval is what makes the house of a real platform unequal
    and fresh: a candidate's chance grows with the creator's followers and with how the video has
    held its viewers so far (traffic tiers), falls with its age,
    and a share of candidates is drawn evenly so that new creators are tried.

    It is as good as the log's policy, and no better as days pass or worlds grow; else no figure of
    the log would hold. Of what is seen, two means are steered. *Its eye for a person*: appeal
    beyond what everybody finds in a video is held at `personal` by the noise that blurs what it
    ranks by. *What all like alike*: retrieval comes to know ever better which videos hold
    everybody, so its chances are discounted by that, as much as keeps the whole appeal at what the
    preset says a logging policy's is (`Truth.usual`); where a world is too poor for so much,
    nothing is taken off.
    """

    candidates: Many = 200
    even_share: Share = 0.03  # of candidates drawn evenly over the catalogue
    fame_power: Weight = 1.3  # plays follow followers with slope about .98 (docs/facts.md)
    success_power: Weight = 5.0  # of long views against those of videos as long
    prior: Weight = 30.0  # views' worth of the average, before a video's own count
    half_life: Weight = 1.5  # days until a candidate's chance has halved
    interest: Weight = 0.35  # ln of a topic's chance per standard deviation of wanting it
    # of the mean appeal of what is seen, beyond what everybody finds in it: with `interest` gives
    # the log's lifts of the same topic (docs/facts.md), in `small` and `medium`
    personal: Weight = 0.72
    steer: Share = 0.5  # how fast noise and discount follow, per page

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        super().reset(catalog, viewers=viewers, seed=seed, device=device)
        self.blur = torch.full((), 0.5, device=device)  # sd of the noise, in units of appeal
        self.discount = torch.zeros((), device=device)  # ln of a chance per unit of common appeal
        self.common = torch.zeros(self.capacity, device=device)  # appeal to everybody, today
        self.known = -1  # the day of it
        self.first = torch.ones((), dtype=torch.int64, device=device)  # seen of the first page
        self.waiting: list[Offer] = []  # pages that no log has told of yet

    def act(
        self, observation: Observation, slots: int, *, explore: bool = True, **truth: Any
    ) -> Slate:
        if observation.candidates is not None or not observation.catalog.eligible.any():
            return super().act(observation, slots, explore=explore, **truth)
        nobody = observation.viewer[:0]  # no pool: who has used up the drawn ones gets any others
        if observation.day != self.known and len(observation.viewer):
            self._ask_around(observation, truth["truth"])
        found = self._retrieve(observation, truth["truth"])
        drawn, unfit = self.enough(observation, found, nobody, slots)
        observation = replace(observation, candidates=drawn.masked_fill(unfit, 0))
        slate = super().act(observation, slots, explore=explore, **truth)
        if explore:
            self._note(observation, slate, truth["truth"])
        return Slate(slate.ids)  # the candidates were drawn, so no propensity is known

    def _note(self, observation: Observation, slate: Slate, truth: Truth) -> None:
        row = row_of(slate.ids, self.capacity)
        pair = _pair(observation.viewer[:, None], slate.ids)
        offer = Offer(observation.page, pair, truth.appeal(row), self.common[row], truth.usual)
        self.waiting = [*self.waiting, offer][-KEPT:]

    def learn(self, log: Log) -> Mapping[str, float]:
        """More blur where what was seen suits its viewers more than the log's did, a larger
        discount where it appeals more; less where less.

        What was offered will not do: the pleased see more of their page. Late pages count for as
        much less as fewer viewers are still there.
        """
        told = _pair(log.viewer, log.video)
        for offer in self.waiting:
            seen = torch.isin(offer.pair, told)
            total = seen.sum().clamp(min=1)
            if offer.page == 0:
                self.first = total
            weight = self.steer * total / self.first.clamp(min=1)
            whole, common = ((x * seen).sum() / total for x in (offer.appeal, offer.common))
            self.blur = (self.blur + weight * (whole - common - self.personal)).clamp(0.0, MOST)
            self.discount = (self.discount + weight * (whole - offer.usual)).clamp(0.0, MOST)
        self.waiting = []
        return {"blur": float(self.blur), "discount": float(self.discount)}

    def state_dict(self) -> dict[str, Any]:
        names = ("blur", "discount", "first", "common", "known")
        return {**super().state_dict(), **{name: getattr(self, name) for name in names}}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        for name in ("blur", "discount", "first", "common"):
            setattr(self, name, state[name].to(self.device))
        self.known = state["known"]

    def _retrieve(self, observation: Observation, truth: Truth) -> Tensor:
        """(awake, candidates) ids drawn by weight; doubles are blanked."""
        catalog = observation.catalog
        row = catalog.eligible.nonzero().squeeze(1)
        row = row[catalog.topic[row].argsort(stable=True)]
        u = self.draw(POOL, observation).uniform(observation.viewer, self.candidates)
        at = self._by_interest(self._weight(observation, row), catalog.topic[row], u, truth)
        ids = catalog.id[row][at].sort(dim=1).values
        double = torch.zeros_like(ids, dtype=torch.bool)
        double[:, 1:] = ids[:, 1:] == ids[:, :-1]
        return ids.masked_fill(double, 0)

    def _weight(self, observation: Observation, row: Tensor) -> Float[Tensor, " pool"]:
        """What a video's chance grows with, whoever asks; sums to 1."""
        catalog = observation.catalog
        weight = (1 + catalog.followers[row].double()) ** self.fame_power
        weight = weight * self._success(observation, row) ** self.success_power
        weight = weight * 0.5 ** (catalog.age[row].double() / self.half_life)
        weight = weight * (-self.discount * self.common[row]).double().exp()
        return (1 - self.even_share) * weight / weight.sum() + self.even_share / len(row)

    def _by_interest(
        self,
        weight: Float[Tensor, " pool"],
        topic: Int[Tensor, " pool"],
        u: Float[Tensor, "awake candidates"],
        truth: Truth,
    ) -> Int[Tensor, "awake candidates"]:
        """Places in the pool, which lies by topic: a topic by its weight and the viewer's interest
        in it, then a video of it by weight. One draw does for both."""
        wants = truth.wants() if truth.wants else u.new_zeros(len(u), int(topic.max()) + 1)
        each = torch.zeros(wants.shape[1], dtype=torch.float64, device=u.device)
        each = each.index_add(0, topic, weight)
        share = each * (self.interest * wants.double()).exp()
        edges = share.cumsum(1)
        point = u.double() * edges[:, -1:]
        which = torch.searchsorted(edges, point).clamp(max=wants.shape[1] - 1)
        within = (point - (edges - share).gather(1, which)) / share.gather(1, which)
        ends = each.cumsum(0)
        place = torch.searchsorted(weight.cumsum(0), (ends - each)[which] + within * each[which])
        return place.clamp(max=len(weight) - 1)

    def _success(self, observation: Observation, row: Tensor) -> Tensor:
        """Long views over those that videos of about the same duration got, shrunk towards 1."""
        catalog = observation.catalog
        views = catalog.counts[row, COUNTS.index("views")].double()
        longs = catalog.counts[row, COUNTS.index("long_views")].double()
        bucket = (4 * catalog.duration[row].log2()).long().clamp(0, 47)
        zero = torch.zeros(48, dtype=torch.float64, device=row.device)
        all_views, all_longs = zero.index_add(0, bucket, views), zero.index_add(0, bucket, longs)
        usual = ((all_longs + 1) / (all_views + 4))[bucket]
        return (longs + self.prior * usual) / (usual * (views + self.prior))

    def score(self, observation: Observation, ids: Tensor, truth: Truth | None = None) -> Tensor:
        assert truth is not None, "the runner hands the truth to privileged agents"
        noise = self.draw(BLUR, observation).normal(observation.viewer, ids.shape[1])
        return truth.appeal(row_of(ids, self.capacity)) + self.blur * noise

    def _ask_around(self, observation: Observation, truth: Truth) -> None:
        """How the videos there are today appeal to everybody: the mean over some who are awake."""
        row = observation.catalog.eligible.nonzero().squeeze(1)
        awake = len(observation.viewer)
        some = torch.arange(min(awake, ASKED), device=row.device) * awake // min(awake, ASKED)
        for part in row.split(1 << 15):
            found = truth.appeal(part.expand(len(some), -1), some)
            self.common[part] = found.mean(0)
        self.known = observation.day
