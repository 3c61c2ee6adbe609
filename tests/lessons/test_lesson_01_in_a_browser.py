"""Lesson 1 in JupyterLab and a real browser: the phone answers, is kept, and the lesson goes on."""

import json
import re

import pytest
from notebook_page import (
    CODE,
    LACKING,
    SAID,
    changed,
    done,
    fill,
    form,
    jupyterlab,
    opened,
    run_from,
    until_said,
)

pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {LACKING}")
WAITS = {
    "en": ["swipe 40 cards", "press Seal", "choose how they behave", "press Hand in"],
    "zh": ["滑 40 张卡片", "点“封存”", "选一种做法", "点“提交”"],
}
RIGHT = {"en": ": right.", "zh": "：正确。"}
SWIPED = "document.querySelector('.ph-front .ph-strip')?.children.length ?? 0"
PHONE = "document.querySelector('.ph-front .ph-phone')"
FITS = """[...document.querySelectorAll('.ph, .ph-phone, .ph-right')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth)
    .map(e => e.className)"""


@pytest.fixture
def lab(tmp_path):
    with jupyterlab(tmp_path) as there:
        yield there


def swipe_forty(page, touch):
    """By finger, or by mouse and keys; a busy machine's browser drops a made-up gesture now and
    then."""
    page.until(f"!!{PHONE}", 120)
    page.click(".ph-front .ph-veil")
    for number in range(1, 41):
        for _ in range(4):
            if touch and number < 8:
                page.swipe(".ph-front .ph-card", 0, -150)
            elif number < 12:
                page.drag(".ph-front .ph-card", 0, -150)
            else:
                page.ask(f"{PHONE}.focus()")
                page.press("l" if number == 20 else "ArrowDown")
                if number == 20:
                    page.press("ArrowDown")
            try:
                page.until(f"({SWIPED}) >= {number}", 15)
                break
            except TimeoutError:
                continue
    assert page.ask(SWIPED) >= 40


def counted(page):
    """The column of counts under bayes: videos, likes, favourites of the first and last twenty."""
    column = (
        f"{CODE}.map(c => c.node.querySelector('table')).filter(t => t && t.rows.length === 5)"
        ".map(t => [...t.rows].slice(1).map(r => r.cells[1].textContent))[0]"
    )
    return [int(text.replace(",", "")) for text in page.ask(column)]


@pytest.mark.parametrize(("lang", "touch"), [("en", False), ("zh", True)])
def test_a_learner_goes_through_lesson_1(lab, tmp_path, lang, touch):
    from chromium import Page

    clone, port = lab
    mine = clone / "lessons" / "mine"
    with Page(tmp_path, 390 if touch else 1280, 844, touch) as page:
        opened(page, port, "01_how_many_swipes", lang)
        if touch:
            page.ask("jupyterapp.commands.execute('application:toggle-left-area').then(() => 1)")
        run_from(page)
        until_said(page, WAITS[lang][0])
        swipe_forty(page, touch)
        assert page.ask(FITS) == []
        (file,) = mine.glob("*.self.phone.json")
        kept = json.loads(file.read_text())
        assert len(kept["videos"]) >= 40
        assert sum(act["like"] for act in kept["acts"]) >= 1

        run_from(page, "mine.done()")
        until_said(page, WAITS[lang][1])
        fill(page, form(page, "teach.predict"), ["2", "30"], [1, 4, 5])
        run_from(page, "mine.done()")
        until_said(page, WAITS[lang][2])
        fill(page, form(page, "teach.choose"), [], [1])
        run_from(page, "lever.answers()")
        until_said(page, WAITS[lang][3])

        videos, likes, _, late = counted(page)
        last = form(page, "lesson.examine")
        asked = page.ask(f"[...document.querySelectorAll('{last} legend')].at(-1).textContent")
        noise = int(re.search(r"\+ (\d+)\)", asked)[1])
        right = [f"{100 * likes / videos:.1f}", f"{200 * late / videos:.1f}", str(4 * noise)]
        fill(page, last, right)
        run_from(page, "exam.verdict()")
        page.until(f"{SAID}.at(-1).split({RIGHT[lang]!r}).length === 4", 300)
        done(page)
    assert changed(clone) == ""
