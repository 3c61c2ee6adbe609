"""Every lesson: one source, two notebooks, the same skeleton, within limits; copies and pages."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest
from PIL import Image

from sim.lab.teaching import building, contents, phones, rendering
from sim.lab.teaching.words import book_of, lessons

LESSONS = Path(__file__).parents[2] / "lessons"
SKELETON = {
    "en": ["Play", "Predict", "Run", "Notice", "Explain", "Try", "Extend", "Check"],
    "zh": ["玩一玩", "先猜", "运行", "看一看", "想一想", "试一试", "再进一步", "检查"],
}
HAN = re.compile(r"[\u4e00-\u9fff]")
each_lesson = pytest.mark.parametrize(
    "source", building.sources(LESSONS), ids=lambda path: path.stem
)
each_language = pytest.mark.parametrize("lang", ["en", "zh"])


def cells(source, lang):
    return json.loads(building.build(source, lang))["cells"]


def text(source, lang, kind):
    return "\n".join("".join(c["source"]) for c in cells(source, lang) if c["cell_type"] == kind)


def plain(code):
    """Code without its comments and its language."""
    code = re.sub(r"(^|  )# .*$", "", code, flags=re.M)
    return code.replace('LANG = "zh"', 'LANG = "en"')


@each_lesson
@each_language
def test_the_skeleton_is_whole_and_in_order(source, lang):
    heads = re.findall(r"^## (.+)$", text(source, lang, "markdown"), re.M)
    assert heads == SKELETON[lang]


@each_lesson
def test_a_lesson_is_short(source):
    code = [c for c in cells(source, "en") if c["cell_type"] == "code"]
    assert len(code) <= 20
    assert len(text(source, "en", "code").splitlines()) <= 150
    assert len(text(source, "en", "markdown").split()) <= 1500
    assert len(HAN.findall(text(source, "zh", "markdown"))) <= 1800


@each_lesson
def test_both_languages_share_the_code_and_each_has_its_own_comments(source):
    english, chinese = (text(source, lang, "code") for lang in ("en", "zh"))
    assert plain(english) == plain(chinese)
    said = [re.findall(r"# (.*)$", code, re.M) for code in (english, chinese)]
    assert len(said[0]) == len(said[1]) > 0
    assert not any(map(HAN.search, said[0])) and all(map(HAN.search, said[1]))
    assert " | " not in "".join(said[0] + said[1])


@each_lesson
@each_language
def test_the_first_code_cell_holds_the_parameters_and_outputs_are_stripped(source, lang):
    code = [c for c in cells(source, lang) if c["cell_type"] == "code"]
    assert code[0]["metadata"]["tags"] == ["parameters"]
    names = re.findall(r"^(\w+) = ", "".join(code[0]["source"]), re.M)
    assert names == ["SEED", "FAST", "DEVICE", "LANG"]
    assert all(c["outputs"] == [] and c["execution_count"] is None for c in code)
    assert source.name in "".join(cells(source, lang)[0]["source"])


@each_lesson
def test_the_source_names_its_kernel_and_says_everything_in_both_languages(source):
    notebook = jupytext.read(source, fmt="py:percent")
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    langs = [c.metadata["lang"] for c in notebook.cells if c.cell_type == "markdown"]
    assert langs.count("en") == langs.count("zh") > 0


@each_lesson
def test_a_lesson_names_no_lesson_that_does_not_exist(source):
    there = {int(path.name[:2]) for path in building.sources(LESSONS)}
    said = re.findall(r"[Ll]esson (\d+)", text(source, "en", "markdown"))
    said += re.findall(r"第 ?(\d+) ?课", text(source, "zh", "markdown"))
    assert {int(number) for number in said} <= there


def test_a_page_in_rendered_says_what_its_source_says():
    assert rendering.stale(LESSONS) == [], "run python lessons/build.py --pages"


def test_both_readmes_list_the_lessons_as_their_books_say():
    assert contents.stale(LESSONS) == [], "run python lessons/build.py --pages"
    for lang, name in contents.READMES.items():
        text = (LESSONS / name).read_text(encoding="utf-8")
        for source in building.sources(LESSONS):
            assert book_of(source.stem).told["about"]["title"][lang == "zh"] in text
        for place in re.findall(r"\]\((\w.*?)\)|src=\"(.*?)\"", text):
            assert (LESSONS / "".join(place)).exists(), place


def test_every_lesson_has_a_book_and_every_book_a_lesson():
    assert [f"lesson_{path.name[:2]}" for path in building.sources(LESSONS)] == lessons()


@each_lesson
def test_a_lesson_asks_the_question_that_its_book_says(source):
    title = book_of(source.stem).told["about"]["title"]
    for lang, words in zip(("en", "zh"), title, strict=True):
        head = text(source, lang, "markdown").split("\n## ")[0]
        assert re.search(rf"^# .*{re.escape(words)}$", head, re.M)


@each_lesson
@each_language
def test_a_page_in_rendered_has_its_figures_and_phones_and_is_small(source, lang):
    page = rendering.page(source, lang)
    pictures = re.findall(r"!\[\]\((.+?)\)", page.read_text(encoding="utf-8"))
    files = [page.parent / name for name in pictures]
    about = book_of(source.stem).told["about"]
    assert len(files) == about["pictures"] + about["phones"]
    assert all(file.exists() for file in files)
    assert set(files) == set(page.with_suffix("").glob("*.png"))
    assert sum(file.stat().st_size for file in files) < 1_500_000


SOURCE = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="en"
# # One

# %% [markdown] lang="zh"
# # 一

# %%
x = {}  # a number | 一个数
"""


