"""The list of lessons in both readmes, from what each lesson's book says of it under `about`."""

import re
from pathlib import Path

from sim.lab.teaching import building, rendering
from sim.lab.teaching.words import EVERY, book_of

READMES = {"en": "README.md", "zh": "README.zh-CN.md"}
FROM, TO = "<!-- lessons: by build.py -->", "<!-- /lessons -->"
HEADS = ("lesson", "minutes", "sees", "read")
WIDTH = 260  # pixels of a thumbnail


def table(folder: Path, lang: str) -> str:
    """A row a lesson: its question, minutes, what one sees, a picture and where to read it."""
    heads = " | ".join(EVERY.word("contents", head, lang) for head in HEADS)
    rows = [_row(source, lang) for source in building.sources(folder)]
    return "\n".join([f"| {heads} |", "|---|---|---|---|", *rows])


def _row(source: Path, lang: str) -> str:
    side, about = lang == "zh", book_of(source.stem).told["about"]
    page = rendering.page(source, lang).relative_to(source.parent)
    title = EVERY.word("contents", "title", lang, int(source.stem[:2]), about["title"][side])
    picture = page.with_suffix("") / about["thumbnail"]
    image = f'<img src="{picture.as_posix()}" width="{WIDTH}" alt="{about["title"][side]}">'
    read = f"[{EVERY.word('contents', 'page', lang)}]({page.as_posix()})"
    guide = teachers(source, lang)
    if guide.exists():
        place = guide.relative_to(source.parent).as_posix()
        read += f" · [{EVERY.word('contents', 'teachers', lang)}]({place})"
    cells = (title, str(about["minutes"]), f"{about['sees'][side]}<br>{image}", read)
    return f"| {' | '.join(cells)} |"


def teachers(source: Path, lang: str) -> Path:
    """Where the teacher's page of a lesson stands."""
    return source.parent / "teachers" / f"{source.stem}.{lang}.md"


def filled(folder: Path, lang: str) -> str:
    """A readme with the list as it should be."""
    text = (folder / READMES[lang]).read_text(encoding="utf-8")
    inside = re.compile(f"(?<={re.escape(FROM)}\n).*(?={re.escape(TO)})", re.S)
    return inside.sub(lambda _: table(folder, lang) + "\n", text)


def stale(folder: Path) -> list[str]:
    """Readmes whose list is not that of the lessons."""
    return [
        name for lang, name in READMES.items()
        if (folder / name).read_text(encoding="utf-8") != filled(folder, lang)
    ]  # fmt: skip


def write(folder: Path) -> list[Path]:
    """Puts the list into both readmes; returns those that changed."""
    changed = [folder / name for name in stale(folder)]
    for lang, name in READMES.items():
        (folder / name).write_text(filled(folder, lang), encoding="utf-8")
    return changed
