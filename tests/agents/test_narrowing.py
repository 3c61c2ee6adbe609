"""What is watched narrows more than taste does (docs/facts.md, "Taste, bubbles"): the same people,
with the same luck, under a recommender that knows them and under one that shows all the same."""

import numpy as np
import pytest
import torch
from worlds import nano

from sim.lab.run.arm import Arm
from sim.world.state import row_of, watched

MANY = 30  # videos of a viewer, the first watched past half: who watches more would seem broader
SPAN = 14  # days, after which they are counted anew
T_975 = {7: 2.365}  # Student's t, by degrees of freedom
SURE = 3  # standard errors, of means over viewers


def breadth(share: torch.Tensor) -> torch.Tensor:
    """ln of how many topics, alike often, would spread as much: (viewers,)."""
    return torch.special.entr(share / share.sum(1, keepdim=True).clamp(min=1)).sum(1)


def lived(agent: str, feedback: str, seed: int, spans: int = 1) -> torch.Tensor:
    """(2, viewers): breadth of what was watched in the last span and of lasting taste at its end;
    nan of those who watched fewer, or are not who was there on the first day."""
    arm, names, day = Arm(agent, nano(f"feedback={feedback}"), seed), None, None
    for day in arm.run(spans * SPAN):
        viewers = day.world.viewers
        names = viewers.id.clone() if names is None else names
        if day.day % SPAN == 0:
            mix = torch.zeros_like(viewers.taste)
        for event in day.events:
            count(mix, event, day.world.videos)
    told = (mix.sum(1) >= MANY) & viewers.registered & (viewers.id == names)
    both = torch.stack([breadth(mix), breadth(viewers.taste.softmax(1))])
    return both.where(told, torch.nan)


def count(mix: torch.Tensor, event, videos) -> None:
    """Adds what was watched past half, of each viewer the first MANY."""
    video, who = row_of(event.ids, len(videos.topic)), event.request.row
    topic, response = videos.topic[video], event.response
    took = response.seen & watched.past_half(response.watch, videos.duration[video])
    for slot in range(topic.shape[1]):
        some = took[:, slot] & (mix[who].sum(1) < MANY)
        mix[who[some], topic[some, slot]] += 1


def narrower(personal: torch.Tensor, same: torch.Tensor) -> np.ndarray:
    """(viewers told in both, 2): how much narrower what is watched is, and taste, paired."""
    gap = (same - personal).T
    return gap[gap.isfinite().all(1)].double().numpy()


def lower(x: np.ndarray, t: float) -> float:
    return float(x.mean() - t * x.std(ddof=1) / len(x) ** 0.5)


def test_breadth_is_told_of_many_topics_and_of_one():
    share = torch.tensor([[5.0, 5.0, 5.0, 5.0], [7.0, 0.0, 0.0, 0.0]])
    assert breadth(share).exp().tolist() == pytest.approx([4.0, 1.0])


def test_what_is_watched_narrows_more_than_taste():
    """One world, bayes against popular, over its viewers."""
    what, taste = narrower(*(lived(a, "slight", 0) for a in ("bayes", "popular"))).T
    assert len(taste) > 50
    assert lower(what, SURE) > 0 and lower(what - taste, SURE) > 0


@pytest.mark.slow  # eight worlds, three arms, two levels, four weeks: ten minutes
@pytest.mark.parametrize("feedback", ["slight", "strong"])
def test_it_does_so_over_eight_worlds(feedback):
    gaps = {"random": [], "popular": []}
    for seed in range(201, 209):
        personal = lived("bayes", feedback, seed, 2)
        for other, found in gaps.items():
            found.append(narrower(personal, lived(other, feedback, seed, 2)).mean(0))
    for other, found in gaps.items():
        what, taste = np.array(found).T
        assert lower(what, T_975[7]) > 0, other
        assert lower(what - taste, T_975[7]) > 0, other
