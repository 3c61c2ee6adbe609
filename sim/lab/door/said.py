"""Errors in Chinese: the catalogue's phrases for the rule, the value got and the cure."""

import re
import sys
import tomllib
from functools import cache
from pathlib import Path

CATALOGUE = Path(__file__).parents[1] / "assets" / "said_zh.toml"
HOLE = "{}"
LINE = re.compile(r", line (\d+)$")  # of a file that is wrong
IN_LINE = r"，第 \1 行"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """{section: {English with {} for holes: Chinese with {0}, {1}, ...}}."""
    return tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))


@cache
def _patterns(section: str) -> list[tuple[re.Pattern, str]]:
    """Those that say most come first."""
    entries = catalogue()[section].items()
    told = sorted(entries, key=lambda pair: (-len(pair[0].replace(HOLE, "")), pair[0]))
    return [(_pattern(english), chinese) for english, chinese in told]


def _pattern(english: str) -> re.Pattern:
    return re.compile("(.*?)".join(map(re.escape, english.split(HOLE))), re.DOTALL)


def phrase(text: str, *sections: str) -> str | None:
    """The Chinese of a phrase of these sections, its holes with it; None where there is none."""
    for section in sections:
        for pattern, chinese in _patterns(section):
            if met := pattern.fullmatch(text):
                holes = [phrase(hole, *sections, "words", "facts") or hole for hole in met.groups()]
                return chinese.format(*holes)
    return None


def in_chinese(text: str) -> str:
    """An error in Chinese as far as the catalogue goes; what it lacks stays as it is."""
    rule, got, rest = text.partition("; got ")
    if not got:
        return phrase(text, "whole") or text
    said = _rule(rule)
    value, cure = _parted(rest)
    told = cure if cure is None else (phrase(cure, "cures") or cure)
    return f"{said}；得到的是 {phrase(value, 'words') or value}。{told or ''}"


def _rule(rule: str) -> str:
    """A file that it stands in comes first, and stays."""
    place, colon, rest = rule.partition(": ")
    said = None if LINE.search(place) else phrase(rule, "rules")
    if said or not colon:
        return said or rule
    return f"{LINE.sub(IN_LINE, place)}：{_rule(rest)}"


def _parted(rest: str) -> tuple[str, str | None]:
    """The value and the cure: parted where the catalogue knows what follows, else at the first
    full stop."""
    ends = [met.start() for met in re.finditer(r"\. ", rest)]
    for at in ends:
        if phrase(rest[at + 2 :], "cures"):
            return rest[:at], rest[at + 2 :]
    return (rest[: ends[0]], rest[ends[0] + 2 :]) if ends else (rest.rstrip("."), None)


def spoken(text: str, lang: str | None) -> str:
    """What a command prints, each line in Chinese where the catalogue has it."""
    if lang != "zh":
        return text
    return "\n".join(phrase(line, "lines") or line for line in text.split("\n"))


def complain(error: object, lang: str | None) -> None:
    """An error, in one line on stderr."""
    text = in_chinese(str(error)) if lang == "zh" else str(error)
    print(f"{'错误：' if lang == 'zh' else 'error: '}{text}", file=sys.stderr)
