"""Every lesson runs from top to bottom in both languages for somebody who never clicks."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

LESSONS = Path(__file__).parents[2] / "lessons"


def parameters(notebook, **values):
    """What papermill would do: the parameters cell with other values."""
    cell = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    for name, value in values.items():
        cell.source = re.sub(rf"^{name} = .*$", f"{name} = {value!r}", cell.source, flags=re.M)


@pytest.mark.parametrize("path", sorted(LESSONS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_lesson_runs_without_an_error_a_warning_or_an_unmet_check(path):
    notebook = nbformat.read(path, as_version=4)
    parameters(notebook, FAST=True)
    resources = {"metadata": {"path": str(LESSONS)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    errors = [o["text"] for o in outputs if o.get("name") == "stderr"]
    assert not [text for text in errors if "Warning" in text or "Glyph" in text]
    pictures = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(pictures) >= 3
    last = notebook.cells[max(i for i, c in enumerate(notebook.cells) if c.cell_type == "code")]
    said = "".join(o["text"] for o in last.outputs)
    right = "正确" if path.stem.endswith("zh") else "right"
    assert said.count(right) == 2
