"""The report of a run: one HTML file that opens anywhere, and its figures beside it."""

from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab import plots
from sim.lab.report.page import ReportPage
from sim.measure.metrics import check_lang


def write(
    folder: Path,
    info: dict[str, Any],
    metrics: pd.DataFrame,
    events: pd.DataFrame | None,
    summary: dict[str, Any],
    lang: str = "en",
) -> None:
    """Writes plots/*.png, plots/*.svg and report.html into `folder`.

    `info`: agent, baseline, world, platform, days, seeds, slots, objective, privileged (agent to
    bool), version, command, seconds, device, notes. `summary` is that of summary.json; its levels,
    differences and lifts are the ones shown.
    """
    check_lang(lang)
    lift = summary.get("lift_by_pool")
    places = draw_all(folder / "plots", info, metrics, events, lang, lift)
    page = ReportPage(info, metrics, events, summary, lang).html(places)
    (folder / "report.html").write_text(page, encoding="utf-8")


def draw_all(folder: Path, info, metrics, events, lang: str, lift=None) -> dict[str, Path]:
    """Every figure that the tables have enough for: its name, and its path without an ending."""
    folder.mkdir(parents=True, exist_ok=True)
    ceiling = [agent for agent, yes in (info.get("privileged") or {}).items() if yes]
    places = {}
    named = {"baseline": info.get("baseline"), "privileged": ceiling}
    for name in plots.drawable(metrics, events, lift):
        figure = plots.draw(name, metrics, events, lang, lift=lift, **named)
        places[name] = folder / name
        plots.save(figure, places[name])
    return places
