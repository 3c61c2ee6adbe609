"""REINFORCE with top-K off-policy correction (Chen et al., WSDM 2019)."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from agents.learned import LearnedAgent
from agents.ranges import Many, Weight
from agents.ranking import best_places, plackett_luce
from agents.recommender.two_tower import TwoTower
from sim.world.rng import Key, streams
from sim.world.state import Catalog, Log, Observation, Slate, row_of, rows_at

(ASKED,) = streams("reinforce", "asked")
MOST = 64  # pages kept for a log to tell of


def top_k_factor(pi: Tensor, k: float | Tensor) -> Tensor:
    """lambda_K = K (1 - pi)^(K - 1): how a video's chance of being in a slate of K draws moves with
    its chance in one draw. 1 when K = 1; near 0 for a video that is sure to be there already."""
    return k * (1 - pi).clamp(min=0) ** (k - 1)


def importance(log_pi: Tensor, log_beta: Tensor, cap: float) -> Tensor:
    """The policy's chance over the behaviour's, at most `cap`: less variance for a little bias."""
    return (log_pi - log_beta).clamp(max=math.log(cap)).exp()


def surrogate(
    log_pi: Tensor, log_beta: Tensor, reward: float | Tensor, k: float | Tensor, cap: float
) -> Tensor:
    """What to descend, draw by draw: its gradient is minus the corrected policy gradient.

    Over draws from beta that gradient is, on average, minus that of sum_a reward(a) F(pi(a)) with
    F' = lambda_K min(1, cap beta / pi): without a cap sum_a reward(a) (1 - (1 - pi(a))^K), what the
    set of K draws from pi brings; under one, a video pays less once pi is past cap beta."""
    fixed = log_pi.detach()
    weight = importance(fixed, log_beta, cap) * top_k_factor(fixed.exp(), k)
    return -weight * reward * log_pi


def against_baseline(
    log_pi: Float[Tensor, "*n videos"],
    log_beta: Float[Tensor, "*n videos"],
    drawn: Int[Tensor, "*n"],
    reward: Float[Tensor, "*n"],
    baseline: Float[Tensor, "*n"],
    k: float | Tensor,
    cap: float,
) -> Float[Tensor, "*n"]:
    """`surrogate` of the videos drawn, with the same gradient on average and less noise.

    A baseline alone would be biased: what a constant reward pushes does not sum to nothing over the
    videos once K > 1 or the cap is reached. Both policies are known for all videos that could have
    been drawn (-inf: could not), so what the baseline takes away on average is given back exactly.
    """
    there = log_beta > -torch.inf
    log_pi, beta = log_pi.where(there, 0.0), log_beta.exp()
    log_beta = log_beta.where(there, 0.0)
    each = k[..., None] if isinstance(k, Tensor) else k
    back = (beta * surrogate(log_pi, log_beta, 1.0, each, cap)).sum(-1)
    pi_drawn, beta_drawn = (x.gather(-1, drawn[..., None]).squeeze(-1) for x in (log_pi, log_beta))
    return surrogate(pi_drawn, beta_drawn, reward - baseline, k, cap) + baseline * back


@dataclass(frozen=True)
class Offer:
    """A page that waits for its log."""

    pair: Int[Tensor, "asked slots"]  # of viewer and video; 0 = nothing was shown there
    state: dict[str, Tensor]  # what the replay keeps of it


class Reinforce(TwoTower):
    """A softmax policy over each viewer's candidates, from the two towers' inner products.

    A page is drawn place by place, each video by its chance among the candidates not placed yet
    (Plackett and Luce); that very chance is what is trained. The candidates are part of the state:
    the best unseen by the towers, and `explorers` drawn evenly from the pool. Each place is a draw
    for the rest of its page, so K counts the places from it to the end. The reward is the label;
    the baseline is the mean of the batch's other pages, and takes nothing away on average.

    Not there of Chen et al.: returns over time (a video is paid for itself alone), the recurrent
    network of the viewer's state (here a table and pooled features), the network that estimates the
    behaviour (here its logged chances), the softmax over the whole catalogue and its sampled
    estimate (here over the candidates, whole), the most likely videos shown for certain.
    """

    cap: Weight = 10.0  # assumed
    temperature = 1.0  # in units of score: logits are score / temperature
    learning_rate = 0.02  # slower than the others learn, or the replay is another policy's by then
    dense_rate = 0.001
    retrieved = 48
    explorers = 16
    shortlist = 64
    replay_size = 20_000  # pages
    batch = 256  # pages
    widest = 2048
    asked: Many = 20_000  # viewers of a page whose slates are learned from, in large worlds

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        super().reset(catalog, viewers=viewers, seed=seed, device=device)
        self.waiting: list[Offer] = []

    def choose(
        self,
        seen: Observation,
        offered: Int[Tensor, "awake n"],
        scores: Float[Tensor, "awake n"],
        slots: int,
        temperature: float,
        noise: Key,
    ) -> Slate:
        if temperature == 0:
            return super().choose(seen, offered, scores, slots, temperature, noise)
        ids, logits = _cut(offered, scores / temperature, max(self.shortlist, slots))
        luck = noise.gumbel(seen.viewer, ids.shape[1])
        place = (logits + luck).topk(slots, dim=1).indices
        shown = ids.gather(1, place)
        logp = plackett_luce(logits, place).masked_fill(shown == 0, 0.0)
        self._note(seen, ids, logits, place)
        return Slate(shown, logp)

    def label(self, log: Log) -> Float[Tensor, " n"]:
        """A long view, 0 or 1, or the objective: a reward does not move with what was expected."""
        return LearnedAgent.label(self, log)

    def favour(self) -> None:
        """Its chances are what is trained, so nothing is added to them."""

    def _note(self, seen: Observation, ids: Tensor, logits: Tensor, place: Tensor) -> None:
        """Keeps the state and the behaviour of a page until its log comes."""
        luck = self.draw(ASKED, seen).uniform(seen.viewer)
        who = (luck < self.asked / self.viewers).nonzero().squeeze(1)
        viewer, row, ids = seen.viewer[who], seen.row[who], ids[who]
        facts = self.facts(seen.catalog, row_of(ids.flatten(), self.capacity))
        shown = ids.gather(1, place[who])
        state = {
            "viewer": row,
            "profile": seen.profile[who],
            "pooled": self.pooled(row).half(),
            "ids": ids,
            "facts": facts.view(*ids.shape, -1).half(),
            "beta": logits[who],
            "place": place[who],
        }
        pair = _pair(viewer[:, None], shown).where(shown > 0, 0)
        self.waiting = [*self.waiting, Offer(pair, state)][-MOST:]

    def columns(self, log: Log) -> dict[str, Tensor]:
        """Pages of this agent's own drawing, with what each place was worth where it was seen."""
        label = super().columns(log)["label"]  # which takes the log into histories too
        told, order = _pair(log.viewer, log.video).sort()
        pages = []
        for offer in self.waiting:
            at = torch.searchsorted(told, offer.pair).clamp(max=len(told) - 1)
            seen = (told[at] == offer.pair) & (offer.pair > 0)
            reward = torch.where(seen, label[order[at]], 0.0)
            page = offer.state | {"reward": reward, "seen": seen}
            pages.append({name: x[seen.any(1)] for name, x in page.items()})
        self.waiting = []
        width = max((p["place"].shape[1] for p in pages), default=0)
        pages = [p for p in pages if p["place"].shape[1] == width]
        return {name: torch.cat([p[name] for p in pages]) for name in (pages or [{}])[0]}

    def log_policies(self, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """ln pi and ln beta of every candidate for every place, given the places before it; -inf
        where it could not be drawn. (pages, slots, candidates)"""
        ids, place = batch["ids"], batch["place"]
        row = row_of(ids, self.capacity)
        content = torch.cat([self.catalog.feature[row], batch["facts"].float()], dim=-1)
        items = self._items(self.catalog, row.flatten(), content.flatten(0, 1)).view(*ids.shape, -1)
        logits = torch.einsum("nv,nkv->nk", self.users_of(batch), items) / self.temperature
        rank = torch.full_like(ids, place.shape[1]).scatter(
            1, place, torch.arange(place.shape[1], device=ids.device).expand_as(place)
        )
        before = rank[:, None, :] < torch.arange(place.shape[1], device=ids.device)[:, None]
        left = self._there(ids)[:, None, :] & ~before
        left = left | ~left.any(-1, keepdim=True)  # a place without any is not learned from
        log_pi, log_beta = (
            x[:, None, :].masked_fill(~left, -torch.inf).log_softmax(-1)
            for x in (logits, batch["beta"].where(self._there(ids), 0.0))
        )
        return log_pi, log_beta

    def _there(self, ids: Tensor) -> Tensor:
        """Candidates that are in the catalogue to this day."""
        return (rows_at(self.catalog.id, row_of(ids, self.capacity)) == ids) & (ids > 0)

    def used(self, batch: dict[str, Tensor]) -> Tensor:
        """Places whose draw is learned from: seen, and of a video that is still there."""
        return batch["seen"] & self._there(batch["ids"]).gather(1, batch["place"])

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        log_pi, log_beta = self.log_policies(batch)
        used, reward, slots = self.used(batch), batch["reward"], batch["place"].shape[1]
        paid, seen = (reward * used).sum(1, keepdim=True), used.sum(1, keepdim=True)
        baseline = (paid.sum() - paid) / (seen.sum() - seen).clamp(min=1)  # of all other pages
        left = (slots - torch.arange(slots, device=reward.device)).expand_as(reward)
        terms = against_baseline(
            log_pi, log_beta, batch["place"], reward, baseline.expand_as(reward), left, self.cap
        )
        return (terms * used).sum() / used.sum().clamp(min=1)

    def state_dict(self) -> dict[str, Any]:
        waiting = [{"pair": offer.pair, **offer.state} for offer in self.waiting]
        return super().state_dict() | {"waiting": waiting}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        held = [{k: v.to(self.device, copy=True) for k, v in w.items()} for w in state["waiting"]]
        self.waiting = [Offer(w.pop("pair"), w) for w in held]


def _pair(viewer: Tensor, video: Tensor) -> Tensor:
    return viewer * (1 << 32) + video


def _cut(ids: Tensor, logits: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """The best `width` of each row, or filled up with nothing (id 0) to as many."""
    if ids.shape[1] > width:
        best = best_places(logits, width)
        ids, logits = ids.gather(1, best), logits.gather(1, best)
    gap = (0, width - ids.shape[1])
    ids = torch.nn.functional.pad(ids.masked_fill(logits == -torch.inf, 0), gap)
    return ids, torch.nn.functional.pad(logits, gap, value=-torch.inf)
