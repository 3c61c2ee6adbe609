"""Harm by the dose: it builds, fades, draws to more of it, and costs trust, goodwill and money."""

from dataclasses import replace

import pytest
import torch
from made_threats import P, menaces
from worlds import copy_of, moods, people

from sim.world import threats
from sim.world.rng import key
from sim.world.state import EVENT_FLAGS, HARMS

H = P.harms
REPORT = 1 << EVENT_FLAGS.index("report")


def page(held, watch, seen=None, video=((0, 1, 2),)):
    """Viewers 1.. watched (awake, slots) seconds of videos of 20 s in these rows."""
    watch, video = torch.tensor(watch), torch.tensor(video).T
    seen = watch > 0 if seen is None else torch.tensor(seen)
    row = torch.arange(len(watch))
    found = threats.find(held, row, video.expand(-1, len(watch)))
    return threats.met(held, found, row + 1, seen, watch, torch.full((12,), 20.0))


def harmful(*harm, severity=1.0, **changes):
    """The first videos do these kinds of harm."""
    full = torch.zeros(12, dtype=torch.int8)
    full[: len(harm)] = torch.tensor(harm, dtype=torch.int8)
    return menaces(harm=full, severity=(full > 0) * severity, **changes)


def suffered(held, met, params=H, weight=None):
    held, mood = copy_of(held), moods(4)
    weight = torch.ones_like(met.dose) if weight is None else weight
    threats.suffer(held, mood, met, weight, params)
    return held, mood


def test_only_harmful_videos_that_people_saw_are_met():
    held = harmful(2, 0, 4, bot=torch.tensor([False, True, False, False]))
    met = page(held, [[20.0, 20.0, 0.0], [20.0, 20.0, 20.0], [5.0, 0.0, 50.0]])
    assert met.row.tolist() == [0, 2, 2] and met.harm.tolist() == [1, 1, 3]
    assert met.dose.tolist() == pytest.approx([1.0, 0.25, 1.0])  # a whole length is the most


def test_the_dose_grows_with_severity_and_vulnerability():
    held = harmful(4, severity=0.5)
    held.vulnerability[0, 3] = 3.0
    assert page(held, [[20.0, 0.0, 0.0]]).dose.tolist() == pytest.approx([1.5])


def test_harm_adds_up_and_craving_closes_in_on_the_whole():
    held = harmful(2, 2, 2)
    after, mood = suffered(held, page(held, [[20.0, 20.0, 10.0]]))
    assert float(after.harmed[0, 1]) == pytest.approx(2.5 * H.dose[1], abs=2e-3)
    left = torch.exp(torch.tensor(-2.5 * H.crave[1]))
    assert float(after.craving[0, 1]) == pytest.approx(float(1 - left), abs=2e-3)
    assert float(after.trust[0]) == pytest.approx(float(torch.exp(torch.tensor(-2.5 * H.trust))))
    lost = torch.exp(torch.tensor(-2.5 * H.goodwill))
    assert float(mood.goodwill[0]) == pytest.approx(0.66 * float(lost))
    assert after.done[:3].tolist() == [600, 600, 300]
    others = after.harmed.clone()
    others[0, 1] = 0
    assert not others.any() and (after.trust[1:] == 1).all()


def test_the_order_of_a_page_is_moot():
    held = harmful(1, 2, 2, severity=0.37)
    one, _ = suffered(held, page(held, [[7.0, 3.0, 11.0], [20.0, 1.0, 2.0]]))
    met = page(held, [[7.0, 3.0, 11.0], [20.0, 1.0, 2.0]])
    back = threats.Met(**{name: value.flip(0) for name, value in vars(met).items()})
    other, _ = suffered(held, back)
    for name in ("harmed", "craving", "trust", "done"):
        assert torch.equal(getattr(one, name), getattr(other, name))


def test_what_is_warned_of_is_believed_less_and_harms_as_before():
    held = harmful(2)
    met = page(held, [[20.0, 0.0, 0.0]])
    plain, _ = suffered(held, met)
    warned, _ = suffered(held, met, weight=torch.zeros(1))
    assert not warned.craving.any() and torch.equal(warned.harmed, plain.harmed)


def test_harm_and_craving_fade_by_half_lives_and_trust_comes_back():
    held = menaces(harmed=torch.ones(4, 5), craving=torch.ones(4, 5), trust=torch.zeros(4))
    for _ in range(7):
        held = threats.fade(held, H)
    assert float(held.harmed[0, 0]) == pytest.approx(H.keep**7, rel=1e-5)
    assert float(held.craving[0, 0]) == pytest.approx(H.crave_keep**7, rel=1e-5)
    assert float(held.trust[0]) == pytest.approx(1 - (1 - H.trust_back) ** 7, rel=1e-5)


def test_craving_draws_to_harm_of_its_own_kind_alone():
    held = harmful(2, 0, 4, craving=torch.zeros(4, 5))
    held.craving[0, 1], held.craving[1, 3] = 0.5, 1.0
    video = torch.tensor([[0, 1, 2]] * 2).T
    found = threats.find(held, torch.arange(2), video)
    pull = threats.tempted(held, found, video.shape, H.tempt)
    assert pull.T.tolist() == [[0.5 * H.tempt, 0.0, 0.0], [0.0, 0.0, H.tempt]]
    assert not threats.tempted(held, found, video.shape, 0.0).any()


def crowd(harm, n=4000, **changes):
    held = menaces(
        viewers=n, harm=torch.full((12,), harm, dtype=torch.int8), severity=torch.ones(12)
    )
    held = replace(held, **changes)
    return held, page(held, [[20.0]] * n, video=((0,),))


def test_reports_come_as_often_as_severity_and_zeal_say():
    held, met = crowd(2, severity=torch.full((12,), 0.5))
    held.zeal[:2000] = 0.0
    flags = torch.zeros(4000, 1, dtype=torch.int32)
    threats.outrage(flags, held, met, replace(H, report=0.8), key(0))
    assert not flags[:2000].any()
    assert float((flags[2000:] == REPORT).float().mean()) == pytest.approx(0.4, abs=0.04)


def test_scams_alone_take_money_and_no_more_than_is_there_to_lose():
    for harm, sure in ((3, True), (2, False)):
        held, met = crowd(harm)
        threats.outrage(torch.zeros(4000, 1).int(), held, met, replace(H, taken=1.0), key(0))
        assert held.lost.tolist() == [round(H.loss * 1e6) * sure] * 4000


def test_who_trusts_less_comes_less_often():
    held = menaces(trust=torch.tensor([1.0, 0.5, 0.0, 1.0]))
    after = threats.wary(people(4), held, H).activity
    assert after.tolist() == pytest.approx([0.0, -H.trust_come / 2, -H.trust_come, 0.0])


def test_vulnerability_has_mean_one_and_more_for_the_young_in_one_kind_alone():
    n = 200_000
    soft = threats.unharmed(torch.arange(1, n + 1), torch.arange(n) % 2, H, key(0)).vulnerability
    young, old = soft[::2].mean(0), soft[1::2].mean(0)
    assert old == pytest.approx(torch.ones(5), abs=0.05)
    times = torch.tensor([1.0, 1.0, 1.0, H.young, 1.0])
    assert young == pytest.approx(times, rel=0.05)
    logs = soft[1::2].log()
    both = torch.corrcoef(logs.T)
    assert both[0, 1].item() == pytest.approx(H.common, abs=0.02)
    assert len(HARMS) == soft.shape[1]
