"""Lesson 0 in JupyterLab and a real browser: it waits, is swiped and filled in, goes on, and what
was done is read back; git sees nothing of it."""

import importlib.util
import json
import math
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from sim.lab.teaching import building, sealing
from sim.lab.teaching.rendering import browser

ROOT = Path(__file__).parents[2]
LESSONS = ROOT / "lessons"
NEEDS = {
    "chromium": browser() is None,
    "jupyterlab": importlib.util.find_spec("jupyterlab") is None,
    "websocket-client": importlib.util.find_spec("websocket") is None,
}
LACKING = [name for name, lacks in NEEDS.items() if lacks]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {LACKING}")
BOOK = "[...jupyterapp.shell.widgets('main')].find(w => w.sessionContext)"
CODE = f"{BOOK}.content.widgets.filter(c => c.model.type === 'code')"
IDLE = f"{BOOK}.sessionContext.session.kernel.status === 'idle'"
# a cell that has been run has a number; one that failed says so
RUN = f"{CODE}.filter(c => c.model.executionCount).length"
SAID = f"{CODE}.map(c => c.model.outputs.toJSON().map(o => o.evalue || o.text || '').join(' '))"


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on a clone of what git tracks, as `jupyter lab lessons/` starts it."""
    clone = tmp_path / "clone"
    own = (*building.sources(LESSONS), Path(building.__file__), ROOT / "setup.py")
    for path in (*own, ROOT / ".gitignore"):
        place = clone / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    git = ["git", "-C", str(clone), "-c", "user.name=t", "-c", "user.email=t@t"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as tracked"]):
        subprocess.run([*git, *words], check=True)
    subprocess.run([sys.executable, "setup.py", "--name"], cwd=clone, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = [
        "--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True", "--ServerApp.disable_check_xsrf=True",
        "--LabApp.news_url=",
    ]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
           "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"),
           "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "spaces")}  # fmt: skip
    news = tmp_path / "settings" / "@jupyterlab" / "apputils-extension"
    news.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (news / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
    with (tmp_path / "lab.txt").open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *flags, "lessons"],
            cwd=clone, env=env, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        yield clone, port
    finally:
        server.terminate()
        server.wait(30)


def opened(page, port, lang):
    """The lesson's notebook is open and its kernel is idle, in fast form."""
    wait_for_port(port)
    page.go(f"http://127.0.0.1:{port}/lab/tree/00_first_run.{lang}.ipynb")
    page.until(f"window.jupyterapp && {IDLE}", 240)
    cell = (
        f"{CODE}.find(c => c.model.sharedModel.source.includes('FAST = False')).model.sharedModel"
    )
    page.ask(f"(m => m.setSource(m.source.replace('FAST = False', 'FAST = True')))({cell})")


def wait_for_port(port):
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("JupyterLab did not start within two minutes")


def run_from(page, source=None):
    """All cells; or the one with this in its source, and all below."""
    page.ask(f"jupyterapp.shell.activateById({BOOK}.id)")
    command = "notebook:run-all-cells"
    if source is not None:
        command = "notebook:run-all-below"
        every = f"{BOOK}.content.widgets"
        place = f"{every}.findIndex(c => c.model.sharedModel.source.includes({source!r}))"
        page.ask(f"(i => {{ {BOOK}.content.activeCellIndex = i }})({place})")
    page.ask(f"jupyterapp.commands.execute('{command}').catch(() => 0), true")
    time.sleep(1)


def until_said(page, words, seconds=600):
    """Until an output of the notebook has these words and nothing runs any more."""
    page.until(f"{SAID}.some(text => text.includes({json.dumps(words)})) && {IDLE}", seconds)


def swipe(page, touch, number):
    watch = number % 3 == 0
    if touch:
        page.swipe(".deck-card", 130 if watch else -130)
    elif number < 8:
        page.drag(".deck-card", 130 if watch else -130)
    elif number < 16:
        page.ask("document.querySelector('.deck-phone').focus()")
        page.press("ArrowRight" if watch else "ArrowLeft")
    else:
        page.click(".deck-button", 2 if watch else 0)


