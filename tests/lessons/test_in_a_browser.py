"""Lesson 0 in JupyterLab and a real browser: it waits, is swiped and filled in, goes on, and what
was done is read back; git sees nothing of it."""

import json
import math
import re
import subprocess

import nbformat
import pytest
from notebook_page import (
    CODE,
    LACKING,
    ROOT,
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

pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {LACKING}")


@pytest.fixture
def lab(tmp_path):
    with jupyterlab(tmp_path) as there:
        yield there


def counted(page):
    """The row of counts under popular: shown, watched past half, regretted."""
    column = (
        f"{CODE}.map(c => c.node.querySelector('table')).filter(t => t && t.rows.length === 6)"
        ".map(t => [...t.rows].slice(1, 4).map(r => r.cells[2].textContent))[0]"
    )
    return [int(text.replace(",", "")) for text in page.ask(column)]


def bits(page, form):
    """Of the feed that the check asks about."""
    asked = page.ask(f"[...document.querySelectorAll('{form} legend')].at(-1).textContent")
    feed = [int(n) for n in re.findall(r"\d+", asked)]
    feed.remove(16)
    assert sum(feed) == 16
    return -sum(n / 16 * math.log2(n / 16) for n in feed)


WAITS = {
    "en": ["swipe all 24 cards", "press Seal", "choose an objective", "press Hand in"],
    "zh": ["滑完 24 张卡片", "点“封存”", "选一个目标", "点“提交”"],
}
OTHER = {"en": "That is the other rate", "zh": "这是另一个比率"}
RIGHT = {"en": ": right.", "zh": "：正确。"}


@pytest.mark.parametrize(("lang", "touch"), [("en", False), ("zh", True)])
def test_a_learner_goes_through_the_lesson(lab, tmp_path, lang, touch):
    from chromium import Page

    clone, port = lab
    mine = clone / "lessons" / "mine"
    with Page(tmp_path, 390 if touch else 1280, 844, touch) as page:
        opened(page, port, "00_first_run", lang)
        if touch:
            page.ask("jupyterapp.commands.execute('application:toggle-left-area').then(() => 1)")
        run_from(page)
        until_said(page, WAITS[lang][0])
        assert page.ask(RUN) == 5  # nothing below the cell that waits

        wanted = swipe_the_deck(page, touch)
        run_from(page, "mine.swipes()")
        until_said(page, WAITS[lang][1])
        (file,) = mine.glob("*.swipes.json")
        assert json.loads(file.read_text())["swipes"] == wanted

        fill(page, form(page, "teach.predict"), ["30", "40"], [1, 4, 5, 8])
        page.until("document.querySelector('.form-status').textContent.includes('mine/')", 300)
        (file,) = mine.glob("*.predictions.json")
        sealed = sealing.Sealed(**json.loads(file.read_text())).verify()
        assert sealed.answers["longest"] == "popular" and sealed.answers["favourites"] == 40
        assert sealed.by == "learner"

        run_from(page, "mine.swipes()")
        until_said(page, WAITS[lang][2])
        asked = form(page, "teach.choose")
        page.ask(f"document.querySelector('{asked} input').focus()")
        page.press("ArrowDown")  # from the first objective to the second, and no cell moves
        page.until(f"document.querySelectorAll('{asked} input')[1].checked", 300)
        fill(page, asked, [])
        run_from(page, "lever.answers()")
        until_said(page, WAITS[lang][3])

        shown, watched, regretted = counted(page)
        right = [f"{100 * regretted / shown:.1f}", f"{100 * regretted / watched:.1f}"]
        last = form(page, "teach.examine")
        fill(page, last, [*right[::-1], f"{bits(page, last):.2f}"])
        run_from(page, "exam.verdict()")
        until_said(page, OTHER[lang])
        fill(page, last, right)
        run_from(page, "exam.verdict()")
        page.until(f"{SAID}.at(-1).split({RIGHT[lang]!r}).length === 4", 300)

        done(page)
    book = nbformat.read(clone / "lessons" / f"00_first_run.{lang}.ipynb", as_version=4)
    assert any(cell.get("outputs") for cell in book.cells)
    assert changed(clone) == ""


def test_nothing_that_a_learner_runs_is_seen_by_git(tmp_path):
    """The copies, the folder of the learner's own files, what Jupyter leaves."""
    for name in ("lessons/00_first_run.en.ipynb", "lessons/mine/x.json",
                 "lessons/.ipynb_checkpoints/x", "mine/x.json"):  # fmt: skip
        seen = subprocess.run(["git", "-C", str(ROOT), "check-ignore", "-q", name])
        assert seen.returncode == 0, name
    tracked = subprocess.run(["git", "-C", str(ROOT), "ls-files", "lessons"], capture_output=True)
    assert ".ipynb" not in tracked.stdout.decode()
