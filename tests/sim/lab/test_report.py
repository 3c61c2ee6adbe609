"""A report is one file that answers first, hides nothing that got worse, and asks no network."""

import base64
import hashlib
import html
import re
import shutil
import subprocess
import warnings

import made_tables
import matplotlib
import pytest

from agents.registry import built_in
from sim.lab import stats
from sim.lab.drawing import intervals as numbers
from sim.lab.report import cast, lift, readings
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
        "lift_by_pool": made_tables.lift(sorted(set(metrics["seed"]))),
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
    return html.unescape(
        re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]+>", " ", text, flags=re.S)
    )


def test_the_answer_comes_first_with_its_interval_and_what_got_worse(tmp_path):
    text = page(tmp_path)
    answer = words(re.search(r'<p class="answer">(.*?)</p>', text).group(1))
    assert answer.startswith("ncf against random: +1.00 minutes of watching a day per viewer (95 %")
    assert ", satisfaction +0.051" in answer
    assert "but worse: regretted views +2.10 points, exposure inequality of videos" in answer
    assert text.index('class="answer"') < text.index('class="first"') < text.index("<table")


def test_the_answer_comes_in_chinese(tmp_path):
    text = page(tmp_path, "zh")
    assert 'lang="zh-CN"' in text
    assert "ncf 与 random 相比：每人每天观看 +1.00 分钟（95% 置信区间" in text
    assert "但变差的有：后悔观看占比 +2.10 个百分点" in text


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
    assert "+7.25" in text and "+7.00 to +7.50" in text


def test_a_privileged_agent_is_marked_as_a_ceiling(tmp_path):
    assert "an upper bound to compare with, not a method" in page(
        tmp_path, privileged={"ncf": True}
    )


def test_text_from_outside_is_escaped(tmp_path):
    text = page(tmp_path, command="<script>alert(1)</script>", notes=["a < b & c"])
    assert text.count("<script") == 1 and "alert(1)</script>" not in text
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
    assert "ncf against" not in text and "Change" not in text


def test_the_page_says_how_lift_grows_with_the_pool_and_what_the_oracle_is(tmp_path):
    text = page(tmp_path)
    assert (
        "ncf's lift over random grows with the pool: offered 10 fresh videos, what it shows is "
        "watched to the end 1.00 times as often as a random choice (4.0 %) and viewed long 1.00 "
        "times as often (12.0 %); offered 100, 2.00 and 2.00 times; offered all 1,000, 4.00 and "
        "4.00 times. The oracle, which sees the hidden truth and is an upper bound, not a method, "
        "goes from 1.00 and 1.00 times to 9.00 and 9.00 times."
    ) in html.unescape(text)
    table = text[text.index("How lift grows") :]
    cells = re.findall(r"<td>(.*?)</td>", table[: table.index("</table>")])
    assert [words(cell) for cell in cells[-5:]] == [
        "all 1,000", "4.00 3.90 to 4.10 ", "4.00 3.90 to 4.10 ", "9.00 8.90 to 9.10 ",
        "9.00 8.90 to 9.10 ",
    ]  # fmt: skip
    assert "at least 900 rested viewers" in text and (tmp_path / "plots" / "lift.svg").exists()


def test_lift_comes_in_chinese(tmp_path):
    text = page(tmp_path, "zh")
    assert "ncf 相对随机的提升随候选池增大而上升：从 10 个没看过的视频里挑，" in text
    assert "从全部 1,000 个里挑，4.00 倍和 4.00 倍。" in text
    assert "oracle 看得到隐藏真实值，是上界而不是方法" in text


@pytest.mark.parametrize(
    "means, ends, told",
    [
        ((1.0, 1.5), 0.0, "grows with the pool"),
        ((1.0, 0.8), 0.0, "shrinks as the pool grows"),
        ((1.0, 1.05), 0.0, "does not clearly change"),
        ((1.0, 1.5), 0.3, "does not clearly change"),  # the intervals overlap
        ((1.0, 1.5), 0.2, "grows with the pool"),
        ((float("nan"), 1.5), 0.0, "does not clearly change"),
    ],
)
def test_the_sentence_claims_a_change_only_where_the_figures_show_one(means, ends, told):
    pools = [dict(row) for row in made_tables.lift(pools=(10, "all"))["ncf"]]
    for row, mean in zip(pools, means, strict=True):
        each = {"mean": mean, "ci95": [mean - ends, mean + ends] if ends else None}
        row["agent"] = {"finish_rate": each, "long_view_rate": each}
    assert told in lift.sentence("ncf", pools, "en")


def test_of_an_agent_that_was_not_asked_only_the_ceiling_is_told():
    told = made_tables.lift(asked=False)
    assert lift.sentence("ncf", told["ncf"], "en").startswith("The oracle, which sees")
    section = lift.section(told, "en")
    assert section is not None
    text = str(section)
    assert "oracle (upper bound): watched to the end" in text and "ncf" not in text
    assert lift.section({"ncf": []}, "en") is lift.section(None, "en") is None


