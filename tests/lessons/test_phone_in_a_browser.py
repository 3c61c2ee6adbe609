"""The phone in a real browser: by finger, mouse and keys alone, in both languages, served and
offline; and bayes in the page is bayes."""

import argparse
import importlib.util
import json
import threading
import time

import pytest
import torch
from aloud import nameless, tree

from agents.posterior import People
from agents.told import answers, bins
from sim.lab.phone import offline, page
from sim.lab.phone.server import Server
from sim.lab.phone.session import Session
from sim.lab.phone.timeline import Timeline, params_of
from sim.lab.run.agents import cast
from sim.lab.teaching.rendering import browser
from sim.world.state import row_of

NEEDS = {
    "chromium": browser() is None,
    "websocket-client": importlib.util.find_spec("websocket") is None,
}
LACKING = [name for name, lacks in NEEDS.items() if lacks]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {LACKING}")
PARAMS = params_of("nano", "kuaishou")
READY = "!!document.querySelector('.ph-card small')"
COUNT = "document.querySelector('.ph-front .ph-strip')?.children.length ?? 0"
LIVE = "document.querySelector('.ph-front .ph-hidden').textContent"


@pytest.fixture(scope="module")
def grown():
    (one, two), _ = cast(["bayes", "popular"], None, {})
    return [Timeline.begun(spec, PARAMS, 0, 2) for spec in (one, two)]


