"""What viewers watch narrows more than what they like (docs/facts.md, "Taste, bubbles")."""

import numpy as np
import pytest
import torch
from worlds import nano

from sim.lab.run.arm import Arm
from sim.world.state import row_of, watched

MANY, SPAN, DAYS = 30, 14, 42  # of each viewer and fortnight the first so many videos count


def breadth(share: torch.Tensor) -> torch.Tensor:
    """ln of how many topics that are alike often would spread as much: (viewers,)."""
    share = share / share.sum(1, keepdim=True)
    return torch.special.entr(share).sum(1)


def fortnights(feedback: str, seed: int, agent: str = "bayes") -> np.ndarray:
    """(fortnights, 2): the mean breadth of what is watched and of lasting taste, of viewers who
    were there from the start and watched enough."""
    arm, out, names = Arm(agent, nano(f"feedback={feedback}"), seed), [], None
    for day in arm.run(DAYS):
        world = day.world
        names = world.viewers.id.clone() if names is None else names
        if arm.day % SPAN == 1:
            mix = torch.zeros_like(world.viewers.taste)
        for event in day.events:
            _count(mix, event, world.videos)
        if arm.day % SPAN == 0:
            some = (mix.sum(1) >= MANY) & (world.viewers.id == names)
            taste = world.viewers.taste[some].softmax(1)
            out.append([float(breadth(x).mean()) for x in (mix[some], taste)])
    return np.array(out)


def _count(mix: torch.Tensor, event, videos) -> None:
    video, who = row_of(event.ids, len(videos.topic)), event.request.row
    topic, response = videos.topic[video], event.response
    took = response.seen & watched.clicked(response.watch, videos.duration[video])
    for slot in range(topic.shape[1]):
        some = took[:, slot].bool() & (mix[who].sum(1) < MANY)
        mix[who[some], topic[some, slot]] += 1


@pytest.mark.slow
def test_what_is_watched_narrows_more_than_taste_where_tastes_answer_nothing():
    """The recommender learns: in each of three worlds what is watched narrows more."""
    change = np.array([np.subtract(*fortnights("none", s)[[-1, 0]]) for s in (91, 92, 93)])
    assert (change[:, 0] < np.minimum(change[:, 1], 0)).all()
