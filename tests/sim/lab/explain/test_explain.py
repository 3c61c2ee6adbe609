"""Whoever is affected is told why, and the parts add up."""

import pytest
import torch

from agents.explained import explained
from sim.lab.explain import Window
from sim.presets.errors import BadInput
from sim.seats.recommender.view import observe

EXACT = ("mf", "bpr", "ncf", "gmf", "mlp", "bayes", "popular")


@pytest.fixture(scope="module")
def window():
    return Window("mf", days=4, settings={"threats": "high"})


@pytest.mark.parametrize("agent", [*EXACT, "two_tower", "oracle"])
def test_the_parts_of_a_score_add_up_to_it(agent):
    made = Window(agent, days=1)
    told = made.why_shown()
    assert told.exact is (agent in EXACT)
    assert sum(told.parts.values()) == pytest.approx(told.score, abs=1e-4)
    assert told.rank == 1 and told.gap == 0 and set(told.without) == set(told.parts)


def test_explaining_leaves_the_agent_as_it_was():
    one, two = (Window("ncf", days=2) for _ in range(2))
    one.why_shown()
    a, b = one.clock.serve(), two.clock.serve()
    assert torch.equal(a.ids, b.ids)


def test_the_score_explained_is_the_one_that_ranks(window):
    clock = window.clock
    seen = observe(clock.world, clock.rules, clock.request, clock.day, clock.page, clock.listing)
    ids = clock.listing.id[clock.listing.eligible][:50]
    agent = clock.resident.agent
    found = explained(agent, seen, ids)
    assert torch.allclose(found.score, agent.score(seen, ids.expand(len(seen.viewer), -1)))


def test_a_video_s_place_without_a_part_is_counted_among_all(window):
    viewer = int(window.clock.request.viewer[3])
    best = window.why_shown(viewer)
    other = window.why_shown(viewer, video=_other(window, viewer, best.video))
    assert other.rank > 1 and other.gap == pytest.approx(best.score - other.score, abs=1e-5)
    assert other.of == best.of and all(1 <= n <= best.of for n in other.without.values())


def _other(window, viewer, best):
    listing = window.clock.listing
    for video in listing.id[listing.eligible].tolist():
        if video != best:
            try:
                if window.why_shown(viewer, video).rank > 1:
                    return video
            except BadInput:
                continue
    raise AssertionError


def test_who_was_taken_down_is_told_by_whom_why_and_what_to_do(window):
    videos = window.removed()
    assert videos
    told = [window.why_removed(video) for video in videos]
    assert {one.by for one in told} <= {"machine", "person"}
    for one in told:
        assert one.removed and one.rule in "ABCDE" and one.appeal
        if one.by == "machine":
            assert one.score > one.line
    assert {one.appeal for one in told} & {"over", "filed", "lost"}
    today = [one for one in told if one.day == window.clock.day]
    assert all(one.appeal == "open" for one in today)
    assert f"on day {told[0].day + 1} " in told[0].text("en")  # people count days from 1
    assert f"第 {told[0].day + 1} 天" in told[0].text("zh")


def test_a_video_taken_down_is_said_to_spread_no_more(window):
    told = window.why_not_spreading(window.removed()[0])
    assert told.because[0] == "removed" and "removed" in told.state


def test_impressions_are_told_by_source_and_none_is_missing(window):
    views = window.clock.world.videos.counts[:, 0]
    ids = window.clock.world.videos.id
    row = int(views.argmax())
    told = window.why_not_spreading(int(ids[row]))
    # what came before it was in the catalogue counts too
    assert sum(map(sum, told.by_source.values())) == int(views[row])
    assert "removed" not in told.because


def test_a_video_that_is_still_there_was_not_taken_down(window):
    eligible = window.clock.listing.id[window.clock.listing.eligible]
    video = next(v for v in eligible.tolist() if v not in window.notes)
    assert window.why_removed(video).day is None
    assert "was not taken down" in window.why_removed(video).text()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_all_answers_are_told_in_both_languages(window, lang):
    word = {"en": "place", "zh": "位"}[lang]
    assert word in window.why_shown().text(lang)
    video = window.removed()[0]
    for told in (window.why_not_spreading(video), window.why_removed(video)):
        assert str(video) in told.text(lang)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda w: w.why_shown(viewer=10**9), "a viewer asks for a page"),
        (lambda w: w.why_shown(video=10**9), "a video could be shown"),
        (lambda w: w.why_removed(10**9), "a video is in the catalogue"),
        (lambda w: w.why_not_spreading(-1), "a video is in the catalogue"),
    ],
)
def test_what_cannot_be_asked_is_told(window, ask, says):
    with pytest.raises(BadInput, match=says):
        ask(window)
