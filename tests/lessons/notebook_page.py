"""A lesson in JupyterLab, as a learner has it: cells run, a deck swiped, forms filled in."""

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.lab.teaching import building
from sim.lab.teaching.rendering import browser

ROOT = Path(__file__).parents[2]
LESSONS = ROOT / "lessons"
NEEDS = {
    "chromium": browser() is None,
    "jupyterlab": importlib.util.find_spec("jupyterlab") is None,
    "websocket-client": importlib.util.find_spec("websocket") is None,
}
LACKING = [name for name, lacks in NEEDS.items() if lacks]
BOOK = "[...jupyterapp.shell.widgets('main')].find(w => w.sessionContext)"
CODE = f"{BOOK}.content.widgets.filter(c => c.model.type === 'code')"
IDLE = f"{BOOK}.sessionContext.session.kernel.status === 'idle'"
# a cell that has been run has a number; one that failed says so
RUN = f"{CODE}.filter(c => c.model.executionCount).length"
SAID = f"{CODE}.map(c => c.model.outputs.toJSON().map(o => o.evalue || o.text || '').join(' '))"
WIDGET = "application/vnd.jupyter.widget-view+json"

# widgets that stick out of the page
FITS = """[...document.querySelectorAll('.deck, .form, .deck-phone')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth)
    .map(e => e.className)"""


@contextmanager
def jupyterlab(folder):
    """JupyterLab on a clone of what git tracks, as `jupyter lab lessons/` starts it; yields the
    clone and the port."""
    clone = folder / "clone"
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
    env = {**os.environ, "PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(folder / "config"),
           "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
           "JUPYTERLAB_WORKSPACES_DIR": str(folder / "spaces")}  # fmt: skip
    news = folder / "settings" / "@jupyterlab" / "apputils-extension"
    news.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (news / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
    with (folder / "lab.txt").open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *flags, "lessons"],
            cwd=clone, env=env, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        yield clone, port
    finally:
        server.terminate()
        server.wait(30)


def opened(page, port, stem, lang):
    """A lesson's notebook is open and its kernel is idle, in fast form."""
    wait_for_port(port)
    # a workspace of its own, for what was open before is opened again
    page.go(f"http://127.0.0.1:{port}/lab/workspaces/{stem}-{lang}/tree/{stem}.{lang}.ipynb")
    page.until(f"window.jupyterapp && {IDLE}", 600)
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


def until_said(page, words, seconds=900):
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


def drawn(page, selector, seconds=300):
    """The first of these is on the page: cells out of sight are not drawn, so that what hands out
    widgets is scrolled to in turn, and a widget's script comes a moment after its cell."""
    every = f"{BOOK}.content"
    hands_out = "c => c.model.outputs?.toJSON().some(o => (o.data || {})[WIDGET])"
    script = f"{every}.widgets.map((c, k) => ({hands_out})(c) ? k : -1).filter(k => k >= 0)"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for place in page.ask(script.replace("WIDGET", repr(WIDGET))):
            page.ask(f"{every}.scrollToItem({place}).then(() => true)")
            with suppress(TimeoutError):
                return page.until(f"!!document.querySelector({selector!r})", 5)
    raise TimeoutError(f"no {selector} within {seconds} s")


def swipe_the_deck(page, touch, cards=24):
    """Cards, one way after the other: every third is watched on. Returns what should be kept."""
    drawn(page, ".deck-card")
    for number in range(cards):
        swipe(page, touch, number)
        try:
            page.until(SWIPED.format(number + 1), 60)
        except TimeoutError:  # a busy machine's browser drops a made-up gesture now and then
            swipe(page, touch, number)
            page.until(SWIPED.format(number + 1), 60)
    return [int(number % 3 == 0) for number in range(cards)]


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
        choose(page, f"{form} input[type=radio]", place)
    page.until(f"!document.querySelector('{form} .form-button').disabled", 300)
    page.click(f"{form} .form-button")


def choose(page, buttons, place):
    """Ticks a radio button; once more where a busy machine's browser dropped the click."""
    ticked = f"document.querySelectorAll({buttons!r})[{place}].checked"
    page.click(buttons, place)
    try:
        page.until(ticked, 60)
    except TimeoutError:
        page.click(buttons, place)
        page.until(ticked, 60)


def form(page, source):
    """The form that the cell with this in its source handed out; it is scrolled to, since cells out
    of sight are not drawn."""
    every = f"{BOOK}.content"
    place = f"{every}.widgets.findIndex(c => c.model.sharedModel.source.includes({source!r}))"
    page.ask(f"{every}.scrollToItem({place}).then(() => true)")
    page.until(f"{every}.widgets[{place}].node.querySelector('.form')", 300)
    page.ask(f"{every}.widgets[{place}].node.id = 'asked-' + {place}")
    return f"#asked-{page.ask(place)} .form"


def done(page):
    """Nothing says an error or lacks a glyph, nothing sticks out; the notebook is saved."""
    said = " ".join(page.ask(SAID))
    assert "Glyph" not in said and "Warning" not in said and "Traceback" not in said
    assert page.ask(FITS) == []
    page.ask("jupyterapp.commands.execute('docmanager:save').then(() => true)")


def changed(clone):
    """What git sees of all that was done."""
    status = ["git", "-C", str(clone), "status", "--porcelain"]
    return subprocess.run(status, capture_output=True, text=True).stdout
