"""Moderation in the world: what is taken down is not shown, what is limited reaches followers only,
people work at night, and creators object."""

import math
from dataclasses import replace

import pytest
import torch
from made_moderation import ROOT, SMALL, above, eve, marked, morning, never
from worlds import differences, nano, nano_rules, random_slate

from sim.lab.run import checkpoint
from sim.lab.run.arm import Arm
from sim.world import accounts, moderation, oversight, platform, shift
from sim.world.state import ACTIONS, COUNTS, HARMS, Decisions, Policy, World, lent, row_of
from sim.world.state.moderation import STAGES, bit, has, outcome


def a_page(world: World):
    rules = nano_rules(*SMALL)
    request = platform.ask(world, rules)
    slate = random_slate(world, rules, request, ROOT)
    return platform.answer(world, rules, request, slate, ROOT)


def new(world: World) -> torch.Tensor:
    return (world.videos.id > 0) & (world.videos.uploaded == world.day)


def test_a_policy_that_removes_everything_leaves_an_empty_feed_and_no_crash():
    settings = ["policy.hours=0.0", *(f"policy.{h}.remove=0.0" for h in HARMS)]
    arm = Arm("random", nano("threats=low", "size.viewers=60", *settings), 0)
    for day in arm.run(2):
        assert day.world.videos.removed[day.world.videos.id > 0].all()
        assert sum(int(e.response.seen.sum()) for e in day.events) == 0


def test_without_measures_nothing_is_taken_down_but_all_is_scored():
    world = morning(never())
    here = new(world)
    assert here.any() and not world.videos.removed[here].any()
    assert bool((world.moderation.score[here] > 0).all())
    assert not has(world.moderation.state, "waiting")[here].any()


def test_the_gate_removes_exactly_what_scores_above_the_threshold():
    world = morning(never(threshold=above("remove", 0.3)))
    here, score = new(world), world.moderation.score
    assert torch.equal(world.videos.removed[here], (score[here] > 0.3).any(1))
    decided = world.moderation.decided[:, STAGES.index("machine")]
    assert torch.equal(decided[here] > 0, world.videos.removed[here])


def test_the_ranking_stage_has_the_classifiers_score_and_only_where_there_is_one():
    world = morning(never())
    shown = platform.public(world, nano_rules(*SMALL)).score
    assert torch.equal(shown, world.moderation.score) and float(shown.max()) > 0
    secret = replace(
        world.threats, severity=1 - world.threats.severity, harm=0 * world.threats.harm
    )
    blind = platform.public(replace(world, threats=secret), nano_rules(*SMALL))
    assert torch.equal(blind.score, shown)  # the machine's mistakes and all, never the truth
    assert lent(blind).score is not shown and torch.equal(lent(blind).score, shown)
    without = platform.public(replace(world, moderation=None), nano_rules(*SMALL))
    assert without.score is None and lent(without).score is None


def test_what_is_limited_stands_in_no_feed_but_may_be_sent():
    world = morning(never())
    rules, live = nano_rules(*SMALL), platform.public(world, nano_rules(*SMALL)).eligible
    row = live.nonzero()[:3, 0]
    after = marked(world, "limited", row)
    assert not platform.public(after, rules).eligible[row].any()
    inbox = world.memory.inbox.clone()
    inbox[:] = world.videos.id[row[0]]
    after = replace(after, memory=replace(world.memory, inbox=inbox))
    _, events = a_page(after)
    assert bool((events.ids == world.videos.id[row[0]]).any())


def test_those_under_18_are_never_shown_what_is_gated_and_lose_no_place():
    world = morning(never())
    people = replace(world.viewers, age_band=torch.arange(len(world.viewers.id)) % 2)
    world = replace(world, viewers=people)
    rows = torch.arange(0, len(world.videos.id), 3)
    world = marked(world, "gated", rows)
    _, events = a_page(world)
    minor = people.age_band[events.request.row] == 0
    gated = has(world.moderation.state, "gated")[row_of(events.ids, len(world.videos.id))]
    gated = gated & (events.ids > 0)
    assert minor.any() and not gated[minor].any() and gated[~minor].any()
    there = events.ids > 0
    assert bool((there[:, 1:] <= there[:, :-1]).all())  # empty places come last


def test_a_label_stops_its_share_of_shares_and_nothing_else():
    rules = nano_rules(*SMALL, "review.label_share=0.5", "reactions.share_by_ratio=[1,1,1,1,1]")
    world = platform.turn_day(platform.init(rules, ROOT), rules, ROOT)
    request = platform.ask(world, rules)
    slate = random_slate(world, rules, request, ROOT)
    plain, same = (platform.answer(w, rules, request, slate, ROOT)[1].response for w in (
        marked(world, "labelled", []), marked(world, "labelled", slice(None))))  # fmt: skip
    kept = int(same.did("share").sum()) / int(plain.did("share").sum())
    assert kept == pytest.approx(0.5, abs=0.06)
    assert torch.equal(plain.did("like"), same.did("like"))
    assert not (same.did("share") & ~plain.did("share")).any()


