"""The queue, what is done by score and by finding, and what follows for accounts."""

from dataclasses import replace

import pytest
import torch
from worlds import nano

from sim.world import moderation
from sim.world.rng import key
from sim.world.state import ACTIONS, HARMS, blank_moderation
from sim.world.state.moderation import has, outcome

MINUTES = torch.tensor([1.0, 2.0, 3.0, 4.0])


def policy(**changes):
    never = torch.ones(len(HARMS), len(ACTIONS))
    return replace(moderation.policy(nano().policy), threshold=never, **changes)


def test_hours_reach_the_first_in_line_and_no_further():
    cases, first = torch.tensor([True, True, False, True]), torch.tensor([1.0, 3.0, 9.0, 2.0])
    taken, spent = moderation.worked_off(
        cases, first.__getitem__, MINUTES.__getitem__, torch.tensor(6.5), 4
    )
    assert taken.tolist() == [False, True, False, True] and float(spent) == 6.0


def test_what_the_machine_suspects_comes_before_what_is_only_popular():
    told, score = policy(), torch.full((4, len(HARMS)), 0.01)
    told.threshold[:, ACTIONS.index("review")] = 0.02
    score[1, 4] = score[3, 0] = 0.03
    first = moderation.suspects_first(torch.tensor([900.0, 5.0, 40.0, 30.0]), score, told)
    assert first.argsort(descending=True).tolist() == [3, 1, 0, 2]


def test_without_hours_nobody_is_looked_at():
    by = MINUTES.__getitem__
    taken, spent = moderation.worked_off(MINUTES > 0, by, by, torch.tensor(0.0), 4)
    assert not taken.any() and float(spent) == 0


def test_hours_are_split_by_weights_of_any_sum():
    split = moderation.lanes(torch.tensor([1.0, 1.0, 0.0]), torch.tensor(60.0))
    assert split.tolist() == [30.0, 30.0, 0.0]
    assert moderation.lanes(torch.zeros(3), torch.tensor(60.0)).tolist() == [0.0, 0.0, 0.0]


def test_what_is_taken_down_needs_no_other_measure():
    told = policy()
    told.threshold[1, ACTIONS.index("remove")] = 0.9
    told.threshold[1, ACTIONS.index("label")] = 0.5
    score = torch.zeros(3, len(HARMS))
    score[:, 1] = torch.tensor([0.95, 0.6, 0.4])
    done, state = moderation.by_score(score, told)
    assert done.tolist() == [outcome("remove"), outcome("label"), 0]
    assert has(state, "removed").tolist() == [True, False, False]
    assert has(state, "labelled").tolist() == [False, True, False]
    assert has(state, "machine").tolist() == [True, True, False]


@pytest.mark.parametrize("never", [1.0, 1.01, float("nan")])
def test_a_threshold_of_1_or_more_or_none_is_never_and_0_is_always(never):
    score = torch.cat([torch.ones(1, len(HARMS)), torch.full((1, len(HARMS)), 1e-9)])
    told = replace(policy(), threshold=torch.full((len(HARMS), len(ACTIONS)), never))
    assert moderation.by_score(score, told)[0].tolist() == [0, 0]
    told.threshold[:, ACTIONS.index("remove")] = 0.0
    assert moderation.by_score(score, told)[0].tolist() == [outcome("remove")] * 2


def test_a_full_number_of_strikes_suspends_for_the_days_of_the_policy():
    held, day = blank_moderation(4, 2, 3, "cpu"), torch.tensor(10)
    told = policy(strikes=torch.tensor(2.0), days=torch.tensor(7.0))
    author, one = torch.tensor([0, 0, 1, 1]), torch.tensor([True, False, True, False])
    held = moderation.struck(held, author, one, day, told)
    assert held.strikes.tolist() == [1, 1] and not held.halted.any()
    held = moderation.struck(held, author, torch.tensor([True] + 3 * [False]), day, told)
    assert held.suspended[0] == 17 and held.halted.tolist() == [True, False]
    assert held.strikes.tolist() == [0, 1] and held.suspended[1] < day
    held = moderation.pardoned(held, author, one)
    assert held.strikes.tolist() == [0, 0]


def test_with_0_strikes_nobody_is_ever_suspended():
    held, told = blank_moderation(4, 1, 3, "cpu"), policy(strikes=torch.tensor(0.0))
    all_ = torch.ones(4, dtype=torch.bool)
    held = moderation.struck(held, torch.zeros(4, dtype=torch.int64), all_, torch.tensor(1), told)
    assert held.strikes.tolist() == [4] and not held.halted.any()


def test_a_harder_sweep_closes_more_bots_and_more_people_who_do_much():
    n, p = 50_000, nano().review
    name, people = torch.arange(1, n + 1), torch.arange(n) < n // 2
    busy = torch.where(torch.arange(n) % 2 == 0, 1.0, 0.0)
    mark = moderation.marks(name, ~people, busy, p, key(5))
    shares = []
    for strength in (0.0, 0.2, 0.6):
        closed = moderation.swept(mark, policy(sweep=torch.tensor(strength)))
        shares.append([float(closed[who].double().mean()) for who in
                       (~people, people & (busy > 0), people & (busy == 0))])  # fmt: skip
    assert shares[0] == [0, 0, 0]
    assert all(a <= b for a, b in zip(*shares[1:], strict=True))
    bots, heavy, light = shares[2]
    assert bots > 0.8 and heavy > 2 * light > 0