@pytest.mark.parametrize("seeds", [(0,), (0, 1, 2)])
def test_the_terminal_and_the_report_call_the_same_measures_worse(seeds):
    metrics = made_tables.metrics(seeds)
    gaps = stats.differences(*(metrics[metrics["agent"] == a] for a in ("ncf", "random")))["all"]
    assert gaps["topic_entropy"]["mean"] < 0
    terminal = {each["metric"] for each in stats.worse(gaps) if each["sure"] is not False}
    told = {m for m, gap in gaps.items() if readings.is_worse(m, numbers.read(gap))}
    assert terminal == told == {"regret", "video_gini", "newcomer_share"}


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_shows_the_page_without_sideways_scrolling(tmp_path, lang):
    text = page(tmp_path, lang, command="python -m sim.run " + "--agent=" + "x" * 120)
    probe = (
        f'<iframe id=p width=390 height=844 style="border:0" srcdoc="{html.escape(text)}"></iframe>'
        "<script>onload = () => { const d = p.contentDocument.documentElement, "
        "f = d.querySelector('[data-hover]'), e = f.querySelector('img').getBoundingClientRect();"
        "f.dispatchEvent(new p.contentWindow.PointerEvent('pointerdown', "
        "{clientX: e.right - e.width * .2, clientY: e.top + 9})); document.title ="
        "`${d.clientWidth} ${d.scrollWidth} ${[...p.contentDocument.images]"
        ".filter(i => !i.naturalWidth).length} ${e.bottom} |${f.innerText}|`; }</script>"
    )
    (tmp_path / "probe.html").write_text(f"<!doctype html>{probe}", encoding="utf-8")
    flags = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    done = subprocess.run(
        [CHROMIUM, *flags.split(), f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom",
         "--virtual-time-budget=4000", f"file://{tmp_path / 'probe.html'}"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    found = re.search(r"<title>(\d+) (\d+) (\d+) ([\d.]+) \|(.*?)\|<", done.stdout, re.S)
    width, scrolled, broken, bottom, values = found.groups()
    assert int(scrolled) <= int(width) <= 390
    assert broken == "0"
    assert float(bottom) <= 844  # the first figure is on the first screen
    assert {"en": "Day 6", "zh": "第 6 天"}[lang] in values
    assert "ncf" in values and "3.20" in values and "2.20" in values


def test_only_the_page_s_own_script_may_run_and_the_browser_knows_it_by_its_hash(tmp_path):
    text = page(tmp_path)
    script = re.search(r"<script>(.*?)</script>", text, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert re.findall(r"script-src ([^;\"]*)", text) == [f"'sha256-{digest}'"]


def test_all_agents_stand_in_one_table_with_the_best_and_the_worst_of_a_row_marked(tmp_path):
    agents = ("mf", "ncf", "random")
    metrics = made_tables.metrics((0, 1), agents)
    lower = (metrics["agent"] == "mf") & (metrics["metric"] == "watch_minutes")
    metrics.loc[lower, "value"] -= 5.0
    told = {"agent": "mf", "baseline": "random"}
    page_of = report.ReportPage(told, metrics, None, {}, "en")
    table = page_of.numbers()
    assert table["heads"] == ["Measure", "mf", "ncf", "random"]
    first = table["main"][0]["cells"]
    assert [cell["mark"] for cell in first] == ["worst", "best", ""]
    assert re.search("[●■▲◆]", first[0]["small"][0]) and "◆ not distinguish" in table["key"]
    diversity = next(r for r in table["main"] if r["name"] == "Topic diversity")
    assert {cell["mark"] for cell in diversity["cells"]} == {""}  # a matter of view
    assert page_of.answer().startswith(
        "On average viewers watch most under ncf (3.10 minutes a day"
    )


def test_the_size_of_the_world_is_told_and_its_minutes_scaled_beside(tmp_path):
    size = {"viewers": 300, "videos": 600, "creators": 74, "scale": 0.06}
    text = words(page(tmp_path, size=size))
    row = r"the same at a real day's length\s+min\s+53\.4\s+36\.7\s+\+16\.7\s"
    assert re.search(row, text), text
    assert re.search(r"Viewers on day 1\s+300\s+Videos on offer, about\s+600", text)
    assert re.search(
        r"Videos a viewer and day\s+ncf 0\.1, random 0\.1\s+Time of a real day\s+6 %", text
    )
    assert "its viewers have 6 % of a real day's time" in text


def test_every_built_in_agent_has_a_line_in_both_languages():
    assert set(cast.known()) == set(built_in())
    assert all(each["en"] and each["zh"] for each in cast.known().values())
    assert all(each["en"] != each["zh"] for each in cast.known().values())
