"""Defences as wrappers: each keeps the contract, and does what it says."""

from dataclasses import replace

import pytest
import torch

from agents.check import check_agent
from agents.defences import Distrust, Quality, SafeRerank, Wrapper, part_of
from agents.registry import create
from agents.stage import Stage
from sim.world.state import COUNTS, EVENT_FLAGS, HARMS

KINDS = (Wrapper, SafeRerank, Quality, Distrust)


def around(kind, inner):
    made = kind()
    made.inner = inner
    return made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("inner", ["popular", "mf"])
def test_every_defence_keeps_the_contract_around_any_agent(kind, inner):
    check_agent(around(kind, inner))


def test_defences_nest_and_privilege_is_handed_on():
    nested = around(SafeRerank, "agents.defences:Distrust")
    check_agent(nested)
    assert around(Wrapper, "oracle").privileged and not nested.privileged


def test_a_wrapper_alone_shows_what_the_agent_within_shows():
    slates = []
    for kind in ("popular", around(Wrapper, "popular")):
        agent, stage = create(kind), Stage()
        agent.reset(stage.catalog, viewers=len(stage.names), seed=0, device=torch.device("cpu"))
        slates.append(agent.act(stage.observe(), 5).ids)
    assert torch.equal(*slates)


def started(kind, stage, inner="popular", **settings):
    made = around(kind, inner)
    for name, value in settings.items():
        setattr(made, name, value)
    made.reset(stage.catalog, viewers=len(stage.names), seed=0, device=torch.device("cpu"))
    return made


def counted(stage, name, row, value):
    counts = stage.catalog.counts.clone()
    counts[:, COUNTS.index("views")] = 1000
    counts[row, COUNTS.index(name)] = value
    stage.catalog = replace(stage.catalog, counts=counts)


def test_what_is_reported_tenfold_moves_down_and_what_is_not_stays():
    stage = Stage()
    counts = torch.full_like(stage.catalog.counts[:, 0], 2)
    counted(stage, "reports", slice(None), counts)
    counted(stage, "reports", 3, 60)
    penalty = started(SafeRerank, stage).penalty(stage.catalog)
    assert float(penalty[3]) > 20 and float(penalty.median()) == 0


def test_what_the_classifier_takes_for_a_violation_moves_down_where_there_is_one():
    stage = Stage()
    agent = started(SafeRerank, stage, risk=40.0)
    plain, score = agent.penalty(stage.catalog), torch.zeros(stage.capacity, len(HARMS))
    score[3, 1], score[4, 0] = 0.9, 0.2
    more = agent.penalty(replace(stage.catalog, score=score)) - plain
    assert more[3:5].tolist() == pytest.approx([36.0, 8.0]) and float(more.sum()) == 44.0
    first = agent.act(stage.observe(), 5).ids[:, 0]
    row = (first[0] - 1).item()
    score[row] = 1.0
    stage.catalog = replace(stage.catalog, score=score)
    seen = agent.act(stage.observe(), 5).ids
    assert seen[0, 0] != first[0]


def test_two_reports_of_three_views_are_too_few_to_move_a_video_far():
    stage = Stage()
    counts = stage.catalog.counts.clone()
    counts[:, COUNTS.index("views")], counts[:, COUNTS.index("reports")] = 1000, 20
    counts[5, COUNTS.index("views")], counts[5, COUNTS.index("reports")] = 3, 2
    catalog = replace(stage.catalog, counts=counts)
    few = float(started(SafeRerank, stage, prior=100.0).penalty(catalog)[5])
    assert 0 < few < 8


def test_what_those_asked_were_glad_of_moves_up_and_so_do_its_creator_s_others():
    stage = Stage()
    agent = started(Quality, stage)
    log = stage.watch(stage.observe(), agent.act(stage.observe(), 5))
    one = log.video[0]
    answers = torch.where(log.video == one, 5.0, 2.0)
    for _ in range(5):
        agent.learn(replace(log, survey=answers))
    penalty = agent.penalty(stage.catalog)
    row = int((stage.catalog.id == one).nonzero()[0])
    assert int(penalty.argmin()) == row or float(penalty[row]) < 0
    assert float(penalty.max()) > 0


def watched(stage, agent, fakes):
    """A page; the `fakes`, rows of viewers, finish and like all that they see."""
    seen = stage.observe()
    log = stage.watch(seen, agent.act(seen, 5))
    fake = torch.isin((log.viewer - 1) % len(stage.names), torch.as_tensor(fakes))
    like = 1 << EVENT_FLAGS.index("like")
    some = torch.arange(len(log)) % 3 == 0  # people finish one of three, and like nothing
    watch = torch.where(fake | some, log.duration, 0.1 * log.duration)
    return replace(log, watch=watch, flags=torch.where(fake, like, 0).to(log.flags.dtype))


class Hears(Wrapper):
    """Keeps whose impressions it was handed."""

    def learn(self, log):
        self.heard = set(log.viewer.tolist())
        assert len(log.history) == len(log)
        return super().learn(log)


def test_accounts_that_finish_and_like_everything_are_not_learned_from():
    stage = Stage()
    agent = started(Distrust, stage, least=10)
    agent.agent = started(Hears, stage)
    for _ in range(8):
        agent.learn(watched(stage, agent, [0, 1]))
    assert agent.suspects().nonzero().squeeze(1).tolist() == [0, 1]
    assert not agent.agent.heard & set(stage.names[:2].tolist())


def test_a_part_of_a_log_is_a_log():
    stage = Stage()
    agent = started(Wrapper, stage)
    log = stage.watch(stage.observe(), agent.act(stage.observe(), 5))
    kept = torch.arange(len(log)) % 2 == 0
    some = part_of(log, kept)
    assert len(some) == int(kept.sum())
    assert torch.equal(some.history, log.history[kept])
