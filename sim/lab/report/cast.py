"""Who takes part: each agent in a line, with the paper that it follows."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sim.lab.drawing.colours import colours_of
from sim.lab.report.words import say

AGENTS = Path(__file__).parents[1] / "assets" / "agents.toml"


@cache
def known() -> dict[str, dict[str, Any]]:
    """{agent: {"en", "zh", and "paper" where there is one}} of the built-in agents."""
    return tomllib.loads(AGENTS.read_text(encoding="utf-8"))


def lines(agents: Sequence[str], lang: str, ceilings: Collection[str], what: Mapping[str, str]):
    """A line for each agent of a page; `what` are their own names where they go by others."""
    colours = colours_of(agents, what)
    told = [line(a, lang, a in ceilings, what.get(a, "")) for a in agents]
    return [each | {"colour": colours[each["name"]]} for each in told]


def line(agent: str, lang: str, ceiling: bool = False, what: str = "") -> dict[str, Any]:
    """Name, sentence and paper. An agent of somebody's own is called that; `what` is the agent's
    own name where it goes by another."""
    told = known().get(what or agent, {})
    parts = [told.get(lang, say("own", lang))]
    if ceiling and not told.get("privileged"):
        parts.append(say("ceiling", lang, agent))
    text = ("" if lang == "zh" else " ").join(parts)
    return {"name": agent, "text": text, "paper": told.get("paper", "")}
