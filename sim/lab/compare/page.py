"""The page of a comparison: the report's own, over the arms of several runs."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab import plots
from sim.lab.report.hover import hover
from sim.lab.report.page import ReportPage
from sim.lab.report.write import draw_all
from sim.lab.run import machine
from sim.lab.run.files import replace_text


def write(out: Path, found: Mapping[str, Any], metrics: pd.DataFrame, lang: str, command: str):
    """One HTML file at `out`; `metrics` is the long table of all arms by their labels."""
    plots.use(lang)
    info = _info(found, command)
    with tempfile.TemporaryDirectory() as place:
        figures, places = draw_all(Path(place), info, metrics, None, lang)
        names = ("watch_minutes", "satisfaction")
        head = figures.get("satisfaction")
        told = hover(head, metrics, names, lang, info["what"]) if head is not None else ""
        page = ReportPage(info, metrics, None, dict(found), lang).html(places, told)
    replace_text(out, page)


def _info(found: Mapping[str, Any], command: str) -> dict[str, Any]:
    """What the report says of how it came about; of the first run where they may differ."""
    privileged = set(found["privileged"])
    return {
        **{k: found[k] for k in ("agent", "baseline", "world", "platform", "days", "seeds")},
        "agents": list(found["agents"]),
        "size": found["size"],
        "privileged": {label: label in privileged for label in found["runs"]},
        "what": {label: told["agent"] for label, told in found["runs"].items()},
        "version": machine.version(),
        "command": command,
        "state": "done",
        "notes": list(found["notes"]),
    }
