"""Safety's measures and the audit trail, on a world whose every video is known."""

import math
from dataclasses import replace

import pytest
import torch
from worlds import nano

from sim.lab.run.arm import Arm
from sim.measure import safety, trail
from sim.measure.people import people_only
from sim.world.state.moderation import OUTCOMES, STAGES, outcome


@pytest.fixture(scope="module")
def day():
    """A day of a world of many threats."""
    arm = Arm("popular", nano("threats=high", "size.viewers=200"), 4)
    return list(arm.run(3))[-1]


def decided(day, stage: str, word: str, rows: list[int]):
    """The day's world, in which nothing was decided but this, about these rows."""
    held = day.world.moderation
    table = torch.zeros_like(held.decided)
    table[rows, STAGES.index(stage)] = outcome(word)
    none = torch.zeros_like(held.warned)
    held = replace(held, decided=table, warned=none, halted=none > 0, swept=held.swept & False)
    return replace(day.world, moderation=held)


def told(world, events=()) -> dict[tuple[str, str], float]:
    return {(m, g): x for m, g, x in safety.measured(world, list(events))}


def test_a_trail_has_a_row_for_each_decision(day):
    rows = trail.rows(decided(day, "review", "remove", [3, 5]))
    assert trail.column(rows, "video").tolist() == day.world.videos.id[[3, 5]].tolist()
    assert bool(trail.is_(rows, "review", "remove").all()) and len(rows) == 2


def test_two_outcomes_of_one_stage_are_two_rows(day):
    world = decided(day, "machine", "limit", [7])
    world.moderation.decided[7, STAGES.index("machine")] |= outcome("review")
    words = [OUTCOMES[i] for i in trail.column(trail.rows(world), "outcome").tolist()]
    assert words == ["review", "limit"]


def test_removals_are_told_by_what_they_hit(day):
    threats = day.world.threats
    harm = threats.harm.clone()
    harm[[1, 2, 3]] = torch.tensor([0, 2, 2], dtype=harm.dtype)
    world = decided(day, "review", "remove", [1, 2, 3])
    found = told(replace(world, threats=replace(threats, harm=harm)))
    assert found["removals", "all"] == 3 and found["removals", "harm:B"] == 2
    assert found["wrongful_removals", "all"] == 1
    assert found["wrongful_removal_rate", "all"] == pytest.approx(1 / 3)


def test_a_day_without_removals_has_no_rate_of_wrong_ones(day):
    found = told(decided(day, "review", "clear", [1]))
    assert found["removals", "all"] == 0 and math.isnan(found["wrongful_removal_rate", "all"])


def test_the_share_of_harmful_views_is_that_of_what_people_saw(day):
    """Every video harmful: all of it; and what bots saw does not count."""
    threats = day.world.threats
    all_ = replace(threats, harm=torch.ones_like(threats.harm))
    found = told(replace(day.world, threats=all_), day.events)
    assert found["violative_view_rate", "all"] == 1 == found["violative_view_rate", "harm:A"]
    bots = replace(all_, bot=torch.ones_like(threats.bot))
    found = told(replace(day.world, threats=bots), day.events)
    assert math.isnan(found["violative_view_rate", "all"]) and found["bot_share", "all"] == 1


def test_measures_of_viewers_are_of_people(day):
    threats = day.world.threats
    bot = torch.zeros_like(threats.bot)
    bot[::2] = True
    world = replace(day.world, threats=replace(threats, bot=bot))
    people, events = people_only(world, day.events)
    assert not (people.viewers.registered & bot).any() and not (people.mood.present & bot).any()
    for before, after in zip(day.events, events, strict=True):
        kept = ~bot[before.request.row]
        assert torch.equal(after.ids, before.ids[kept])
        assert torch.equal(after.response.watch, before.response.watch[kept])


def test_nothing_is_told_of_safety_where_threats_rest():
    day = next(Arm("popular", nano("threats=none", "size.viewers=60"), 0).run(1))
    assert safety.measured(day.world, day.events) == []
    assert len(trail.rows(day.world)) == 0
