"""What a finger on the first figure reads: the values of each day, and where the panels lie."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.lab.drawing.colours import colours_of
from sim.lab.report.words import say
from sim.measure.metrics import measure


def hover(
    figure: Figure,
    metrics: pd.DataFrame,
    names: tuple[str, ...],
    lang: str,
    what: Mapping[str, str] | None = None,
) -> str:
    """JSON for the page's script: panels as shares of the figure from its top left, days, values.

    {"day": a pattern, "days": [1, 2, ...], "panels": [{"name", "box": [left, top, width, height],
    "x": [first, last]}], "agents": [{"name", "colour", "values": [[text, ...] a panel]}]}; `what`
    are the agents behind the names of a comparison.
    """
    rows = metrics[metrics["group"] == "all"]
    days = sorted(int(day) for day in rows["day"].unique())
    agents = list(dict.fromkeys(rows["agent"]))
    panels = [
        {"name": measure(m).label(lang), "box": _box(axis), "x": list(axis.get_xlim())}
        for axis, m in zip(figure.axes, names, strict=True)
    ]
    colours = colours_of(agents, what)
    told = [
        {"name": a, "colour": colours[a], "values": [_values(rows, a, m, days) for m in names]}
        for a in agents
    ]
    pattern = say("on_day", lang, "{}")
    whole = {"day": pattern, "days": [day + 1 for day in days], "panels": panels, "agents": told}
    return json.dumps(whole, ensure_ascii=False)


def _box(axis: Any) -> list[float]:
    place = axis.get_position()
    return [round(x, 4) for x in (place.x0, 1 - place.y1, place.width, place.height)]


def _values(rows: pd.DataFrame, agent: str, metric: str, days: list[int]) -> list[str]:
    """The mean over seeds of each day, as people read it; a dash where there is none."""
    mine = rows[(rows["agent"] == agent) & (rows["metric"] == metric)]
    mean = mine.groupby("day")["value"].mean()
    return [measure(metric).show(mean[day]) if day in mean.index else "–" for day in days]
