"""Joins what was fitted to a log with what a log cannot show, and keeps each number's source."""

import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.presets import config, toml
from sim.presets.errors import BadInput

PRESETS = Path(__file__).parents[1] / "presets"
BASE = PRESETS / "base_kuaishou.toml"
SHIPPED = PRESETS / "kuaishou.toml"
FITTABLE = {  # sections and numbers a log can show; where one log does not, the shipped preset does
    "watch": (
        "like_by_duration", "haste_sd", "stay_sd", "haste_stay", "pace_share", "video_haste_sd",
        "video_stay_sd",
    ),
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
    tables = config.read_toml(path)
    section, said = "", {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.startswith("["):
            section = line.split("]")[0].strip("[] ")
        elif found := COMMENT.match(line):
            said[f"{section}.{found[1]}"] = found[2].strip()
    return tables, {**said, **tables.pop("provenance", {})}


def _there(name: str, tables: Mapping[str, Mapping]) -> bool:
    section, _, key = name.partition(".")
    return key in tables.get(section, {})


def check_paths(base: Path, out: Path) -> None:
    """Raise BadInput, before any work, for a base that is no preset or a place not to write to."""
    if out.suffix != ".toml" or out.is_dir():
        raise BadInput("--out names a file that ends in .toml", str(out), "Write --out mine.toml.")
    config.check(config.merged(_read(SHIPPED)[0], _read(base)[0]), str(base))
    out.parent.mkdir(parents=True, exist_ok=True)
    with _beside(out):  # a folder that cannot be written to says so now, not after the work
        pass


def write(preset: Mapping[str, Any], head: str, out: Path) -> None:
    """Write a preset, or raise BadInput and leave what was there.

    It is read back first, as a world reads it: every number finite, of its kind, in its range.
    """
    text = toml.dumps(preset, head)
    try:
        config.check(tomllib.loads(text), "the preset of this log")
    except BadInput as error:
        raise BadInput.plain(f"{error} Nothing was written: see the rows behind it.") from None
    with _beside(out) as part:
        part.write_text(text, encoding="utf-8")
        os.replace(part, out)


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """An empty file beside `out` that is gone afterwards, unless it was moved there."""
    handle, name = tempfile.mkstemp(suffix=".toml", prefix=".preset-", dir=out.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
