"""Pages of the lessons to read on a code-hosting site: text, code, tables, figures and phones as
they came out of a whole run, without running anything.

Phones are HTML, which such sites strip of its looks, so a browser takes their picture.
"""

import base64
import html
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat
from PIL import Image, ImageChops

from sim.lab.teaching import building

PAGES = "rendered"
WIDTH = 980  # pixels of a phone's picture; it is trimmed to what is there
TALL = 820  # pixels of a phone on a page, where nobody can scroll it
FONT = Path(__file__).parents[1] / "assets" / "ShortvideoSansSC.otf"  # a machine may have none
FACE = f"@font-face{{{{font-family:'{FONT.stem}';src:url(data:font/otf;base64,{{}})}}}}"
NOTE = {
    "en": "*A run of `{}` to read. To do it yourself: `jupyter lab lessons/`. A scripted reader"
    " answered where you would be asked.*",
    "zh": "*这是 `{}` 的一次运行结果，供阅读。想亲自动手：`jupyter lab lessons/`。"
    "需要你作答的地方由预设读者代答。*",
}
ROW, CELL = re.compile(r"<tr.*?</tr>", re.S), re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.S)


def page(source: Path, lang: str) -> Path:
    return source.parent / PAGES / f"{source.stem}.{lang}.md"


def stale(folder: Path) -> list[str]:
    """Pages that are missing, or whose text and code are not their source's."""
    found = []
    for source in building.sources(folder):
        for lang in building.NOTE:
            place = page(source, lang)
            text = place.read_text(encoding="utf-8") if place.exists() else ""
            cells = nbformat.reads(building.build(source, lang), as_version=4).cells[1:]
            if any(cell.source.strip() not in text for cell in cells):
                found.append(place.name)
    return found


def write(folder: Path, numbers: Collection[str] = (), **values: Any) -> list[Path]:
    """Runs the lessons of these numbers, or all, whole in both languages and writes their pages and
    pictures."""
    return [
        render(source, lang, **values)
        for source in building.sources(folder)
        if not numbers or source.stem[:2] in numbers
        for lang in building.NOTE
    ]


def render(source: Path, lang: str, **values: Any) -> Path:
    """One page. `values` take the place of the notebook's parameters."""
    place = page(source, lang)
    shutil.rmtree(place.with_suffix(""), ignore_errors=True)
    place.with_suffix("").mkdir(parents=True)
    notebook = run(source, lang, **values)
    parts = [NOTE[lang].format(source.name)]
    for number, cell in enumerate(notebook.cells[1:], 1):
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        parts += _outputs(cell.outputs, place, number)
    place.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return place


def run(source: Path, lang: str, **values: Any) -> nbformat.NotebookNode:
    """The notebook, run from top to bottom in a folder of its own, with no screen attached."""
    from nbclient import NotebookClient

    notebook = nbformat.reads(building.build(source, lang), as_version=4)
    cell = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    for name, value in values.items():
        cell.source = re.sub(rf"^{name} = .*$", f"{name} = {value!r}", cell.source, flags=re.M)
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=900, kernel_name="python3", resources=resources).execute()
    return notebook


def _outputs(outputs: list[Any], place: Path, number: int) -> list[str]:
    parts = []
    for k, output in enumerate(outputs):
        data, name = output.get("data", {}), f"{number:02d}-{k}.png"
        picture = place.with_suffix("") / name
        if output.get("name") == "stdout":
            parts.append(f"```text\n{output['text'].rstrip()}\n```")
        elif "image/png" in data:
            picture.write_bytes(base64.b64decode(data["image/png"]))
            parts.append(_shown(picture, place))
        elif "<table" in data.get("text/html", ""):
            parts.append(table(data["text/html"]))
        elif "<div" in data.get("text/html", ""):  # a progress bar that is done has none
            photograph(data["text/html"], picture)
            parts.append(_shown(picture, place))
    return parts


def _shown(picture: Path, place: Path) -> str:
    return f"![]({picture.relative_to(place.parent).as_posix()})"


def table(text: str) -> str:
    """A table of HTML as Markdown's."""
    rows = [[html.unescape(cell) for cell in CELL.findall(row)] for row in ROW.findall(text)]
    rows = [[cell.strip().replace("|", "\\|") for cell in row] for row in rows]
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def browser() -> str | None:
    """A Chromium on this machine."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def photograph(text: str, picture: Path) -> None:
    """What a browser makes of some HTML, trimmed and in few colours."""
    program = browser()
    if program is None:
        raise FileNotFoundError("pages show phones as a browser draws them; install chromium.")
    with tempfile.TemporaryDirectory() as folder:
        source, raw = Path(folder, "part.html"), Path(folder, "part.png")
        style = FACE.format(base64.b64encode(FONT.read_bytes()).decode())
        style += f"body{{margin:8px;font-family:'{FONT.stem}',sans-serif;background:#fff}}"
        style += f"[style*='overflow-y']{{height:auto!important;max-height:{TALL}px}}"
        head = f"<!doctype html><meta charset=utf-8><style>{style}</style>"
        source.write_text(head + text, encoding="utf-8")
        flags = "--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run"
        subprocess.run(
            [program, *flags.split(), f"--window-size={WIDTH},{3 * TALL}", f"--screenshot={raw}",
             f"--user-data-dir={folder}/profile", source.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        image = Image.open(raw).convert("RGB")
        white = Image.new("RGB", image.size, (255, 255, 255))
        box = ImageChops.difference(image, white).getbbox()
        image.crop(box).quantize(128).save(picture, optimize=True)
