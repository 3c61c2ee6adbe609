"""Builds NN_name.en.ipynb and NN_name.zh.ipynb from each lesson's one source, NN_name.py.

python lessons/build.py            write them
python lessons/build.py --check    exit 1 where a built notebook is not what its source gives
"""

import sys
from pathlib import Path

import jupytext
import nbformat

HERE = Path(__file__).parent
LINT = "# ruff: noqa: E402\n"  # for the linter, not for learners
NOTE = {
    "en": "*Built from `{}`: change that file and run `python lessons/build.py`.*",
    "zh": "*由 `{}` 生成：请修改该文件，再运行 `python lessons/build.py`。*",
}


def sources() -> list[Path]:
    return sorted(HERE.glob("[0-9][0-9]_*.py"))


def built(source: Path, lang: str) -> Path:
    return source.with_name(f"{source.stem}.{lang}.ipynb")


def build(source: Path, lang: str) -> str:
    """The notebook of one language, as JSON: its own words, the shared code, no outputs."""
    notebook = jupytext.read(source, fmt="py:percent")
    note = nbformat.v4.new_markdown_cell(NOTE[lang].format(source.name))
    cells = [note]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            if cell.metadata.get("lang") not in NOTE:
                raise ValueError(
                    f'{source.name}: a text cell needs lang="en" or "zh": {cell.source}'
                )
            if cell.metadata["lang"] != lang:
                continue
        elif "parameters" in cell.metadata.get("tags", []):
            cell.source = cell.source.replace('LANG = "en"', f'LANG = "{lang}"')
        cell.source = cell.source.removeprefix(LINT)
        cells.append(cell)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number:02d}"  # jupytext draws them at random
    kernel = notebook.metadata["kernelspec"]
    kept = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=kept)) + "\n"


def main() -> int:
    stale = []
    for source in sources():
        for lang in NOTE:
            target, text = built(source, lang), build(source, lang)
            old = target.read_text(encoding="utf-8") if target.exists() else None
            if old == text:
                continue
            stale.append(target.name)
            if "--check" not in sys.argv:
                target.write_text(text, encoding="utf-8")
    print("\n".join(stale) or "up to date")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
