"""Lesson 2 in JupyterLab and a real browser: bets by mouse, keys and touch, a seal, a choice, and a
check whose wrong answer is told why; all is read back."""

import json

import pytest
from notebook_page import (
    CODE,
    LACKING,
    RUN,
    SAID,
    changed,
    done,
    fill,
    form,
    jupyterlab,
    opened,
    run_from,
    swipe_the_deck,
    until_said,
)

from sim.lab.teaching import sealing
from sim.lab.teaching.lesson_02.check import SETS, Exam

pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {LACKING}")
WAITS = {
    "en": ["all 16 videos", "press Seal", "choose a list", "press Hand in"],
    "zh": ["16 条视频", "点“封存”", "选一份榜单", "点“提交”"],
}
UPSIDE = {"en": "other way round", "zh": "除反了"}
RIGHT = {"en": ": right.", "zh": "：正确。"}


@pytest.fixture
def lab(tmp_path):
    with jupyterlab(tmp_path) as there:
        yield there


def extremes(page):
    """Most and fewest impressions of the learner's video under popular, as its table says."""
    column = (
        f"{CODE}.map(c => c.node.querySelector('table')).filter(t => t && t.rows.length === 3)"
        ".map(t => [...t.rows].slice(1).map(r => r.cells[2].textContent))[0]"
    )
    return [int(text) for text in page.ask(column)]


@pytest.mark.parametrize(("lang", "touch"), [("en", False), ("zh", True)])
def test_a_learner_goes_through_lesson_2(lab, tmp_path, lang, touch):
    from chromium import Page

    clone, port = lab
    mine = clone / "lessons" / "mine"
    with Page(tmp_path, 390 if touch else 1280, 844, touch) as page:
        opened(page, port, "02_quality", lang)
        if touch:
            page.ask("jupyterapp.commands.execute('application:toggle-left-area').then(() => 1)")
        run_from(page)
        until_said(page, WAITS[lang][0])
        assert page.ask(RUN) == 5  # nothing below the cell that waits
        assert page.ask("document.querySelectorAll('.deck-note-line').length") == 2  # the stars

        wanted = swipe_the_deck(page, touch, 16)
        run_from(page, "bets.on()")
        until_said(page, WAITS[lang][1])
        (file,) = mine.glob("*.swipes.json")
        assert json.loads(file.read_text())["swipes"] == wanted

        fill(page, form(page, "teach.predict"), ["40", "50", "30", "20"], [2])
        page.until("document.querySelector('.form-status').textContent.includes('mine/')", 60)
        (file,) = mine.glob("*.predictions.json")
        sealed = sealing.Sealed(**json.loads(file.read_text())).verify()
        assert sealed.answers == {"luckiest": "mf", "top_tenth": 40, "again": 50, "best": 30,
                                  "mine": 20}  # fmt: skip
        assert sealed.by == "learner"

        run_from(page, "bets.on()")
        until_said(page, WAITS[lang][2])
        fill(page, form(page, "teach.choose"), [], [1])
        run_from(page, "choice.answers()")
        until_said(page, WAITS[lang][3])

        table, own = SETS[int(sealed.salt, 16) % len(SETS)]
        most, fewest = extremes(page)
        right = Exam(most, fewest, table, own).truth
        last = form(page, "lesson_02.examine")
        told = [f"{right['luck']:.1f}", f"{right['share']:.1f}"]
        fill(page, last, [f"{fewest / most:.2f}", *told])
        run_from(page, "exam.verdict()")
        until_said(page, UPSIDE[lang])
        fill(page, last, [f"{right['times']:.1f}", *told])
        run_from(page, "exam.verdict()")
        page.until(f"{SAID}.at(-1).split({RIGHT[lang]!r}).length === 4", 60)
        done(page)
    assert changed(clone) == ""
