"""Makes the pictures of the README again, from one real run, in both languages.

    python docs/pictures.py                       # small, 14 days, seed 0: some minutes
    python docs/pictures.py --world nano --days 3 --out /tmp/pictures    # a quick look

The run is that of `python -m sim.run --agent popular ncf bayes`. It takes a chromium for the phones
and the report. Chinese pictures end in .zh.png.
"""

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace

from PIL import Image

import sim
from sim.lab.report.write import write
from sim.lab.teaching.phones import beside, seen_by_all

AGENTS = ["popular", "ncf", "bayes"]
PHONES = ("random", "bayes")  # who fills the two phones
FLAGS = "--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run"
PAGE = (
    '<!doctype html><meta charset="utf-8"><body style="margin:8px;font:15px system-ui,'
    "'Noto Sans CJK SC',sans-serif;background:#fff\">{}</body>"
)


def shot(html: str, to: Path, width: int, height: int) -> None:
    """A page as a browser shows it, twice as fine; the white below it is cut off."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise SystemExit("docs/pictures.py needs chromium; got none. Run: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(html, encoding="utf-8")
        size = [f"--window-size={width},{height}", "--force-device-scale-factor=2"]
        size += [f"--user-data-dir={folder}/profile", f"--screenshot={to}", f"file://{page}"]
        subprocess.run([browser, *FLAGS.split(), *size], check=True, capture_output=True)
    picture = Image.open(to).convert("RGB")
    below = picture.convert("L").point(lambda grey: 255 if grey < 250 else 0).getbbox()
    picture.crop((0, 0, picture.width, min(picture.height, below[3] + 16))).save(to, optimize=True)


def phones(run: sim.Run, lang: str, to: Path) -> None:
    """One viewer's phone under two recommenders."""
    events = run.events
    few = events[events["agent"].isin(PHONES)].assign(agent=lambda t: t["agent"].astype(str))
    days = run.metrics[run.metrics["agent"].isin(PHONES)]
    shown = SimpleNamespace(events=few, metrics=days)
    body = beside(shown, seen_by_all(shown, 1), lang).data
    shot(PAGE.format(body.partition("</h4>")[2]), to, 470, 330)


def pictures(run: sim.Run, lang: str, out: Path) -> None:
    end = ".zh.png" if lang == "zh" else ".png"
    run.lang = lang
    run.plot("satisfaction").savefig(out / f"first_screen{end}", dpi=200)
    phones(run, lang, out / f"phones{end}")
    with tempfile.TemporaryDirectory() as folder:
        info = run.info(f"python -m sim.run --agent {' '.join(AGENTS)}")
        write(Path(folder), info, run.metrics, run.events, run.summary, lang)
        page = (Path(folder) / "report.html").read_text(encoding="utf-8")
    shot(page, out / f"report{end}", 860, 1250)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--world", default="small")
    asked.add_argument("--days", type=int, default=14)
    asked.add_argument("--out", type=Path, default=Path(__file__).parent)
    args = asked.parse_args()
    run = sim.simulate(AGENTS, world=args.world, days=args.days)
    args.out.mkdir(parents=True, exist_ok=True)
    for lang in ("en", "zh"):
        pictures(run, lang, args.out)


if __name__ == "__main__":
    main()
