"""Personas: who watches what to the end, who skips, who says they are young."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import torch

from sim.lab.studio.topics import topic_of
from sim.presets import checking
from sim.presets.errors import BadInput, did_you_mean
from sim.presets.files import read_toml
from sim.seats.viewer.script import Scripts
from sim.world.ranges import Within
from sim.world.state import HARMS

FILE = Path(__file__).parents[1] / "assets" / "personas.toml"
AGES = ("under_18", "18_24", "25_30", "31_40", "41_50", "over_50")


@dataclass(frozen=True)
class Persona:
    name: str
    age: str = "25_30"
    topics: tuple[int, ...] = ()  # watched to the end
    harms: tuple[str, ...] = ()  # likewise
    everything: bool = False
    likes: bool = False
    videos: Annotated[int, Within(1, 5000)] = 60  # a day
    say: tuple[str, str] = ("", "")

    def acts_like(self, other: "Persona") -> bool:
        """Whether both do the same on every page: then a platform should treat them alike."""
        return all(getattr(self, n) == getattr(other, n) for n in _DEEDS)


_DEEDS = ("topics", "harms", "everything", "likes", "videos")
_TOLD = tuple(f.name for f in fields(Persona) if f.name != "name")


@cache
def built_in() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def read(words: Sequence[str], topics: int) -> tuple[Persona, ...]:
    """The personas that are named: built in, or all of a file (.toml). Raises BadInput."""
    names = [name for word in words for name in word.split(",") if name]
    if not names:
        cure = f"Say --personas control,young. Known: {', '.join(built_in())}; or a .toml file."
        raise BadInput("an audit needs personas", None, cure)
    found: list[Persona] = []
    for name in names:
        found += _of_file(name, topics) if name.endswith(".toml") else [_named(name, topics)]
    told = [persona.name for persona in found]
    for name in told:
        if told.count(name) > 1:
            cure = "An audit plants a twin of the first by itself."
            raise BadInput("personas differ from each other", name, cure)
    return tuple(found)


def _named(name: str, topics: int) -> Persona:
    if name not in built_in():
        raise did_you_mean(name, built_in(), "persona")
    return persona(name, built_in()[name], topics)


def _of_file(name: str, topics: int) -> list[Persona]:
    tables = read_toml(Path(name))
    if not tables:
        cure = "Write [name] above its lines: topics, harms, age, everything, likes, videos."
        raise BadInput("a file of personas has a table for each", name, cure)
    try:
        return [persona(key, table, topics) for key, table in tables.items()]
    except BadInput as error:
        raise error.said_in(name) from None


def persona(name: str, table: Any, topics: int) -> Persona:
    """From a table. Raises BadInput."""
    if not isinstance(table, Mapping):
        raise BadInput("a persona is a table", f"{name} = {table!r}", f"Write [{name}].")
    for key in table:
        if key not in _TOLD:
            raise did_you_mean(key, _TOLD, "word of a persona", f"{name}.{key}")
    told = dict(table)
    for key, known in (("age", AGES), ("harms", HARMS)):
        words = told.get(key, ())
        for word in (words,) if isinstance(words, str) else words:
            if word not in known:
                raise did_you_mean(word, known, key, f"{name}.{key}")
    told["harms"] = tuple(told.get("harms", ()))
    wanted = told.get("topics", ())
    about = (wanted,) if isinstance(wanted, str | int) else tuple(wanted)
    told["topics"] = tuple(topic_of(word, topics) for word in about)
    told["say"] = tuple(told.get("say", ("", "")))
    plain = {k: v for k, v in told.items() if k in ("everything", "likes", "videos")}
    checked = checking.values(Persona, plain, f"{name}.", tuple(plain))
    return Persona(name, **{**told, **checked})


def scripts(cast: Sequence[Persona], repeats: int, topics: int) -> Scripts:
    """`repeats` puppets of each persona, one persona after another."""
    each = [persona for persona in cast for _ in range(repeats)]
    about = torch.zeros(len(each), topics, dtype=torch.bool)
    harms = torch.zeros(len(each), 1 + len(HARMS), dtype=torch.bool)
    for i, one in enumerate(each):
        about[i, list(one.topics)] = True
        harms[i, [1 + HARMS.index(h) for h in one.harms]] = True
    return Scripts(
        torch.tensor([AGES.index(one.age) for one in each]),
        about,
        harms,
        torch.tensor([one.everything for one in each]),
        torch.tensor([one.likes for one in each]),
        torch.tensor([one.videos for one in each]),
    )