def swipe_the_deck(page, touch):
    """24 cards, one way after the other: every third is watched on. Returns what should be kept."""
    for number in range(24):
        swipe(page, touch, number)
        try:
            page.until(SWIPED.format(number + 1), 60)
        except TimeoutError:  # a busy machine's browser drops a made-up gesture now and then
            swipe(page, touch, number)
            page.until(SWIPED.format(number + 1), 60)
    return [int(number % 3 == 0) for number in range(24)]


# the status counts the card at hand; after the last, the buttons rest
SWIPED = (
    "document.querySelector('.deck-status').textContent.match(/\\d+/)[0] > {} ||"
    " document.querySelector('.deck-button').disabled"
)


def fill(page, form, numbers, choices=()):
    """A form's numbers in their order, and the n-th of all its radio buttons."""
    for number, text in enumerate(numbers):
        box = f"document.querySelectorAll('{form} input[type=number]')[{number}]"
        page.ask(f"{box}.focus(), {box}.select()")
        page.write(text)
    for place in choices:
        page.click(f"{form} input[type=radio]", place)
    page.until(f"!document.querySelector('{form} .form-button').disabled", 30)
    page.click(f"{form} .form-button")


def counted(page):
    """The row of counts under popular: shown, watched past half, regretted."""
    column = (
        f"{CODE}.map(c => c.node.querySelector('table')).filter(t => t && t.rows.length === 6)"
        ".map(t => [...t.rows].slice(1, 4).map(r => r.cells[2].textContent))[0]"
    )
    return [int(text.replace(",", "")) for text in page.ask(column)]


def form(page, source):
    """The form that the cell with this in its source handed out; it is scrolled to, since cells out
    of sight are not drawn."""
    every = f"{BOOK}.content"
    place = f"{every}.widgets.findIndex(c => c.model.sharedModel.source.includes({source!r}))"
    page.ask(f"{every}.scrollToItem({place}).then(() => true)")
    page.until(f"{every}.widgets[{place}].node.querySelector('.form')", 60)
    page.ask(f"{every}.widgets[{place}].node.id = 'asked-' + {place}")
    return f"#asked-{page.ask(place)} .form"


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
        opened(page, port, lang)
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
        page.until("document.querySelector('.form-status').textContent.includes('mine/')", 60)
        (file,) = mine.glob("*.predictions.json")
        sealed = sealing.Sealed(**json.loads(file.read_text())).verify()
        assert sealed.answers["longest"] == "popular" and sealed.answers["favourites"] == 40
        assert sealed.by == "learner"

        run_from(page, "mine.swipes()")
        until_said(page, WAITS[lang][2])
        asked = form(page, "teach.lever")
        page.ask(f"document.querySelector('{asked} input').focus()")
        page.press("ArrowDown")  # from the first objective to the second, and no cell moves
        page.until(f"document.querySelectorAll('{asked} input')[1].checked", 30)
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
        page.until(f"{SAID}.at(-1).split({RIGHT[lang]!r}).length === 4", 60)

        said = " ".join(page.ask(SAID))
        assert "Glyph" not in said and "Warning" not in said and "Traceback" not in said
        assert page.ask(FITS) == []
        page.ask("jupyterapp.commands.execute('docmanager:save').then(() => true)")
    book = nbformat.read(clone / "lessons" / f"00_first_run.{lang}.ipynb", as_version=4)
    assert any(cell.get("outputs") for cell in book.cells)
    status = subprocess.run(
        ["git", "-C", str(clone), "status", "--porcelain"], capture_output=True, text=True
    )
    assert status.stdout == ""


# widgets that stick out of the page
FITS = """[...document.querySelectorAll('.deck, .form, .deck-phone')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth)
    .map(e => e.className)"""


def test_nothing_that_a_learner_runs_is_seen_by_git(tmp_path):
    """The copies, the folder of the learner's own files, what Jupyter leaves."""
    for name in ("lessons/00_first_run.en.ipynb", "lessons/mine/x.json",
                 "lessons/.ipynb_checkpoints/x", "mine/x.json"):  # fmt: skip
        done = subprocess.run(["git", "-C", str(ROOT), "check-ignore", "-q", name])
        assert done.returncode == 0, name
    tracked = subprocess.run(["git", "-C", str(ROOT), "ls-files", "lessons"], capture_output=True)
    assert ".ipynb" not in tracked.stdout.decode()
