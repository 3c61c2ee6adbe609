"""Lessons 2, 5, 9 and 10 in JupyterLab and a browser, by mouse and keys or by finger on a phone:
each waits, what is done is read back, and git sees nothing of it.

The small form goes as far as the sealed predictions; the slow one to the end, in both languages.
"""

import pytest
from notebook_page import BOOK, LACKING, changed, jupyterlab
from walks import Stop, Visit, Walk, begin, deck, exam, finish, seal, send

pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {LACKING}")
WALKS = (
    Walk("02_quality", 2, (
        Stop("deck", "todo", [deck(16, "bets.played")], "bets.on()", (16, 0)),
        Stop("form", "todo_seal",
             [seal(luckiest="mf", top_tenth=40, again=50, best=30, mine=20)], "bets.on()"),
        Stop("form", "todo_list",
             [send("teach.choose", "list", "choice", list="jury")], "choice.answers()"),
        exam("lesson_02.examine", "luck"),
    )),
    Walk("05_bubble", 2, (
        Stop("deck", "todo", [deck(24, "cards")], "cards.swipes()", (24, 0)),
        Stop("form", "todo_seal",
             [seal(largest="self", popular="hardly", alone=4, strong="same")], "cards.swipes()"),
        Stop("form", "todo_way",
             [send("teach.choose", "way", "choice", way="popular")], "choice.answers()"),
        exam("lesson_05.examine", "pairs"),
    )),
    Walk("09_moderation", 1, (
        Stop("form", "todo_seal",
             [deck(16, "cases.played"), seal(rare=9, reported=20, people=0, weeks="fall")],
             "guess.opened()"),
        Stop("form", "todo_policy",
             [send("teach.choose", "policy", "choice", remove="0.5", hours="2", first="reports")],
             "choice.answers()"),
        exam("desk_exam.examine", "minutes"),
    )),
    Walk("10_brand", 1, (
        Stop("form", "todo_plan",
             [send("lesson_10.panel", "plan", "panel", topic="pets", posts="14", work="video",
                   title="tempting", replies="all", earn="everything"),
              seal(times=2, luck=80, posts="less", title="same")], "panel.answers()"),
        Stop("form", "todo_switch",
             [send("teach.choose", "switch", "choice", switch="tire")], "choice.answers()"),
        exam("lesson_10.examine", "views"),
    )),
)  # fmt: skip
EARLY = list(zip(WALKS, ("en", "zh", "en", "zh"), strict=True))
WHOLE = [(walk, lang) for walk in WALKS for lang in ("en", "zh")]


def visited(lab, tmp_path, walk, lang, whole):
    """On a phone, by finger, in Chinese; in English by mouse and keys."""
    from chromium import Page

    clone, port = lab
    touch = lang == "zh"
    with Page(tmp_path, 390 if touch else 1280, 844, touch) as page:
        visit = Visit(page, port, clone / "lessons" / "mine", walk.stem, lang, touch)
        begin(walk, visit)
        if whole:
            finish(walk, visit)
        page.ask(f"{BOOK}.sessionContext.shutdown().then(() => true)")
    assert changed(clone) == ""


@pytest.fixture(scope="module")
def one_lab(tmp_path_factory):
    with jupyterlab(tmp_path_factory.mktemp("lab")) as there:
        yield there


@pytest.fixture
def lab(tmp_path):
    with jupyterlab(tmp_path) as there:
        yield there


def named(x):
    return getattr(x, "stem", x)


@pytest.mark.parametrize(("walk", "lang"), EARLY, ids=named)
def test_a_lesson_waits_and_what_a_learner_does_is_kept(one_lab, tmp_path, walk, lang):
    visited(one_lab, tmp_path, walk, lang, whole=False)


@pytest.mark.slow
@pytest.mark.parametrize(("walk", "lang"), WHOLE, ids=named)
def test_a_learner_goes_through_to_the_end(lab, tmp_path, walk, lang):
    visited(lab, tmp_path, walk, lang, whole=True)