@pytest.fixture
def serve(grown):
    """The address of a session, and the session."""
    made = []

    def start(lang, speed=4.0, persona=False):
        session = Session([each.copy() for each in grown], lang, persona)
        server = Server(session, *page.html(lang, speed), 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made.append(server)
        return server.address, session

    yield start
    for server in made:
        server.shutdown()
        server.server_close()


def opened(page_, address):
    page_.go(address)
    page_.until(READY, 60)
    page_.ask("window.told = [], addEventListener('securitypolicyviolation',"
              " e => told.push(e.violatedDirective))")  # fmt: skip


def until_swiped(page_, act, number):
    """Does it until the card was taken: a busy machine's browser drops a made-up gesture now and
    then."""
    for _ in range(3):
        act()
        try:
            page_.until(f"({COUNT}) === {number}", 5)
            return
        except TimeoutError:
            continue
    raise TimeoutError(f"card {number} was not taken")


def fits(page_, width):
    """Nothing sticks out, nothing was refused by the page's policy, buttons are large enough for a
    finger, and all that can be handled has a name that is read aloud."""
    assert nameless(tree(page_)) == []
    assert page_.ask("document.documentElement.scrollWidth") <= width
    assert page_.ask("window.told") == []
    low = "b => b.offsetHeight > 0 && b.offsetHeight < 40"
    buttons = "[...document.querySelectorAll('.ph-front button')]"
    assert page_.ask(f"{buttons}.filter({low}).map(b => b.textContent)") == []


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", [(390, 844), (360, 640)])
@pytest.mark.parametrize("persona", [False, True])
def test_a_small_screen_holds_the_whole_card_and_its_buttons(serve, tmp_path, lang, size, persona):
    from chromium import Page

    address, _ = serve(lang, persona=persona)
    with Page(tmp_path, *size, touch=True) as phone:
        opened(phone, address)
        ends = (
            "[...document.querySelectorAll('.ph-front .ph-phone, .ph-front .ph-acts')]"
            ".flatMap(n => (b => [b.top, b.bottom])(n.getBoundingClientRect()))"
        )
        top, *_, bottom = phone.ask(ends)
        assert 0 <= top < bottom <= size[1]
        veil, text = (f"document.querySelector('.ph-front .{n}').getBoundingClientRect()"
                      for n in ("ph-veil", "ph-card small"))  # fmt: skip
        assert phone.ask(f"{veil}.bottom <= {text}.top")  # to start hides no words of the card
        fits(phone, size[0])
        told = "document.querySelector('.ph-about').open"
        assert not phone.ask(told)
        phone.tap(".ph-about summary")
        phone.until(told, 5)


@pytest.mark.parametrize(("lang", "dark"), [("en", False), ("zh", True)])
def test_by_finger_on_a_narrow_screen(serve, tmp_path, lang, dark):
    from chromium import Page

    address, session = serve(lang)
    with Page(tmp_path, 390, 844, touch=True) as phone:
        if dark:
            phone.media(prefers_color_scheme="dark")
        opened(phone, address)
        phone.click(".ph-front .ph-veil")
        for number in range(1, 7):
            until_swiped(phone, lambda: phone.swipe(".ph-front .ph-card", 0, -150), number)
        assert session.timelines[0].swipes == 6
        phone.click(".ph-tabs button", 1)
        phone.click(".ph-front .ph-veil")
        until_swiped(phone, lambda: phone.swipe(".ph-front .ph-card", 0, -150), 1)
        phone.click(".ph-front .ph-more button")  # the double
        phone.until(f"({COUNT}) === 6", 30)
        assert session.timelines[1].swipes == 6
        fits(phone, 390)


def test_by_mouse_and_time_is_measured(serve, tmp_path):
    """A card that lies there for longer was watched for longer, and a card out of use not at
    all."""
    from chromium import Page

    address, session = serve("en", speed=10.0)
    with Page(tmp_path, 1280, 900) as phone:
        opened(phone, address)
        time.sleep(1)
        phone.click(".ph-front .ph-veil")
        until_swiped(phone, lambda: phone.drag(".ph-front .ph-card", 0, -150), 1)
        time.sleep(2)
        until_swiped(phone, lambda: phone.click(".ph-front .ph-next"), 2)
        phone.click(".ph-front .ph-acts button", 3)
        until_swiped(phone, lambda: phone.click(".ph-front .ph-next"), 3)
        (_, first), (second, longer), (_, liked) = session.timelines[0].past
        assert longer.watch > min(20.0, 3 * second.seconds) - 0.5 > 0
        assert first.watch < 12 or longer.watch > first.watch  # a second aside, ten of video
        assert liked.like and not longer.like
        fits(phone, 1280)


def test_by_keys_alone_and_what_is_read_aloud(serve, tmp_path):
    from chromium import Page

    address, session = serve("en")
    with Page(tmp_path, 1280, 900) as phone:
        opened(phone, address)
        for _ in range(10):  # to the first phone, by Tab
            phone.press("Tab")
            if phone.ask("document.activeElement.className") == "ph-phone":
                break
        assert phone.ask("document.activeElement.getAttribute('role')") == "group"
        assert "bayes" in phone.ask("document.activeElement.getAttribute('aria-label')")
        phone.press(" ")
        said = [phone.ask(LIVE)]
        phone.press("l")
        for number in range(1, 6):
            until_swiped(phone, lambda: phone.press("ArrowDown"), number)
            said.append(phone.ask(LIVE))
        assert said[0].startswith("Card 1: ") and len(set(said)) == 6
        assert [act.like for _, act in session.timelines[0].past] == [True] + [False] * 4
        phone.press("w")
        phone.until("document.activeElement.className === 'ph-why'", 30)
        assert "stands at place" in phone.ask("document.activeElement.textContent")
        assert (
            phone.ask("document.querySelector('.ph-front [aria-expanded]').ariaExpanded") == "true"
        )
        for _ in range(3):
            phone.press("Tab")
            if phone.ask("document.activeElement.textContent") == "Close":
                break
        phone.ask("document.activeElement.click()")
        assert phone.ask("document.activeElement.className") == "ph-phone"
        fits(phone, 1280)


def test_who_needs_time_chooses_instead_of_being_measured(serve, tmp_path):
    from chromium import Page

    address, session = serve("en")
    with Page(tmp_path, 390, 844, touch=True) as phone:
        opened(phone, address)
        phone.click(".ph-check input")
        until_swiped(phone, lambda: phone.click(".ph-front .ph-whole"), 1)
        until_swiped(phone, lambda: phone.click(".ph-front .ph-skip"), 2)
        (card, whole), (_, skip) = session.timelines[0].past
        assert whole.watch == pytest.approx(card.seconds, abs=0.1) and skip.watch <= 1.5
        fits(phone, 390)


def test_a_program_that_has_ended_is_said_and_nothing_is_lost(serve, tmp_path):
    from chromium import Page

    address, session = serve("en")
    with Page(tmp_path, 390, 844) as phone:
        opened(phone, address)
        phone.click(".ph-front .ph-veil")
        session.act = None  # no answer that makes sense
        phone.click(".ph-front .ph-next")
        phone.until("!document.querySelector('.ph-lost').hidden", 30)
        assert "python -m sim.play viewer" in phone.ask(
            "document.querySelector('.ph-lost').textContent"
        )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_offline_file_plays_without_any_server(grown, tmp_path, lang):
    from chromium import Page

    frozen = offline.frozen(grown[0].copy(), "popular", lang)
    text, policy = page.html(lang, 4.0, frozen, 2)
    assert "connect-src 'none'" in policy and "http" not in text.replace("http-equiv", "")
    file = tmp_path / "phone.html"
    file.write_text(text, encoding="utf-8")
    with Page(tmp_path, 390, 844, touch=True) as phone:
        opened(phone, file.as_uri())
        assert "2" in phone.ask("document.querySelector('.ph-told').textContent")
        phone.click(".ph-front .ph-veil")
        for number in range(1, 6):
            until_swiped(phone, lambda: phone.swipe(".ph-front .ph-card", 0, -150), number)
        phone.click(".ph-front [aria-expanded]")
        phone.until("!document.querySelector('.ph-front .ph-why').hidden", 30)
        fits(phone, 390)


def test_bayes_in_the_page_is_bayes(grown, tmp_path):
    """Ten cards in the page, and the posterior that the agent's own code has of the same ten."""
    from chromium import Page

    frozen = offline.frozen(grown[0].copy(), "none", "en")
    file = tmp_path / "phone.html"
    file.write_text(page.html("en", 4.0, frozen, 2)[0], encoding="utf-8")
    watched = [40.0, 1.0, 12.0, 3.0, 7.5, 90.0, 0.5, 18.0, 2.0, 30.0]
    script = f"""(async () => {{
        const ask = offline(config.frozen), cards = [];
        for (const [number, watch] of {json.dumps(watched)}.entries()) {{
            const one = (await ask('state', {{}})).timelines[0].card;
            cards.push(one.text);
            await ask('swipe', {{ number, watch }});
        }}
        const told = await ask('mean', {{}});
        return [cards, told.mean, told.timelines[0].card.text];
    }})()"""
    with Page(tmp_path, 390, 844) as phone:
        opened(phone, file.as_uri())
        cards, mean, _ = phone.ask(script)
    one = grown[0].copy()
    agent, listing, row = one.clock.resident.agent, one.clock.listing, one.row
    by_text = {video["text"]: video["id"] for video in frozen["videos"]}
    ids = torch.tensor([by_text[text] for text in cards])
    agent.prepare(listing)
    people: People = agent.people
    people.forget(row)
    for start in (0, 5):
        video = row_of(ids[start : start + 5], listing.capacity)
        seconds = torch.tensor(watched[start : start + 5])
        log = argparse.Namespace(watch=seconds, duration=listing.duration[video])
        at, x = bins(log.duration), agent.x(row.expand(5), video)
        gain, worth = agent.told.gain.float()[at], agent.worths()[video]
        y = agent.told.label(answers(log), at)
        people.add(row.expand(5), gain[:, None] * x, y - gain * worth)
        agent._sate(row.expand(5), agent.content.topic(listing, video))
    own = people.belief(row).mean[0]
    assert mean == pytest.approx(own.tolist(), abs=2e-3)
    assert float(own.abs().max()) > 0.05
