"""Every door speaks Chinese as well: help, errors, progress, results."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from agents.registry import built_in
from sim.bench import _line
from sim.lab.bench import Result
from sim.lab.door import door, said
from sim.lab.facts.card import Card, CardOptions, targets
from sim.lab.facts.text import text
from sim.lab.report import words
from sim.lab.screen import phrases
from sim.run import main as run

ROOT = Path(__file__).parents[3]
DOORS = sorted(p.stem for p in (ROOT / "sim").glob("*.py") if p.stem != "__init__")
HAN = re.compile("[一-鿿]")
# told in Python alone, where there is no --lang; and phrases that are filled elsewhere whole
PYTHON = ("twins",)
FILLED = {"X", "X is X", "X is in X", "XKnown: X.", "X.", "objective: X", "X X", "XX"}
ERRORS = ("BadInput", "BadLog", "_refuse")


@pytest.mark.parametrize("name", DOORS)
def test_every_flag_of_every_command_is_explained_in_chinese(name):
    arguments = import_module(f"sim.{name}").Arguments
    told = door.help_zh()[name]
    assert set(told) == {"about", *(field.name for field in fields(arguments))}
    text = door.help_of(arguments, name)
    assert all(HAN.search(each) for each in told.values())
    for field in fields(arguments):
        assert f"--{field.name.replace('_', '-')}" in text or field.name.upper() in text
    codes = re.findall(r"(\d+) (?:完成|一切正常)", told["about"])
    assert codes == ["0"] and "Exit codes: 0" in arguments.__doc__


@pytest.mark.parametrize("name", ["run", "facts", "bench", "audit", "play"])
def test_help_names_every_agent_that_can_be_asked_for(name):
    source = (ROOT / "sim" / f"{name}.py").read_text("utf-8")
    english = re.search(r'    agent: .*?\n    """(.*?)"""', source, re.S)[1]
    for told in (english, door.help_zh()[name]["agent"]):
        assert set(built_in()) <= set(re.findall(r"\w+", told))


def assigned(name: str, place: ast.AST) -> Iterator[ast.expr]:
    """What a name is set to within a function."""
    for node in ast.walk(place):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name) and target.id == name:
                yield node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=True)
                yield from (v for t, v in pairs if isinstance(t, ast.Name) and t.id == name)


def texts(node: ast.expr, place: ast.AST) -> list[str]:
    """What an expression may say, X in its holes."""
    if isinstance(node, ast.Name):
        return [text for value in assigned(node.id, place) for text in texts(value, ast.Pass())]
    if isinstance(node, ast.IfExp):
        return texts(node.body, place) + texts(node.orelse, place)
    if isinstance(node, ast.BinOp):
        return [a + b for a in texts(node.left, place) for b in texts(node.right, place)]
    if isinstance(node, ast.JoinedStr):
        parts = (v.value if isinstance(v, ast.Constant) else "X" for v in node.values)
        return ["".join(map(str, parts))]
    return [node.value if isinstance(node, ast.Constant) and type(node.value) is str else "X"]


def errors() -> Iterator[tuple[str, str, str]]:
    """(file:line, section of the catalogue, what is said) of every error that a door can tell."""
    for path in sorted((ROOT / "sim").rglob("*.py")):
        if set(PYTHON) & set(path.parts):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        places = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)] or [tree]
        for place in places:
            for call in (n for n in ast.walk(place) if isinstance(n, ast.Call)):
                if ast.unparse(call.func).split(".")[-1] in ERRORS and len(call.args) > 2:
                    where = f"{path.name}:{call.lineno}"
                    for section, k in (("rules", 0), ("cures", 2)):
                        yield from ((where, section, t) for t in texts(call.args[k], place))


def test_every_error_of_the_doors_has_its_chinese():
    found = {each for each in errors() if each[2] not in FILLED}
    assert len(found) > 150
    lacking = [each for each in sorted(found) if said.phrase(each[2], each[1]) is None]
    assert lacking == []


@pytest.mark.parametrize(
    ("error", "chinese"),
    [
        ("unknown world; got 'tiny'. Known: nano, small.",
         "没有这样的世界；得到的是 'tiny'。可用的有：nano, small。"),
        ("x.toml: watch.leave_bend is a list of 3 numbers from 0.1 to 20, and number 1 is none of "
         "these; got -1.0. The nearest is 0.1.",
         "x.toml: watch.leave_bend 应为列表：3 个数，每个在 0.1 到 20 之间；第 1 个不符；得到的是 "
         "-1.0。最接近的可用值是 0.1。"),
        ("agent 'mf', day 3, viewer 7, slot 2: no video twice in a slate; got 5. Draw without "
         "replacement, or leave the place 0.",
         "推荐算法 'mf'，第 3 天，用户 7 的第 2 位：一页里同一视频不能出现两次；得到的是 5。"
         "请不放回地抽取，或把位置留为 0。"),
        ("agent 'mf', day 3: act raised KeyError: no such shelf",
         "推荐算法 'mf'，第 3 天：act 抛出了 KeyError: no such shelf"),
        ("a run's files can be read and written; got 'No space left on device' at /x/y. Make room "
         "there (or raise the quota), then use --resume.",
         "运行的文件应可读写；得到的是 'No space left on device'（/x/y）。"
         "请腾出空间（或提高配额），再用 --resume。"),
        ("plan.toml, line 4: unknown word of a plan; got 'post_per_week'. Did you mean "
         "'posts_per_week'? Known: a, b.",
         "plan.toml，第 4 行：没有这样的计划用词；得到的是 'post_per_week'。您是不是想写 "
         "'posts_per_week'？可用的有：a, b。"),
        ("plan.toml, line 2: brand_equity lies in 0..1; got 3. Say 0.3.",
         "plan.toml，第 2 行：brand_equity 应在 0 到 1 之间；得到的是 3。例如写 0.3。"),
        ("something new; got 3. Do that.", "something new；得到的是 3。Do that."),
    ],
)  # fmt: skip
def test_an_error_says_rule_value_and_cure_in_chinese(error, chinese):
    assert said.in_chinese(error) == chinese


def test_a_wrong_line_is_refused_in_chinese_and_the_code_stays(capsys, monkeypatch):
    assert run(["--agent", "popular", "--world", "tiny", "--lang", "zh"]) == 2
    assert capsys.readouterr().err.startswith("错误：没有这样的世界；得到的是 'tiny'。")
    for words_, told in (
        (["--agnt", "mf"], "您是不是想写 --agent？"),
        (["--days", "x"], "--days 的值不对"),
    ):
        with pytest.raises(SystemExit) as end:
            run([*words_, "--lang=zh"])
        assert end.value.code == 2 and told in capsys.readouterr().err
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(SystemExit) as end:
        run(["--help"])
    assert end.value.code == 0 and "用法：python -m sim.run" in capsys.readouterr().out
    assert run(["--agent", "popular", "--world", "tiny", "--lang", "en"]) == 2
    assert capsys.readouterr().err.startswith("error: unknown world")


@pytest.mark.parametrize(
    ("system", "argv", "lang"),
    [
        ({}, [], "en"), ({"LANG": "zh_CN.UTF-8"}, [], "zh"), ({"LANG": "de_DE"}, [], "en"),
        ({"LC_ALL": "C", "LANG": "zh_CN"}, [], "en"), ({"LANG": "zh_CN"}, ["--lang", "en"], "en"),
        ({}, ["--lang=zh"], "zh"), ({"LC_MESSAGES": "zh_TW", "LANG": "C"}, ["--json"], "zh"),
    ],
)  # fmt: skip
def test_the_language_is_the_flag_s_or_else_the_system_s(system, argv, lang, monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in system.items():
        monkeypatch.setenv(name, value)
    assert door.language(argv) == lang


@pytest.mark.parametrize("platform", ["kuaishou", "tiktok"])
def test_every_fact_of_the_card_and_every_line_of_its_text_has_its_chinese(platform):
    facts, tables = targets(platform)
    absent = [each["what"] for each in tables["absent"]]
    for what in (*(fact.what for fact in facts), *absent):
        assert HAN.search(said.phrase(what, "facts") or ""), what
    lines = text(Card(CardOptions(platform=platform), facts, absent)).splitlines()
    for line in filter(None, lines):
        assert HAN.search(said.spoken(line, "zh")), line


@pytest.mark.parametrize("what", ["world", "day", "agent"])
def test_every_row_of_the_bench_has_its_chinese(what):
    agent = "mf" if what == "agent" else None
    night = 0.2 if what == "day" else None
    row = Result(what, agent, 100, 200, 10, "eager", 1e6, 0.1, 300.0, None, night)
    assert HAN.search(said.spoken(_line(row), "zh"))


@pytest.mark.parametrize(
    "table", [words.TEXT, words.HOW, phrases.SAY], ids=["report", "how", "screen"]
)
def test_every_phrase_has_both_languages_with_the_same_holes(table):
    for key, (english, chinese) in table.items():
        holes = [sorted(set(re.findall(r"\{(\w+)", each))) for each in (english, chinese)]
        assert holes[0] == holes[1] or not holes[0][:1] or holes[0][0].isdigit(), key
        assert english != chinese and not HAN.search(english), key
