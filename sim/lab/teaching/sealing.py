"""Predictions written down before the run, so that nobody can think afterwards to have known.

The mark is SHA-256 over a salt, the date and the answers: who knows the mark learns nothing of the
answers, and who changes an answer, or the date, gets another mark (a commitment; Blum, 1983). The
file can be handed in; the mark is for somebody else to keep.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sim.lab.teaching.asking import keep, kept, say

TEXT = {
    "sealed": (
        "Sealed on {} with the mark {}; kept in {}. Give the mark to somebody.",
        "已于 {} 封存，印记 {}，保存在 {}。把印记告诉别人作证。",
    ),
    "broken": (
        "a sealed prediction may not change: its mark was {}, and what is there now gives {}. "
        "Restore the file, or predict anew under another SEED.",
        "封存的预测不能再改：原印记 {}，现在的内容得出 {}。请恢复文件，或换一个 SEED 重新预测。",
    ),
}


@dataclass(frozen=True)
class Sealed:
    """Predictions as they stood before the run."""

    lesson: str
    sealed_at: str  # ISO 8601 with its zone
    answers: Mapping[str, Any]
    salt: str
    mark: str
    by: str = "learner"  # or "script"

    def verify(self, lang: str = "en") -> "Sealed":
        """Raises ValueError where the answers, the date or the salt are not those of the mark."""
        now = mark_of(self.lesson, self.sealed_at, self.answers, self.salt)
        if now != self.mark:
            raise ValueError(say(TEXT, "broken", lang, self.mark, now))
        return self

    def told(self, lang: str, place: Path) -> str:
        return say(
            TEXT, "sealed", lang, self.sealed_at, self.mark, f"{place.parent.name}/{place.name}"
        )


def mark_of(lesson: str, sealed_at: str, answers: Mapping[str, Any], salt: str) -> str:
    """Sixteen hexadecimal digits that bind all four."""
    text = json.dumps([lesson, sealed_at, dict(answers), salt], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def seal(lesson: str, answers: Mapping[str, Any], by: str = "learner") -> tuple[Sealed, Path]:
    """Seals, and writes the file."""
    at, salt = datetime.now().astimezone().isoformat(timespec="seconds"), secrets.token_hex(16)
    mark = mark_of(lesson, at, answers, salt)
    sealed = Sealed(lesson, at, dict(answers), salt, mark, by)
    return sealed, keep(file_of(lesson), asdict(sealed))


def opened(lesson: str, lang: str = "en") -> Sealed | None:
    """What was sealed before under this name, verified; None where nothing was."""
    old = kept(file_of(lesson), lang)
    return None if old is None else Sealed(**old).verify(lang)


def file_of(lesson: str) -> str:
    return f"{lesson}.predictions.json"
