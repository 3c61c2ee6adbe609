"""The report of a run: one HTML file that opens anywhere, and its figures beside it."""

from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab import plots
from sim.lab.report.hover import hover
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
    figures, places = draw_all(folder / "plots", info, metrics, events, lang, lift)
    names = ("watch_minutes", "satisfaction")
    told = hover(figures["satisfaction"], metrics, names, lang) if "satisfaction" in figures else ""
    page = ReportPage(info, metrics, events, summary, lang).html(places, told)
    (folder / "report.html").write_text(page, encoding="utf-8")


def draw_all(folder: Path, info, metrics, events, lang: str, lift=None) -> tuple[dict, dict]:
    """Every figure that the tables have enough for: by name, and its path without an ending."""
    folder.mkdir(parents=True, exist_ok=True)
    ceiling = [agent for agent, yes in (info.get("privileged") or {}).items() if yes]
    figures, places = {}, {}
    named = {"baseline": info.get("baseline"), "privileged": ceiling}
    for name in plots.drawable(metrics, events, lift):
        figures[name] = plots.draw(name, metrics, events, lang, lift=lift, **named)
        places[name] = folder / name
        plots.save(figures[name], places[name])
    return figures, places
