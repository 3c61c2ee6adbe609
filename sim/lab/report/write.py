"""The report of a run: one HTML file that opens anywhere, and its figures beside it."""

from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab import plots
from sim.lab.report.hover import hover
from sim.lab.report.page import ReportPage
from sim.lab.run.summary import changes_of
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
    told = {"lift": summary.get("lift_by_pool"), "changes": changes_of(summary)}
    figures, places = draw_all(folder / "plots", info, metrics, events, lang, told)
    names = ("watch_minutes", "satisfaction")
    values = (
        hover(figures["satisfaction"], metrics, names, lang) if "satisfaction" in figures else ""
    )
    page = ReportPage(info, metrics, events, summary, lang).html(places, values)
    (folder / "report.html").write_text(page, encoding="utf-8")


def draw_all(folder: Path, info, metrics, events, lang: str, told=None) -> tuple[dict, dict]:
    """Every figure that the tables have enough for: by name, and its path without an ending.
    `told` are what the summary has of lifts and changes."""
    told = told or {"lift": None}
    folder.mkdir(parents=True, exist_ok=True)
    ceiling = [agent for agent, yes in (info.get("privileged") or {}).items() if yes]
    figures, places = {}, {}
    named = {"baseline": info.get("baseline"), "privileged": ceiling, "what": info.get("what")}
    for name in plots.drawable(metrics, events, told["lift"]):
        figures[name] = plots.draw(name, metrics, events, lang, **told, **named)
        places[name] = folder / name
        plots.save(figures[name], places[name])
    return figures, places