def test_what_is_demonetised_earns_nothing():
    params = ("threats=low", "size.viewers=80", "money=on")
    rules = nano_rules(*params)
    day = list(Arm("popular", nano(*params), 2).run(2))[-1]
    night = ROOT.luck
    paid = accounts.settled(marked(day.world, "removed", []), rules, night)
    none = accounts.settled(marked(day.world, "demonetised", slice(None)), rules, night)
    assert int(paid.ledger.flows[0].sum()) > 0 == int(none.ledger.flows[0].sum())


def test_a_suspended_account_posts_nothing_until_its_days_are_over():
    world = morning(never())
    held = world.moderation
    until = torch.full_like(held.suspended, int(world.day) + 3)
    world = replace(world, moderation=replace(held, suspended=until))
    posted = []
    for _ in range(3):
        world = morning(never(), world=world)
        posted.append(int(new(world).sum()))
    assert posted[:2] == [0, 0] and posted[2] > 0


def reviewed(world: World, policy: Policy) -> World:
    return shift.reviewed(world, nano_rules(*SMALL), Decisions(rules=policy), ROOT)


def waiting(world: World, n: int, seems: float) -> World:
    """With `n` of the day's videos in the queue, which seem so to people."""
    rows = new(world).nonzero()[:n, 0]
    seem = torch.full_like(world.moderation.seems, seems)
    return marked(world, "waiting", rows, seems=seem)


PEOPLE = {"hours": torch.tensor(1000.0), "split": torch.tensor([0.0, 1.0, 0.0])}


def test_people_clear_what_seems_harmless_and_remove_what_seems_harmful():
    world = morning(never())
    good = reviewed(waiting(world, 10, -5.0), never(**PEOPLE)).moderation
    assert int(has(good.state, "cleared").sum()) == 10 and not has(good.state, "waiting").any()
    after = reviewed(waiting(world, 10, 20.0), never(**PEOPLE))
    found = after.moderation.decided[:, STAGES.index("review")]
    gone = int((found == outcome("remove")).sum())
    slips = moderation.hurried(torch.arange(1, 20_001), nano().review, ROOT).double().mean()
    assert float(slips) == pytest.approx(nano().review.slip, abs=0.01)
    assert 6 <= gone <= 10 and int((after.videos.removed & ~world.videos.removed).sum()) == gone
    assert gone + int((found == outcome("clear")).sum()) == 10


def test_a_confirmed_violation_gets_what_the_policy_says():
    label = torch.full((len(HARMS),), ACTIONS.index("label"))
    world = morning(never())
    after = reviewed(waiting(world, 10, 20.0), never(**PEOPLE, confirmed=label))
    assert torch.equal(after.videos.removed, world.videos.removed)
    assert int(has(after.moderation.state, "labelled").sum()) >= 6


def test_hours_end_and_the_rest_waits():
    world = waiting(morning(never()), 30, -5.0)
    need = moderation.minutes(torch.tensor([-5.0]), nano().review)
    rules = nano_rules(*SMALL)
    hours = 12.5 * float(need) / 60 / (rules.params.uploads / 1000)
    some = {**PEOPLE, "hours": torch.tensor(hours)}
    held = reviewed(world, never(**some)).moderation
    assert int(has(held.state, "cleared").sum()) == 12
    assert int(has(held.state, "waiting").sum()) == 18
    assert float(held.minutes.sum()) <= 60 * hours * rules.params.uploads / 1000


@pytest.mark.parametrize("lane", ["reports", "views", "views of suspects"])
def test_the_queue_is_worked_off_in_the_order_of_its_lane(lane):
    world = waiting(morning(never()), 20, -5.0)
    rows = has(world.moderation.state, "waiting").nonzero()[:, 0]
    counts, views = world.videos.counts.clone(), world.videos.views_today.clone()
    counts[rows, COUNTS.index("reports")] = torch.arange(1, 21)
    views[rows] = torch.arange(20, 0, -1) * 100
    score = torch.zeros_like(world.moderation.score)
    score[rows[15:], 2] = 0.03
    videos = replace(world.videos, counts=counts, views_today=views)
    world = replace(world, videos=videos, moderation=replace(world.moderation, score=score))
    need = float(moderation.minutes(torch.tensor([-5.0]), nano().review))
    hours = 5.5 * need / 60 / (nano_rules(*SMALL).params.uploads / 1000)
    split = torch.tensor([1.0, 0.0, 0.0] if lane == "reports" else [0.0, 1.0, 0.0])
    suspects = above("review", 0.02 if lane == "views of suspects" else 1.0)
    told = never(hours=torch.tensor(hours), split=split, threshold=suspects)
    first = has(reviewed(world, told).moderation.state, "cleared")[rows]
    assert first.tolist() == ([True] * 5 + [False] * 15 if lane == "views" else
                              [False] * 15 + [True] * 5)  # fmt: skip


