"""Every lesson runs from top to bottom in both languages where no screen is attached."""

from pathlib import Path

import pytest

from sim.lab.teaching import building, rendering
from sim.lab.teaching.words import book_of

LESSONS = Path(__file__).parents[2] / "lessons"
ALL = [(source, lang) for source in building.sources(LESSONS) for lang in building.NOTE]


@pytest.mark.parametrize(("source", "lang"), ALL, ids=lambda x: getattr(x, "stem", x))
def test_a_lesson_runs_without_an_error_a_warning_or_an_unmet_check(source, lang):
    notebook = rendering.run(source, lang, FAST=True)
    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    errors = [o["text"] for o in outputs if o.get("name") == "stderr"]
    assert not [text for text in errors if "Warning" in text or "Glyph" in text]
    pictures = [o for o in outputs if "image/png" in o.get("data", {})]
    about = book_of(source.stem).told["about"]
    assert len(pictures) == about["pictures"]
    said = "".join(o["text"] for o in outputs if o.get("name") == "stdout")
    script = "预设读者" if lang == "zh" else "scripted reader"
    assert said.count(script) == about["asks"]  # each time a script answers, it says so
    right = "：正确。" if lang == "zh" else ": right."
    assert said.count(right) == about["numbers"]
