"""What recommenders make of a few swipes: nothing, something, much."""

import copy

import pytest
import torch

from sim.lab.drawing import intervals as numbers
from sim.lab.teaching import newcomer

NAMES = ("popular", "ncf", "bayes")


def gains(world, days, seeds, personas=3):
    """For each recommender how many points more of the next videos are about what a newcomer
    watched, after the deck than before it: a mean over personas for each seed."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    found = {name: [] for name in NAMES}
    for seed in seeds:
        cards = newcomer.deal(world, seed)
        topics = sorted(set(cards.topic.tolist()))
        for name, arm in newcomer.platforms(NAMES, world, days, seed).items():
            each, fresh = [], arm.resident.agent
            for k in range(personas):
                arm.resident.agent = copy.deepcopy(fresh)  # it learns from whom it meets
                liked = topics[k::personas]
                swipes = [int(topic in liked) for topic in cards.topic.tolist()]
                made = newcomer.make_of(arm, cards, swipes)
                each.append(made.share(liked) - made.share(liked, "before"))
            found[name].append(sum(each) / len(each))
    torch.set_num_threads(before)
    return found


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("nano", 3, range(6), 3), id="small form"),
        pytest.param(("nano", 3, range(10), 3), id="many seeds", marks=pytest.mark.slow),
        pytest.param(("small", 3, range(4), 3), id="as in the lesson", marks=pytest.mark.slow),
    ],
)
def found(request):
    return gains(*request.param)


def test_popular_makes_nothing_of_a_newcomer(found):
    assert found["popular"] == [0] * len(found["popular"])


@pytest.mark.parametrize("name", ["ncf", "bayes"])
def test_those_who_learn_turn_towards_what_was_watched(found, name):
    assert numbers.interval(found[name]).lo > 0


def test_who_keeps_an_estimate_of_every_viewer_makes_more_of_it(found):
    more = [b - n for b, n in zip(found["bayes"], found["ncf"], strict=True)]
    assert numbers.interval(more).lo > 0


def test_the_deck_has_two_cards_of_twelve_topics_and_is_the_same_every_time():
    cards, again = newcomer.deal("nano", 3), newcomer.deal("nano", 3)
    assert torch.equal(cards.video, again.video)
    assert cards.topic.unique(return_counts=True)[1].tolist() == [2] * 12
    assert len(cards.video.unique()) == 24
    assert not torch.equal(cards.video, newcomer.deal("nano", 4).video)


def test_what_is_shown_next_is_new_to_the_newcomer_and_comes_once():
    cards = newcomer.deal("nano", 0)
    swipes = [k % 2 for k in range(24)]
    arm = newcomer.platforms(["bayes"], "nano", 1, 0)["bayes"]
    made = newcomer.make_of(arm, cards, swipes)
    for videos in (made.before, made.after):
        assert len(set(videos)) == newcomer.NEXT
        assert not set(videos) & set(cards.video.tolist())


def test_the_log_says_what_the_swipes_were():
    cards = newcomer.deal("nano", 0)
    arm = newcomer.platforms(["popular"], "nano", 1, 0)["popular"]
    kept = []
    arm.agent.learn = kept.append
    newcomer.make_of(arm, cards, [1] + [0] * 23)
    (log,) = kept
    assert len(set(log.viewer.tolist())) == 1
    assert int(log.viewer[0]) > len(arm.world.viewers.id)  # nobody who was there before
    assert float(log.watch[0]) == min(60.0, float(log.duration[0]))
    assert bool((log.watch[1:] <= 1.5).all())
    assert int(log.flags.sum()) == 0  # no likes
