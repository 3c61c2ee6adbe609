"""Actors learn from what became of their own posts, within their means."""

from dataclasses import replace

import pytest
import torch
from made_threats import P, kind, menaces, tactic
from worlds import stock

from sim.world import threats
from sim.world.rng import key
from sim.world.state import TACTICS

A = replace(P.actors, accounts=2, explore=0.0)
PLAIN, MOVE, BUY, WAIT = (TACTICS.index(n) for n in ("plain", "move", "buy", "wait"))
RATE = torch.ones(7)


def ring(**changes):
    """Videos 1..7 by the first accounts of the seven actors, the others by honest creators."""
    return stock(12, creator=torch.tensor([*range(7, 21, 2), *range(1, 6)]), **changes)


def test_an_actor_counts_the_views_of_its_own_posts_by_the_tactic_they_were_made_with():
    views = torch.arange(12) * 10
    held = tactic(menaces(tactic=torch.tensor([0, 1, 2, 3, 4, 5, 0, 1, 1, 1, 1, 1])), "move")
    actors = threats.learned(held, ring(views_today=views), RATE, A).actors
    assert actors.posts[:, MOVE].tolist() == [1.0] * 7 and actors.posts.sum() == 7
    assert actors.gain[kind("clickbait")].tolist() == [0, 0, 0, 0, 0, 0]  # had no views
    assert actors.gain[kind("spam"), 4] == 40 and actors.gain[kind("spam")].sum() == 40


def test_where_the_goal_is_harm_or_money_what_counts_is_harm_done():
    done = torch.full((12,), 300)
    held = menaces(done=done)
    after = threats.learned(held, ring(views_today=torch.full((12,), 7)), RATE, A)
    assert after.actors.gain[kind("misinformation"), PLAIN] == 300
    assert after.actors.gain[kind("clickbait"), PLAIN] == 7
    assert not after.done.any()


def test_a_removal_is_counted_once_and_forgotten_in_time():
    gone = torch.zeros(12) > 0
    gone[1] = True
    held = menaces()
    for nights in range(1, 4):
        held = threats.learned(held, ring(removed=gone), RATE, A)
        left = A.forget ** (nights - 1)
        assert float(held.actors.gone[1, PLAIN]) == pytest.approx(left)
    assert held.actors.gone.sum() == held.actors.gone[1, PLAIN]  # nobody else hears of it


def test_a_brigade_is_glad_of_what_was_taken_down_of_what_it_reported():
    gone = torch.zeros(12) > 0
    gone[[8, 9]] = True
    aims = torch.tensor([[9, 10, 11]]).repeat(7, 1)  # ids, of rows 8 to 10
    after = threats.learned(tactic(menaces(targets=aims), "buy"), ring(removed=gone), RATE, A)
    assert after.actors.gain[kind("brigade"), BUY] == 2 and after.actors.gain.sum() == 2


def learner(gain, gone=None, posts=10.0, budget=10.0):
    held = menaces()
    row = torch.tensor(gain).float()
    actors = replace(
        held.actors,
        gain=row.repeat(7, 1),
        gone=torch.tensor(gone or [0] * 6).float().repeat(7, 1),
        posts=torch.full((7, 6), posts),
        budget=torch.full((7,), budget),
    )
    return replace(held, actors=actors)


def chosen(held, params=A):
    return threats.chosen(held, torch.zeros(20) > 0, params, key(0)).actors


def test_the_best_tactic_is_chosen_and_fear_of_removal_outweighs_reach():
    assert chosen(learner([1, 9, 1, 1, 1, 1])).tactic[:6].tolist() == [MOVE] * 6
    caught = learner([5, 4, 1, 1, 1, 1], gone=[10, 0, 0, 0, 0, 0])
    assert chosen(caught).tactic[:6].tolist() == [MOVE] * 6
    assert chosen(caught, replace(A, fear=0.0)).tactic[:6].tolist() == [PLAIN] * 6


def test_what_the_budget_does_not_pay_for_is_not_done():
    poor = learner([1, 9, 1, 1, 1, 0], budget=0.0)
    dear = replace(A, allowance=0.5)  # moving costs 1
    assert chosen(poor, dear).tactic[0] == PLAIN
    assert chosen(poor, dear).budget[0] == 0.5
    rich = chosen(learner([1, 9, 1, 1, 1, 1], budget=0.5), dear)
    assert rich.tactic[0] == MOVE and rich.budget[0] == 0.0


def test_budgets_are_never_overdrawn_nor_fuller_than_the_purse():
    held, params = menaces(), replace(A, explore=3.0)
    for night in range(60):
        held = threats.learned(held, ring(), RATE, params)
        held = threats.chosen(held, torch.zeros(20) > 0, params, key(0).fold(night))
        assert (held.actors.budget >= 0).all() and (held.actors.budget <= A.purse).all()
    assert len(held.actors.posts[0].nonzero()) == 6  # each way was tried


def test_moving_is_learned_by_doing_it():
    held = learner([1, 9, 1, 1, 1, 1], budget=1e3)
    params = replace(A, purse=1e3)
    for _ in range(5):
        held = threats.chosen(held, torch.zeros(20) > 0, params, key(0))
    left = (1 - A.practice) ** 5
    assert float(held.actors.moved[0]) == pytest.approx(A.move * (1 - left), rel=1e-5)
    assert held.actors.moved[kind("brigade")] == 0


def test_brigades_send_accounts_out_or_wait_and_rings_own_theirs():
    held = learner([9, 9, 9, 9, 1, 1])
    assert chosen(held).tactic[kind("brigade")] in (BUY, WAIT)
    bought = chosen(learner([0, 0, 0, 0, 9, 0], budget=0.0), replace(A, allowance=0.0))
    assert bought.tactic[kind("ring")] == BUY and bought.budget[kind("ring")] == 0
    assert bought.tactic[kind("spam")] != BUY  # who has to pay cannot
