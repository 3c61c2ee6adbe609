"""A command's arguments, asked for and explained in English or Chinese.

The language is --lang; where it is left out, the system's: the first of LC_ALL, LC_MESSAGES and
LANG that is set, as programs do that use gettext. English help is tyro's own, from the docstrings
of the command; Chinese help stands in assets/help_zh.toml.
"""

import contextlib
import difflib
import io
import os
import re
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import MISSING, Field, fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import indent
from typing import Annotated, Literal, TypeVar, get_type_hints

import tyro
from rich.cells import cell_len
from tyro.conf import arg

from sim.lab.door.said import complain

HELP = Path(__file__).parents[1] / "assets" / "help_zh.toml"
Speech = Literal["en", "zh"]
Lang = Annotated[Speech | None, arg(help_behavior_hint="")]  # None: the system's
WIDTH = 88  # cells of a terminal
T = TypeVar("T")


@cache
def help_zh() -> dict[str, dict[str, str]]:
    """{command: {"about", flag: what it is}}."""
    return tomllib.loads(HELP.read_text(encoding="utf-8"))


def language(argv: Sequence[str]) -> Speech:
    """Which language a command speaks."""
    words = [word for arg in argv for word in arg.split("=", 1)]
    for flag, value in pairwise(words):
        if flag == "--lang" and value in ("en", "zh"):
            return "zh" if value == "zh" else "en"
    system = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if system.lower().startswith("zh") else "en"


def asked(kind: type[T], argv: list[str] | None, command: str) -> T:
    """The arguments of a command, an instance of its dataclass, whose `lang` is said. Ends the
    program as tyro does: 0 after help, 2 for what cannot be understood."""
    argv = sys.argv[1:] if argv is None else argv
    lang, prog = language(argv), f"python -m sim.{command}"
    if lang == "en":
        return replace(tyro.cli(kind, args=argv, prog=prog), lang=lang)  # type: ignore[type-var]
    if {"-h", "--help"} & set(argv):
        print(help_of(kind, command))
        raise SystemExit(0)
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            return replace(tyro.cli(kind, args=argv, prog=prog), lang=lang)  # type: ignore[type-var]
    except SystemExit:
        complain(_misread(kind, argv, said.getvalue()), "zh")
        print(f"查看帮助：{prog} --help --lang zh", file=sys.stderr)
        raise


def _misread(kind: type, argv: Sequence[str], said: str) -> str:
    """What is wrong with a command line: a flag that there is not, else what tyro says of it."""
    flags = [_flag(field) for field in fields(kind)]  # type: ignore[arg-type]
    known = [*flags, *(flag.replace("--", "--no-", 1) for flag in flags)]
    for word in (each.split("=", 1)[0] for each in argv if each.startswith("--")):
        if word.replace("_", "-") not in known:
            near = difflib.get_close_matches(word, known, n=1)
            return f"没有 {word} 这个选项。" + (f"您是不是想写 {near[0]}？" if near else "")
    if met := re.search(r"Error parsing (--[\w-]+)", said):
        got = re.search(r"from \[(.*?)\]", said)
        return f"{met[1]} 的值不对" + (f"：{got[1]}。" if got else "。")
    if "equired" in said and (missing := re.findall(r"--[\w-]+", said.split("─" * 9)[0])):
        return f"缺少必填的选项：{'、'.join(dict.fromkeys(missing))}。"
    lines = re.sub(r"[╭╮╰╯│─]", " ", said).splitlines()
    told = [line.strip() for line in lines if line.strip() and "--help" not in line]
    return f"命令行有误：{' '.join(told[1:] or told)}"


def help_of(kind: type, command: str) -> str:
    """The Chinese help."""
    told = help_zh()[command]
    lines = [f"用法：python -m sim.{command} [选项]", "", told["about"].strip(), "", "选项："]
    lines += ["  -h, --help", indent(_folded("显示帮助并退出。"), " " * 6)]
    for field in fields(kind):  # type: ignore[arg-type]
        name = field.name.upper() if "Positional" in str(field.type) else _flag(field)
        lines.append(f"  {name}{_takes(kind, field)}")
        text = told.get(field.name, "") + _default(field)
        lines.append(indent(_folded(text), " " * 6))
    return "\n".join(lines)


def _flag(field: Field) -> str:
    return "--" + field.name.replace("_", "-")


def _takes(kind: type, field: Field) -> str:
    """What stands behind a flag."""
    if "Positional" in str(field.type):
        return " ..."
    hint = str(get_type_hints(kind)[field.name])
    if "bool" in hint:
        return f"，{_flag(field).replace('--', '--no-', 1)}" if field.default is True else ""
    words = re.findall(r"Literal\[(.*?)\]", hint)
    if words:
        return " {" + words[0].replace("'", "").replace(" ", "") + "}"
    name = "数" if "int" in hint or "float" in hint else "路径" if "Path" in hint else "值"
    return f" {name} [{name} ...]" if "tuple" in hint else f" {name}"


def _default(field: Field) -> str:
    if field.default is MISSING:
        return "（必填）"
    if field.default in (None, (), "", False) or field.default is True:
        return ""
    values = field.default if isinstance(field.default, tuple) else (field.default,)
    return f"（默认 {' '.join(map(str, values))}）"


def _folded(text: str) -> str:
    """Lines of a terminal's width: after any Chinese letter, or between words."""
    lines, line = [], ""
    for piece in re.findall(r"[!-~]+[，。；：、）]*|\s+|.", text):
        if line and cell_len(line + piece) > WIDTH - 6 and piece not in "，。；：、）":
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return "\n".join([*lines, line])
