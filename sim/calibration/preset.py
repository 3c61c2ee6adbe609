"""Joins what was fitted to a log with what a log cannot show, and keeps each number's source."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

PRESETS = Path(__file__).parents[1] / "presets"
BASE = PRESETS / "base_kuaishou.toml"
SHIPPED = PRESETS / "kuaishou.toml"
FITTABLE = {  # sections and numbers a log can show; where one log does not, the shipped preset does
    "watch": ("like_by_duration",),
    "reactions": (
        "like_alpha", "like_beta", "like_by_ratio", "comment_by_ratio", "share_by_ratio",
        "follow_by_ratio", "collect_by_ratio", "hide_by_ratio", "like_given_follow",
        "like_given_comment",
    ),
    "videos": ("category_share", "second_tag", "duration_quantiles"),
    "sessions": ("hour_share",),
}  # fmt: skip
COMMENT = re.compile(r"^([A-Za-z0-9_]+)\s*=[^#]*#\s*([CSAD]:?.*)$")


def join(fitted: Mapping[str, Mapping], sources: Mapping[str, str], base: Path) -> dict:
    """The preset: fitted numbers over the base's, gaps filled from the shipped preset."""
    under, from_base = _read(base)
    shipped, from_shipped = _read(SHIPPED)
    out = {name: {**table, **fitted.get(name, {})} for name, table in under.items()}
    out |= {name: dict(table) for name, table in fitted.items() if name not in out}
    provenance = {**from_base, **sources}
    for section, names in FITTABLE.items():
        for name in names:
            if name in out.get(section, {}) or name not in shipped.get(section, {}):
                continue
            out.setdefault(section, {})[name] = shipped[section][name]
            source = from_shipped.get(f"{section}.{name}", "C: see sim/presets/kuaishou.md")
            provenance[f"{section}.{name}"] = f"{source} (the shipped preset kuaishou)"
    provenance = {name: why for name, why in provenance.items() if _there(name, out)}
    return {**out, "provenance": provenance}


def _read(path: Path) -> tuple[dict, dict[str, str]]:
    """A preset's tables and its sources, said in [provenance] or in comments beside the numbers."""
    if not path.exists():
        return {}, {}
    text = path.read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    section, said = "", {}
    for line in text.splitlines():
        if line.startswith("["):
            section = line.split("]")[0].strip("[] ")
        elif found := COMMENT.match(line):
            said[f"{section}.{found[1]}"] = found[2].strip()
    return tables, {**said, **tables.pop("provenance", {})}


def _there(name: str, tables: Mapping[str, Mapping]) -> bool:
    section, _, key = name.partition(".")
    return key in tables.get(section, {})