def removed(world: World, harm: int, seems: float, days: int) -> World:
    """With the day's videos taken down by the machine so many days ago."""
    rows, held = new(world).nonzero()[:, 0], world.moderation
    threats = replace(world.threats, harm=torch.full_like(world.threats.harm, harm))
    gone = torch.zeros_like(world.videos.removed)
    gone[rows] = True
    state = torch.where(gone, bit("removed") | bit("machine"), 0)
    held = replace(
        held, state=state, seems=torch.full_like(held.seems, seems),
        score=torch.full_like(held.score, 0.8),
        gone=torch.full_like(held.gone, int(world.day) - days),
    )  # fmt: skip
    videos = replace(world.videos, removed=gone)
    return replace(world, threats=threats, moderation=held, videos=videos)


def test_a_second_look_puts_back_what_the_machine_took_by_mistake():
    world = removed(morning(never()), 0, -5.0, 0)
    told = never(hours=torch.tensor(1000.0), confirm=torch.tensor(0.9))
    after = reviewed(world, told)
    assert not after.videos.removed.any() and not has(after.moderation.state, "removed").any()
    sure = reviewed(world, never(hours=torch.tensor(1000.0), confirm=torch.tensor(0.7)))
    assert torch.equal(sure.videos.removed, world.videos.removed)


def test_many_second_looks_leave_the_queue_half_of_the_hours():
    world = removed(morning(never()), 0, -5.0, 0)
    rows, held = world.videos.removed.nonzero()[:, 0], world.moderation
    queue, down = rows[:15], world.videos.removed.clone()
    down[queue] = False
    state = held.state.index_fill(0, queue, bit("waiting"))
    world = replace(world, videos=replace(world.videos, removed=down),
                    moderation=replace(held, state=state))  # fmt: skip
    assert int(down.sum()) > 20
    need = float(moderation.minutes(torch.tensor([-5.0]), nano().review))
    hours = 20.5 * need / 60 / (nano_rules(*SMALL).params.uploads / 1000)
    told = {**PEOPLE, "hours": torch.tensor(hours), "confirm": torch.tensor(0.9)}
    after = reviewed(world, never(**told))
    assert int(down.sum() - after.videos.removed.sum()) == 10
    assert int(has(after.moderation.state[queue], "cleared").sum()) == 10


def test_the_innocent_object_more_often_and_are_heard():
    world, told = morning(never()), never(hours=torch.tensor(1000.0))
    filed = []
    for harm, seems in ((0, -5.0), (2, 20.0)):
        after = reviewed(removed(world, harm, seems, 1), told)
        objects = after.moderation.decided[:, STAGES.index("filing")] > 0
        filed.append(int(objects.sum()))
        assert torch.equal(after.videos.removed[objects], torch.full((filed[-1],), harm > 0))
    p, n = nano().review, int(new(world).sum())
    for some, chance in zip(filed, (p.innocent, p.guilty), strict=True):
        assert abs(some - n * chance) < 4 * math.sqrt(n * chance)
    assert filed[0] > 3 * filed[1]


def test_an_objection_is_answered_once_be_it_after_a_second_look():
    """What stays down after an appeal was answered anew each night, until somebody erred."""
    world = removed(morning(never()), 0, 20.0, 1)  # harmless, and people take it for harmful
    looked = world.moderation.state + new(world) * bit("checked")  # by a second look before
    world = replace(world, moderation=replace(world.moderation, state=looked))
    told, answers = never(hours=torch.tensor(1000.0)), []
    for _ in range(4):
        world = reviewed(world, told)
        answers.append(world.moderation.decided[:, STAGES.index("appeal")] > 0)
        world = replace(world, day=world.day + 1)
    filed = has(world.moderation.state, "removed", "appealed")
    assert filed.any() and torch.equal(torch.stack(answers).sum(0), filed.long())


def test_two_runs_are_one_and_a_saved_world_goes_on_as_it_was():
    one, other = (list(Arm("popular", nano(*SMALL), 5).run(3))[-1].world for _ in range(2))
    assert differences(one, other) == []
    rules = nano_rules(*SMALL)
    back = checkpoint.unpack(eve(), checkpoint.pack(one))
    after = (platform.turn_day(w, rules, ROOT) for w in (one, back))
    assert differences(*after) == []


def test_moderation_rests_where_nothing_is_moderated():
    for settings in (("threats=none",), ("threats=low", "moderation=none")):
        world = platform.init(nano_rules("size.viewers=40", *settings), ROOT)
        assert world.moderation is None
        assert oversight.shown_in_feeds(world) is None


def test_none_of_it_is_asked_of_the_truth_that_no_team_has():
    """What the night decides hangs on hidden harm only through what the machine and people see."""
    world = morning(never())
    held, lie = world.moderation, torch.zeros_like(world.threats.harm)
    policy = never(**PEOPLE)
    told = replace(world, threats=replace(world.threats, harm=lie), moderation=held)
    one, other = (reviewed(w, policy).moderation.decided for w in (world, told))
    assert torch.equal(one, other)
