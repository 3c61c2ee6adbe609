"""Labels say as much of liking as watching tells, and keep their level."""

from types import SimpleNamespace

import pytest
import torch

from agents.told import BINS, EDGES, Told, answers, bins
from sim.world.rng import key

N = 40_000


def watched(level=0.0, seed=0, turn=12.0):
    """Impressions where liking decides whether a video is left before `turn` seconds or not."""
    draw, row = key(seed), torch.arange(N)
    duration = torch.exp(1.3 + 4.7 * draw.fold(0).uniform(row))
    liking = level + draw.fold(1).normal(row)
    stays = draw.fold(2).uniform(row) < torch.sigmoid(2 * liking)
    share = draw.fold(3).uniform(row)
    early = share * duration.clamp(max=turn)
    watch = torch.where(stays, duration.clamp(max=turn) + share * duration, early)
    return SimpleNamespace(watch=watch, duration=duration), liking


def learned(told, log, liking, nights=3):
    at, z = bins(log.duration), answers(log)
    for night in range(nights):
        noise = key(50 + night).normal(torch.arange(N))
        told.add(z, at, 0.3 * liking + noise)  # a poor guess of it is enough
        told.learn()
    return at, z


def agreement(told, log, liking):
    label = told.label(answers(log), bins(log.duration))
    return float(torch.corrcoef(torch.stack([label, liking]))[0, 1])


def test_labels_come_to_say_more_than_the_first_guess():
    log, liking = watched(turn=25.0)
    told = Told(torch.device("cpu"))
    told.add(answers(log), bins(log.duration), torch.zeros(N))
    first = agreement(told, log, liking)
    learned(told, log, liking)
    other, its = watched(seed=1, turn=25.0)
    assert agreement(told, other, its) > 1.1 * first


def test_labels_vary_alike_among_videos_of_any_duration():
    log, liking = watched()
    told = Told(torch.device("cpu"))
    at, z = learned(told, log, liking)
    label = told.label(z, at)
    for b in range(BINS):
        some = label[at == b]
        assert float(some.mean()) == pytest.approx(0, abs=0.1)
        assert float(some.std()) == pytest.approx(1, abs=0.1)


def test_labels_keep_their_level_when_the_policy_improves_as_expected():
    """A video liked as before gets the label of before, though all others are liked more now."""
    log, liking = watched()
    told = Told(torch.device("cpu"))
    at, z = learned(told, log, liking, nights=2)
    slope = float((told.label(z, at) * liking).mean())
    before = told.label(z, at)
    better, more = watched(level=1.0, seed=3)
    told.add(answers(better), bins(better.duration), slope * more)
    after = told.label(z, at)
    drop = float((before - after).mean())
    raw = Told(torch.device("cpu"))
    raw.load_state_dict(told.state_dict())
    raw.hoped.zero_()
    assert abs(drop) < 0.35 * float((before - raw.label(z, at)).mean())


def test_nothing_expected_leaves_the_first_guess():
    log, _ = watched()
    told = Told(torch.device("cpu"))
    before = told.weight.clone()
    told.add(answers(log), bins(log.duration), torch.zeros(N))
    told.learn()
    same = told.weight * before
    assert torch.equal(told.weight > 0, before > 0) and bool((same.sum(1) > 0).all())


def test_ranges_of_duration_are_told_apart():
    assert bins(torch.tensor([1.0, *EDGES])).tolist() == list(range(BINS))
