"""A report is one file that answers first, hides nothing that got worse, and asks no network."""

import html
import re
import shutil
import subprocess
import warnings

import made_tables
import matplotlib
import pytest

from sim.lab.drawing import numbers
from sim.lab.report import write as report

matplotlib.use("Agg")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def summary(metrics):
    def told(x):
        return {"mean": x.mean, "ci95": None if x.lo is None else [x.lo, x.hi]}

    level = numbers.levels(metrics)
    changes = numbers.differences(metrics, "ncf", "random")
    return {
        "agent": "ncf",
        "baseline": "random",
        "metrics": {m: told(numbers.interval(level[m, a])) for m, a in level if a == "ncf"},
        "difference": {m: told(x) for m, x in changes.items()},
    }


def page(folder, lang="en", seeds=(0, 1, 2), **more):
    metrics = made_tables.metrics(seeds)
    info = {
        "agent": "ncf", "baseline": "random", "world": "nano", "days": 6, "seeds": list(seeds),
        "privileged": {"ncf": False, "random": False}, "command": "python -m sim.run --agent ncf",
        "seconds": {"world": 1.25}, "notes": [], **more,
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report.write(folder, info, metrics, made_tables.events(seeds), summary(metrics), lang)
    return (folder / "report.html").read_text(encoding="utf-8")


def words(text):
    return html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.S))


def test_the_answer_comes_first_with_its_interval_and_what_got_worse(tmp_path):
    text = page(tmp_path)
    answer = words(re.search(r'<p class="answer">(.*?)</p>', text).group(1))
    assert answer.startswith("ncf against random: +1.00 minutes of watching a day per viewer (95 %")
    assert "satisfaction afterwards +0.051" in answer
    assert "but worse: watched and not glad +2.10 points, inequality among videos" in answer
    assert text.index("answer") < text.index("<table")


def test_the_answer_comes_in_chinese(tmp_path):
    text = page(tmp_path, "zh")
    assert 'lang="zh-CN"' in text
    assert "ncf 与 random 相比：每人每天观看 +1.00 分钟（95% 区间" in text
    assert "但变差的有：看了却不满意" in text


@pytest.mark.parametrize("lang, said", [("en", "no interval can be given"), ("zh", "给不出区间")])
def test_one_seed_says_that_there_is_no_interval(tmp_path, lang, said):
    text = words(page(tmp_path, lang, seeds=(0,)))
    assert said in text
    assert "95" not in text


def test_the_numbers_are_those_of_the_summary(tmp_path):
    metrics = made_tables.metrics()
    told = summary(metrics)
    told["difference"]["watch_minutes"] = {"mean": 7.25, "ci95": [7.0, 7.5]}
    report.write(tmp_path, {"baseline": "random"}, metrics, None, told, "en")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "+7.25" in text and "7.00 to 7.50" in text


def test_a_privileged_agent_is_marked_as_a_ceiling(tmp_path):
    assert "a ceiling to compare with, not a method" in page(tmp_path, privileged={"ncf": True})


def test_text_from_outside_is_escaped(tmp_path):
    text = page(tmp_path, command="<script>alert(1)</script>", notes=["a < b & c"])
    assert "<script" not in text
    assert "a &lt; b &amp; c" in text


def test_the_page_needs_nothing_from_anywhere(tmp_path):
    text = page(tmp_path)
    assert "default-src 'none'" in text
    assert set(re.findall(r'(?:src|href)="([a-z+/]+)', text)) == {"data"}
    assert "url(" not in text and "@import" not in text


def test_the_figures_lie_beside_the_page(tmp_path):
    page(tmp_path)
    names = {path.name for path in (tmp_path / "plots").iterdir()}
    assert {"lorenz.png", "lorenz.svg", "difference.png", "watch_minutes.svg"} <= names


def test_a_sample_of_events_is_called_a_sample(tmp_path):
    assert "drawn from a sample: 600 of" in words(page(tmp_path))


def test_a_run_that_broke_before_the_baseline_says_so_and_gives_levels(tmp_path):
    metrics = made_tables.metrics(seeds=(0,), agents=("ncf",))
    told = {"agent": "ncf", "metrics": {"watch_minutes": {"mean": 3.0, "ci95": None}}}
    info = {"agent": "ncf", "baseline": "random", "state": "failed"}
    report.write(tmp_path, info, metrics, None, told, "en")
    text = words((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "The run failed: this is what there was." in text
    assert "ncf: 3.00 minutes of watching a day per viewer. One seed only" in text
    assert "against" not in text and "Change" not in text


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_shows_the_page_without_sideways_scrolling(tmp_path, lang):
    text = page(tmp_path, lang, command="python -m sim.run " + "--agent=" + "x" * 120)
    probe = (
        f'<iframe id=p width=390 height=844 style="border:0" srcdoc="{html.escape(text)}"></iframe>'
        "<script>onload = () => { const d = p.contentDocument.documentElement; document.title ="
        "`${d.clientWidth} ${d.scrollWidth} ${[...p.contentDocument.images]"
        ".filter(i => !i.naturalWidth).length}`; }</script>"
    )
    (tmp_path / "probe.html").write_text(f"<!doctype html>{probe}", encoding="utf-8")
    flags = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    done = subprocess.run(
        [CHROMIUM, *flags.split(), f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom",
         "--virtual-time-budget=4000", f"file://{tmp_path / 'probe.html'}"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    width, scrolled, broken = re.search(r"<title>(\d+) (\d+) (\d+)<", done.stdout).groups()
    assert int(scrolled) <= int(width) <= 390
    assert broken == "0"
