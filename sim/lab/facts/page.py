"""The report card as one page: plots, real against simulated, and every fact with its verdict."""

import base64
import io
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from sim.lab import pages, plots
from sim.lab.facts.card import Card, targets

_ROWS = ("median", "p90", "finish", "quick_skip", "like")


def write(card: Card, path: Path) -> None:
    """One file, no network, figures inlined."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(card), encoding="utf-8")


def render(card: Card) -> str:
    s = card.settings
    seeds = ", ".join(map(str, s.seeds))
    share = card.passed / len(card.facts)
    head = (
        f"{card.passed} of {len(card.facts)} facts hold ({share:.0%}): platform {s.platform}, "
        f"world {s.world}, agent {s.agent}, {s.warm_up} + {s.days} days, seeds {seeds}."
    )
    return pages.render(
        "card.html",
        title="Report card",
        head=head,
        pictures=[(alt, src) for alt, src in (_watching(card), _strip(card)) if src],
        failed=[f for f in card.facts if not f.passed],
        facts=card.facts,
        absent=card.absent,
    )


def _watching(card: Card) -> tuple[str, str]:
    """Real and simulated figures by duration."""
    _, tables = targets(card.settings.platform)
    if "watching" not in tables:
        return "", ""
    plots.use("en")
    labels = tables["watching"]["bins"]
    value = {f.id: f for f in card.facts}
    figure, axes = plt.subplots(1, len(_ROWS), figsize=(15, 3.4))
    for axis, name in zip(axes, _ROWS, strict=True):
        at = np.arange(len(labels))
        got = [value[f"{name}.{label}"] for label in labels]
        low, high = np.array([f.range for f in got]).T
        axis.fill_between(at, low, high, alpha=0.25, lw=0, label="real, tolerance")
        axis.plot(at, tables["watching"][name], lw=1.5, label="real")
        axis.plot(at, [f.value for f in got], "o", ms=4, label="simulated")
        axis.set_xticks(at, labels, rotation=90, fontsize=7)
        axis.set_title(f"{name.replace('_', ' ')}{' (s)' if name in ('median', 'p90') else ''}")
    axes[0].legend(fontsize=7)
    axes[0].set_xlabel("duration (s)")
    return "Watching by duration, real and simulated", _inline(figure)


def _strip(card: Card) -> tuple[str, str]:
    """Where each other fact lies within its range: 0 and 1 are the ends."""
    plots.use("en")
    facts = [
        f for f in card.facts if f.id.split(".")[0] not in (*_ROWS, "p25", "p75", "mean", "twice")
    ]
    places = [
        float(np.clip((f.value - f.range[0]) / (f.range[1] - f.range[0] or 1), -0.5, 1.5))
        for f in facts
    ]
    figure, axis = plt.subplots(figsize=(8, 0.2 * len(facts) + 1))
    at = np.arange(len(facts))[::-1]
    axis.axvspan(0, 1, alpha=0.15, lw=0)
    for mark, passed in (("o", True), ("X", False)):
        chosen = [i for i, f in enumerate(facts) if f.passed is passed]
        axis.plot([places[i] for i in chosen], at[chosen], mark, ms=5)
    axis.set_yticks(at, [f.what for f in facts], fontsize=7)
    axis.set_xlim(-0.55, 1.55)
    axis.set_xticks([0, 1], ["low end", "high end"])
    axis.set_title("Each fact within its range (x: outside; cut off at half a range)")
    return "Each fact within its accepted range", _inline(figure)


def _inline(figure) -> str:
    box = io.BytesIO()
    figure.savefig(box, format="png", dpi=110, bbox_inches="tight")
    plt.close(figure)
    return "data:image/png;base64," + base64.b64encode(box.getvalue()).decode()
