"""Notebooks from a lesson's one source: two languages, no outputs, and each reader's own copy.

A source is in the percent format: text cells say their language, code cells are shared. A comment
in code, `# English | Chinese`, is written in the notebook's own language. Python alone is needed,
since setup.py puts the copies while nothing else is installed yet.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

Cell = dict[str, Any]
LINT = "# ruff: noqa: E402\n"  # for the linter, not for learners
SKIPS = re.compile(r"  # (noqa: \w+|fmt: skip)$", re.M)
COMMENT = re.compile(r"^(.*# )(.+) \| (.+)$", re.M)
HEAD = re.compile(
    r"^# %%(?P<text> \[markdown\])?(?: lang=\"(?P<lang>\w+)\")?(?: tags=(?P<tags>.+))?$"
)
NOTE = {
    "en": "*Built from `{}`. Your own copy: change what you like.*",
    "zh": "*由 `{}` 生成。这是你自己的副本，可以随意修改。*",
}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def sources(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9][0-9]_*.py"))


def built(source: Path, lang: str) -> Path:
    """Where the notebook of a source stands: beside it, and not in git."""
    return source.with_name(f"{source.stem}.{lang}.ipynb")


def read(source: Path) -> Iterator[Cell]:
    """The cells of a source in all its languages: kind, lang, tags, source."""
    parts = re.split(r"^(?=# %%)", source.read_text(encoding="utf-8"), flags=re.M)[1:]
    for part in parts:
        first, _, body = part.partition("\n")
        head = HEAD.match(first)
        if head is None:
            raise ValueError(f"{source.name}: a cell begins with # %%, got {first!r}")
        body = body.strip("\n")
        if head["text"]:
            if head["lang"] not in NOTE:
                raise ValueError(f'{source.name}: a text cell needs lang="en" or "zh": {body}')
            body = re.sub(r"^# ?", "", body, flags=re.M)
        kind = "markdown" if head["text"] else "code"
        yield {"kind": kind, "lang": head["lang"], "tags": head["tags"], "source": body}


def build(source: Path, lang: str) -> str:
    """The notebook of one language, as JSON: its own words, the shared code, no outputs."""
    told = {"kind": "markdown", "tags": None, "source": NOTE[lang].format(source.name)}
    kept = [told, *(cell for cell in read(source) if cell.get("lang") in (None, lang))]
    cells = [_cell(cell, number, lang) for number, cell in enumerate(kept)]
    digest = hashlib.sha256("\0".join(c["source"] for c in cells).encode()).hexdigest()[:16]
    meta = {"kernelspec": KERNEL, "language_info": {"name": "python"},
            "shortvideo": {"built": digest}}  # fmt: skip
    book = {"cells": cells, "metadata": meta, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _cell(cell: Cell, number: int, lang: str) -> Cell:
    """As notebooks have it."""
    tags = {"tags": json.loads(cell["tags"])} if cell["tags"] else {}
    new = {"cell_type": cell["kind"], "id": f"cell-{number:02d}", "metadata": tags}
    if cell["kind"] == "markdown":
        return new | {"source": cell["source"]}
    text = SKIPS.sub("", cell["source"].removeprefix(LINT))
    if "parameters" in tags.get("tags", []):
        text = text.replace('LANG = "en"', f'LANG = "{lang}"')
    text = COMMENT.sub(lambda found: found[1] + found[2 + (lang == "zh")], text)
    return new | {"source": text, "outputs": [], "execution_count": None}


def write(folder: Path) -> list[Path]:
    """Puts a copy of every lesson where there is none. One that was built from an older source is
    moved aside with the day's date, never written over: it may hold somebody's work. Returns what
    was written."""
    new = []
    for source in sources(folder):
        for lang in NOTE:
            target, text = built(source, lang), build(source, lang)
            if target.exists():
                if _of(target.read_text(encoding="utf-8")) == _of(text):
                    continue
                target.rename(_aside(target))
            target.write_text(text, encoding="utf-8")
            new.append(target)
    return new


def _of(text: str) -> str | None:
    """Which source a notebook was built from; None where it does not say."""
    try:
        return json.loads(text)["metadata"]["shortvideo"]["built"]
    except (ValueError, KeyError, TypeError):
        return None


def _aside(target: Path) -> Path:
    stem, number = f"{target.stem}.before-{date.today():%Y%m%d}", 1
    place = target.with_name(f"{stem}.ipynb")
    while place.exists():
        number += 1
        place = target.with_name(f"{stem}-{number}.ipynb")
    return place
