"""Figures of a run, in English or Chinese: `use` once, then `draw` by name."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.figure import Figure

from sim.lab.drawing import drawings, forest, shares
from sim.lab.drawing import lift as lifting
from sim.lab.drawing.canvas import Data
from sim.measure.metrics import check_lang

ASSETS = Path(__file__).parent / "assets"
FONT = "Shortvideo Sans SC"  # a subset of Noto Sans CJK SC, see assets/OFL.txt

_DRAW: dict[str, Callable[[Data], Figure]] = {
    "watch_minutes": drawings.over_days("watch_minutes"),
    "satisfaction": drawings.over_days("watch_minutes", "satisfaction"),
    "topic_entropy": drawings.over_days("topic_entropy"),
    "retention": drawings.over_days("return_rate"),
    "lorenz": shares.lorenz,
    "reach": drawings.reach,
    "difference": forest.difference,
    "watch_ratio": shares.watch_ratio,
    "lift": lifting.lift,
}
NAMES = tuple(_DRAW)
NEEDS_EVENTS = ("lorenz", "watch_ratio")


def use(lang: str = "en") -> None:
    """Seaborn's theme with a font that has Latin and Chinese letters, on any machine."""
    check_lang(lang)
    if FONT not in font_manager.fontManager.get_font_names():
        font_manager.fontManager.addfont(ASSETS / "ShortvideoSansSC.otf")
    rc = {
        # both families are always there: one is ours, the other comes with matplotlib
        "font.family": [FONT, "DejaVu Sans"],
        "axes.unicode_minus": True,
        "axes.titlelocation": "left",
        "axes.titlesize": 11,
        "axes.labelsize": 9.5,
        "xtick.labelsize": 9,
        "ytick.labelsize": 9,
        "grid.color": "#e6e6e6",
        "axes.edgecolor": "#888888",
        "figure.dpi": 110,
        "savefig.dpi": 200,
        "svg.hashsalt": "shortvideo-sim",  # the same figure is the same file
    }
    sns.set_theme(style="whitegrid", palette="colorblind", rc=rc)


def draw(
    name: str,
    metrics: pd.DataFrame,
    events: pd.DataFrame | None = None,
    lang: str = "en",
    *,
    baseline: str | None = None,
    privileged: Collection[str] = (),
    lift: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
    what: Mapping[str, str] | None = None,
) -> Figure:
    """One figure by name. `metrics` and `events` are the long tables of a run folder, `lift` is
    `lift_by_pool` of its summary, `changes` its differences by agent (with intervals over viewers;
    without them they are reckoned from `metrics`), `what` the agents behind the names of arms.

    Every agent has its own colour (see drawing.colours), `random` grey; privileged agents are
    dashed and called an upper bound. The baseline is by default `random` where it is there, else
    the agent that comes last. Raises ValueError for an unknown name, for a measure that the table
    lacks, and where events or lifts are needed and not given.
    """
    if name not in _DRAW:
        raise ValueError(f"no such plot; got {name!r}. There are {', '.join(NAMES)}.")
    if name in NEEDS_EVENTS and (events is None or events.empty):
        raise ValueError(f"{name} is drawn from events; got none. Keep events in the run.")
    if name == "lift" and not _any(lift):
        raise ValueError("lift is drawn from lift_by_pool; got none. Let the run end, lift=true.")
    use(lang)
    told = {"lift": lift or {}, "changes": changes or {}, "what": what or {}}
    return _DRAW[name](Data(metrics, events, lang, baseline, frozenset(privileged), **told))


def _any(lift: Mapping[str, Any] | None) -> bool:
    return any((lift or {}).values())


def drawable(
    metrics: pd.DataFrame, events: pd.DataFrame | None, lift: Mapping[str, Any] | None = None
) -> list[str]:
    """The plots that these tables have enough for."""
    have = set(metrics["metric"])
    need = {
        "watch_minutes": {"watch_minutes"},
        "satisfaction": {"watch_minutes", "satisfaction"},
        "topic_entropy": {"topic_entropy"},
        "retention": {"return_rate"},
        "reach": {"exposure_share", "newcomer_share"},
    }
    no_events = events is None or events.empty
    names = [
        n for n in NAMES if need.get(n, set()) <= have and not (n in NEEDS_EVENTS and no_events)
    ]
    lacking = {"difference": metrics["agent"].nunique() < 2, "lift": not _any(lift)}
    return [n for n in names if not lacking.get(n)]


def save(figure: Figure, stem: Path) -> None:
    """`stem`.png and `stem`.svg, letters as outlines so that no machine lacks the font."""
    if engine := figure.get_layout_engine():  # laid out once: each file would do it twice
        engine.execute(figure)
        figure.set_layout_engine("none")
    # the dates would make equal figures differ
    with matplotlib.rc_context({"svg.fonttype": "path"}):
        figure.savefig(stem.with_suffix(".svg"), metadata={"Date": None})
    figure.savefig(stem.with_suffix(".png"), metadata={"Software": None})
