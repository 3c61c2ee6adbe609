"""The one registry of metrics: name, unit, kind, direction, range, and words in two languages.

The entries stand in metrics.toml; an unknown metric is an error.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.presets.errors import did_you_mean

LANGS = ("en", "zh")
LEARNED = "learn_"  # what an agent reports of its learning goes by learn_ and its own word


@dataclass(frozen=True)
class Measure:
    """What a metric is, and how it is shown."""

    raw_unit: str  # as in metrics.csv
    kind: str  # flow: a mean over days; stock: the last day's value
    better: int  # 1 = more is better, -1 = less is, 0 = a matter of view
    range: tuple[float, float]
    en: str
    zh: str
    plain_en: str  # one sentence for who has never met it
    plain_zh: str
    source: str
    unit_en: str
    unit_zh: str
    percent: bool  # a share is shown in per cent
    why_en: str = ""
    why_zh: str = ""
    hidden: bool = False  # reads what no platform can see
    main: bool = False  # what a reader cares for first

    @property
    def stock(self) -> bool:
        return self.kind == "stock"

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def unit(self, lang: str) -> str:
        """As people read it; "%" for a share."""
        return self.unit_zh if lang == "zh" else self.unit_en

    def plain(self, lang: str) -> str:
        """What it tells, in a sentence."""
        return self.plain_zh if lang == "zh" else self.plain_en

    def label(self, lang: str) -> str:
        """Name and unit, for an axis."""
        unit = self.unit(lang)
        around = "{}（{}）" if lang == "zh" else "{} ({})"
        return around.format(self.name(lang), unit) if unit else self.name(lang)

    def why(self, lang: str) -> str:
        """Why it matters, in a sentence; none where that goes without saying."""
        return self.why_zh if lang == "zh" else self.why_en

    def show(self, value: float, *, signed: bool = False, like: float | None = None) -> str:
        """A value as a person reads it, a share in per cent; as many decimals as `like` has."""
        scale = 100 if self.percent else 1
        size = abs(value if like is None else like) * scale
        digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
        return f"{scale * value:{'+' if signed else ''},.{digits}f}".replace("-", "−")

    def ends(self, lo: float, hi: float, mean: float) -> tuple[str, str]:
        """Both ends of an interval, with the decimals of its mean."""
        return self.show(lo, like=mean), self.show(hi, like=mean)

    def change(self, value: float, lang: str) -> str:
        """A difference with its sign; between shares it is in percentage points."""
        points = (" 个百分点" if lang == "zh" else " points") if self.percent else ""
        return self.show(value, signed=True) + points


def _entry(table: Mapping[str, Any]) -> Measure:
    """From its table in metrics.toml."""
    own = dict(table)
    own["raw_unit"] = unit = own.pop("unit")
    own["range"] = tuple(map(float, own["range"]))
    own.setdefault("percent", unit == "share")
    for name in ("unit_en", "unit_zh"):
        own.setdefault(name, "%" if own["percent"] else "")
    return Measure(**own)


_ENTRIES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_LEARNED = _entry(_ENTRIES.pop(f"{LEARNED}*"))
MEASURES = {metric: _entry(table) for metric, table in _ENTRIES.items()}
FIRST = tuple(metric for metric, each in MEASURES.items() if each.main)


def measure(metric: str) -> Measure:
    """The entry of a metric. Raises BadInput for one that has none."""
    if metric in MEASURES:
        return MEASURES[metric]
    if not metric.startswith(LEARNED):
        raise did_you_mean(metric, (*MEASURES, f"{LEARNED}*"), "metric")
    word = metric.removeprefix(LEARNED)
    return replace(_LEARNED, en=_LEARNED.en.format(word), zh=_LEARNED.zh.format(word))


def ordered(metrics: Iterable[str]) -> list[str]:
    """Metric names, the ones that matter most first."""
    names = list(dict.fromkeys(metrics))
    return [m for m in FIRST if m in names] + [m for m in names if m not in FIRST]


def check_lang(lang: str) -> str:
    if lang not in LANGS:
        raise ValueError(f"lang must be one of {', '.join(LANGS)}; got {lang!r}.")
    return lang
