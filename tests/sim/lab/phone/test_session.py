"""What a learner does in the phone, and what the recommenders make of it."""

import pytest
import torch

from sim.lab.phone import belief
from sim.lab.phone.double import act_of
from sim.lab.phone.session import Session
from sim.lab.phone.timeline import Act, Card, Timeline, params_of
from sim.lab.run.agents import cast
from sim.presets.errors import BadInput

PARAMS = params_of("nano", "kuaishou")


def timeline(agent, **more):
    (spec,), _ = cast([agent], None, {})
    return Timeline.begun(spec, PARAMS, 0, 2, **more)


@pytest.fixture(scope="module")
def grown():
    return {agent: timeline(agent) for agent in ("bayes", "popular", "random", "mf")}


@pytest.fixture
def session(grown):
    return Session([grown["bayes"].copy(), grown["popular"].copy()])


def swipes(session, count, watch=2.0, place=0):
    for _ in range(count):
        number = session.timelines[place].swipes
        told = session.act("swipe", {"timeline": place, "watch": watch, "number": number})
    return told


def test_a_page_of_five_is_swiped_then_it_learns_and_deals_another(session):
    one = session.timelines[0]
    first = one.page
    told = swipes(session, 4)
    assert told["timelines"][0]["left"] == 1 and one.page is first
    told = swipes(session, 1)
    assert told["timelines"][0]["left"] == 5 and told["timelines"][0]["swipes"] == 5
    assert not {card.video for card in one.page} & {card.video for card in first}
    assert float(one.clock.resident.agent.people.count[one.row[0]]) == 5
    assert told["timelines"][1]["swipes"] == 0


def test_a_swipe_that_is_told_twice_counts_once(session):
    for _ in range(2):
        told = session.act("swipe", {"watch": 3, "number": 0})
    assert told["timelines"][0]["swipes"] == 1


def test_starting_over_is_the_same_moment_with_the_same_luck(session):
    before = session.act("state")
    first = swipes(session, 10)
    assert session.act("restart") == before
    assert swipes(session, 10) == first


def test_what_was_watched_is_what_it_thinks_is_wanted(session):
    """One topic is watched to the end, all else is skipped: bayes comes to think of that topic
    first, popular of nobody."""
    one = session.timelines[0]
    topics = one.clock.listing.topic[one.clock.listing.eligible]
    loved = int(topics.bincount().argmax())
    for _ in range(40):
        card = one.card
        watch = card.seconds if loved in (card.topic, card.topic2) else 1.0
        session.act("swipe", {"watch": watch})
    beliefs = one.beliefs()
    assert max(range(len(beliefs)), key=beliefs.__getitem__) == loved
    shown = [card.topic == loved for card, _ in one.past]
    assert sum(shown[20:]) > sum(shown[:20])
    assert set(session.timelines[1].beliefs()) == {0.0}


@pytest.mark.parametrize(("agent", "thought"), [("popular", []), ("random", None)])
def test_who_tells_nobody_from_anybody_thinks_nothing(grown, agent, thought):
    told = Session([grown[agent].copy()]).act("state")["timelines"][0]
    assert told["beliefs"] == thought


@pytest.mark.parametrize("agent", ["bayes", "popular", "mf"])
def test_why_is_answered_by_parts_that_add_up(grown, agent):
    session = Session([grown[agent].copy()])
    swipes(session, 5, 20.0)
    found = session.timelines[0].why()
    assert found.exact
    assert sum(found.parts.values()) == pytest.approx(found.score, abs=1e-4)
    told = session.act("why")["why"]
    assert len(told["parts"]) == len(found.parts) and "add up" in told["note"]


def test_a_part_that_is_no_term_is_said_to_be_approximate():
    session = Session([timeline("attention")])
    assert "Approximate" in session.act("why")["why"]["note"]


def test_who_has_no_score_has_no_reasons(grown):
    told = Session([grown["random"].copy()]).act("why")["why"]
    assert told["parts"] == [] and "no reasons" in told["text"]


def test_the_double_does_with_a_topic_what_was_done_last():
    past = [
        (Card(1, 3, 3, 10.0, "feed"), Act(10.0, like=True)),
        (Card(2, 4, 4, 20.0, "feed"), Act(2.0)),
        (Card(3, 3, 5, 10.0, "feed"), Act(5.0)),
    ]
    assert act_of(past, Card(9, 3, 3, 40.0, "feed")) == Act(20.0)
    assert act_of(past, Card(9, 4, 4, 40.0, "feed")) == Act(4.0)
    assert act_of(past, Card(9, 7, 7, 40.0, "feed")) == Act(20.0)  # the middle of 1, .1, .5
    assert act_of([], Card(9, 7, 7, 40.0, "feed")) == Act(20.0)


def test_the_double_goes_as_far_as_the_learner_went(session):
    swipes(session, 7)
    told = session.act("double", {"timeline": 1})
    assert [each["swipes"] for each in told["timelines"]] == [7, 7]


def test_after_a_night_it_is_another_day_and_the_feed_goes_on(session):
    swipes(session, 3)
    told = session.act("night", {"timeline": 0})["timelines"]
    assert [each["day"] for each in told] == [4, 3] and told[0]["card"]["number"] == 3
    one = session.timelines[0]
    assert float(one.clock.resident.agent.people.count[one.row[0]]) == pytest.approx(3, abs=0.1)


def test_a_persona_swipes_by_the_law_and_its_taste_is_known(grown):
    one = timeline("bayes", hand=False)
    one.lead(20)
    assert one.swipes == 20 and len({act.watch for _, act in one.past}) > 10
    session = Session([one], persona=True)
    told = session.act("state")
    assert len(told["persona"]["likes"]) == 5 and "truth" not in told
    told = session.act("reveal")["truth"][0]
    scores = belief.own_scores(one.clock, one.row)
    assert told["correlation"] == pytest.approx(float(belief.knows(one.clock, scores, 1)[0]))


def test_nobody_knows_a_person_s_true_taste():
    with pytest.raises(BadInput, match="nobody knows a person's true taste"):
        timeline("oracle")


@pytest.mark.parametrize(
    ("verb", "given"),
    [("fly", {}), ("swipe", {}), ("swipe", {"watch": -1}), ("swipe", {"watch": float("nan")}),
     ("swipe", {"watch": True}), ("swipe", {"watch": 1e9}), ("swipe", {"watch": 1, "timeline": 5}),
     ("why", {"timeline": "x"}), ("night", {"timeline": True})],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(session, verb, given):
    before = session.act("state")
    with pytest.raises(BadInput):
        session.act(verb, given)
    assert session.act("state") == before


def test_correlation_is_of_rows_and_0_where_nothing_varies():
    a = torch.tensor([[1.0, 2, 3], [3, 2, 1], [5, 5, 5]])
    b = torch.tensor([[2.0, 4, 6], [2, 4, 6], [2, 4, 6]])
    assert belief.correlated(a, b).tolist() == pytest.approx([1, -1, 0])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_cards_are_told_in_the_learner_s_language(grown, lang):
    card = Session([grown["popular"].copy()], lang).act("state")["timelines"][0]["card"]
    han = any("一" <= letter <= "鿿" for letter in card["topic"] + card["text"])
    assert han == (lang == "zh")