def lesson(folder, number=1):
    source = folder / "01_made.py"
    source.write_text(SOURCE.format(number), encoding="utf-8")
    (folder / "build.py").touch()
    return source


def test_a_learner_s_copy_is_put_where_there_is_none_and_never_written_over(tmp_path):
    lesson(tmp_path)
    english, chinese = building.write(tmp_path)
    assert "# a number" in english.read_text() and "# 一个数" in chinese.read_text("utf-8")
    book = nbformat.read(english, as_version=4)
    book.cells.append(nbformat.v4.new_code_cell("my = 'work'"))
    nbformat.write(book, english)
    assert building.write(tmp_path) == []
    lesson(tmp_path, number=2)
    assert building.write(tmp_path) == [english, chinese]
    (old,) = tmp_path.glob("*.en.before-*.ipynb")
    assert "my = 'work'" in old.read_text() and "x = 2" in english.read_text()


def test_setting_up_puts_the_notebooks_and_git_does_not_see_them(tmp_path):
    """With nothing but Python and setuptools: as `pip install -e .` calls it."""
    root = LESSONS.parent
    for name in (
        "setup.py",
        "sim/lab/teaching/building.py",
        ".gitignore",
        "lessons/00_first_run.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, tmp_path / name)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@t"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as tracked"]):
        subprocess.run([*git, *words], check=True)
    subprocess.run([sys.executable, "setup.py", "--name"], cwd=tmp_path, check=True)
    assert len(list((tmp_path / "lessons").glob("*.ipynb"))) == 2
    seen = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True)
    assert seen.stdout == ""


@each_lesson
@each_language
def test_a_built_notebook_is_valid_and_its_cells_are_those_that_jupytext_reads(source, lang):
    book = nbformat.reads(building.build(source, lang), as_version=4)
    nbformat.validate(book)
    theirs = jupytext.read(source, fmt="py:percent").cells
    texts = [c.source for c in theirs if c.metadata.get("lang") == lang]
    assert [c.source for c in book.cells if c.cell_type == "markdown"][1:] == texts
    code = [c for c in theirs if c.cell_type == "code"]
    mine = [c for c in book.cells if c.cell_type == "code"]
    assert len(code) == len(mine)
    for one, two in zip(code, mine, strict=True):
        assert one.metadata.get("tags", []) == two.metadata.get("tags", [])
        assert plain(one.source.removeprefix(building.LINT)) == plain(two.source)


def test_a_table_of_html_becomes_one_of_markdown():
    html = "<table><tr><th></th><th>a|b</th></tr><tr><th>x &gt; 1</th><td>2</td></tr></table>"
    assert rendering.table(html) == "|  | a\\|b |\n| --- | --- |\n| x > 1 | 2 |"


@pytest.mark.skipif(rendering.browser() is None, reason="pictures of phones are a browser's")
def test_a_page_shows_a_phone_as_tall_as_its_cards_since_nobody_can_scroll_it(tmp_path):
    cards = [{"topic": "a", "text": "b", "tags": "", "hue": 9}] * 12
    heights = []
    for n in (1, 3, 12):
        rendering.photograph(phones.swiped(cards[:n], [1] * n), tmp_path / "phone.png")
        with Image.open(tmp_path / "phone.png") as picture:
            heights.append(picture.height)
    assert 140 < heights[0] < heights[1] - 250 and heights[2] == rendering.TALL
