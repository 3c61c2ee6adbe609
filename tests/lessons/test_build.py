"""Every lesson: one source, two notebooks that are up to date, the same skeleton, within limits."""

import importlib.util
import json
import re
from pathlib import Path

import jupytext
import pytest

LESSONS = Path(__file__).parents[2] / "lessons"
SPEC = importlib.util.spec_from_file_location("build", LESSONS / "build.py")
build = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(build)
SKELETON = {
    "en": ["Play", "Predict", "Run", "Notice", "Explain", "Try", "Extend", "Check"],
    "zh": ["玩一玩", "先猜", "运行", "看一看", "想一想", "试一试", "再进一步", "检查"],
}
each_lesson = pytest.mark.parametrize("source", build.sources(), ids=lambda path: path.stem)
each_language = pytest.mark.parametrize("lang", ["en", "zh"])


def cells(source, lang):
    return json.loads(build.build(source, lang))["cells"]


def text(source, lang, kind):
    return "\n".join("".join(c["source"]) for c in cells(source, lang) if c["cell_type"] == kind)


@each_lesson
@each_language
def test_the_built_notebook_is_what_its_source_gives(source, lang):
    found = build.built(source, lang).read_text(encoding="utf-8")
    assert found == build.build(source, lang), "run python lessons/build.py"


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
    assert len(re.findall(r"[\u4e00-\u9fff]", text(source, "zh", "markdown"))) <= 1800


@each_lesson
def test_both_languages_share_the_code(source):
    english, chinese = (text(source, lang, "code") for lang in ("en", "zh"))
    assert english.replace('LANG = "en"', 'LANG = "zh"') == chinese


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
