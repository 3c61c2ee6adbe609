"""README.md and README.zh-CN.md tell the same: headings, commands, tables, figures, pictures."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGLISH, CHINESE = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
HAN = re.compile("[一-鿿]")


def blocks(text: str, kind: str) -> list[str]:
    """Code blocks of a kind, without remarks and without the flag of the language."""
    found = re.findall(rf"```{kind}\n(.*?)```", text, re.S)
    return [re.sub(r"  # .*| --lang zh", "", block) for block in found]


def tables(text: str) -> list[list[list[str]]]:
    """For each table its rows, and of each row the code in it."""
    rows = re.findall(r"(?:^\|.*\n)+", text, re.M)
    plain = [table.replace(" --lang zh", "") for table in rows]
    return [[re.findall(r"`(.+?)`", row) for row in table.splitlines()] for table in plain]


def figures(text: str) -> list[str]:
    """Every number in its digits, but those within code, names, links and pictures."""
    plain = re.sub(r"`[^`]*`|\([^)]*\.md\)|<p>.*?</p>|R = U Iᵀ", "", text)
    return re.findall(r"(?<![\w.])[−+]?(?:\d[\d,]*)?\.?\d+", plain)


def test_both_have_the_same_chapters():
    levels = [re.findall(r"^(#+) ", re.sub(r"```.*?```", "", t, flags=re.S), re.M)
              for t in (ENGLISH, CHINESE)]  # fmt: skip
    assert levels[0] == levels[1] and len(levels[0]) >= 7


@pytest.mark.parametrize("kind", ["bash", "python"])
def test_both_give_the_same_commands(kind):
    assert blocks(ENGLISH, kind) == blocks(CHINESE, kind) != []


def test_both_have_the_same_tables():
    assert tables(ENGLISH) == tables(CHINESE)
    assert [len(table) for table in tables(ENGLISH)] == [len(t) for t in tables(CHINESE)]


def test_both_show_the_same_first_output():
    """Whoever measures again puts the figures into both."""
    one, other = (sorted(figures(blocks(text, "text")[0])) for text in (ENGLISH, CHINESE))
    assert one == other and len(one) > 25


@pytest.mark.parametrize(("english", "chinese"), [("true", "真"), ("fast", "快")])
def test_both_tell_the_same_figures(english, chinese):
    parts = [
        sorted(figures(re.search(rf"## .*{word}.*\n\n(.*)", text).group(1)))
        for word, text in ((english, ENGLISH), (chinese, CHINESE))
    ]
    assert parts[0] == parts[1] != []


def test_every_picture_is_there_in_its_language_and_says_what_it_shows():
    shown = [re.findall(r'<img src="([^"]+)"[^>]*alt="([^"]+)"', t) for t in (ENGLISH, CHINESE)]
    assert [place.replace(".zh.", ".") for place, _ in shown[1]] == [p for p, _ in shown[0]]
    assert len(shown[0]) >= 3 and all((ROOT / p).is_file() for p, _ in shown[0] + shown[1])
    assert all(HAN.search(alt) for _, alt in shown[1])
