"""Who takes part: each agent in a line, with the paper that it follows."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from sim.lab.drawing.colours import colour_of
from sim.lab.report.words import say

AGENTS = Path(__file__).parents[1] / "assets" / "agents.toml"


@cache
def known() -> dict[str, dict[str, Any]]:
    """{agent: {"en", "zh", and "paper" where there is one}} of the built-in agents."""
    return tomllib.loads(AGENTS.read_text(encoding="utf-8"))


def line(agent: str, lang: str, ceiling: bool = False, what: str = "") -> dict[str, Any]:
    """Name, colour, sentence and paper. An agent of somebody's own is called that; `what` is the
    agent's own name where it goes by another."""
    told = known().get(what or agent, {})
    parts = [told.get(lang, say("own", lang))]
    if ceiling and not told.get("privileged"):
        parts.append(say("ceiling", lang, agent))
    text = ("" if lang == "zh" else " ").join(parts)
    return {
        "name": agent, "colour": colour_of(agent), "text": text, "paper": told.get("paper", ""),
    }  # fmt: skip
