"""What was handed in: a folder of files or of students' folders, as course systems export them."""

import hashlib
import inspect
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import agents
import sim
from sim.lab.assignments.marks import Exam
from sim.presets.errors import BadInput

LARGEST = 1 << 18  # bytes of a submission


def submissions(folder: Path, exam: Exam) -> dict[str, Path]:
    """The file of each student, by name. Raises BadInput.

    Either student/agent.py (at any depth below, as nbgrader and Moodle have it; the newest where
    there are several), or student.py side by side.
    """
    if not folder.is_dir():
        cure = "Name the folder that holds a file or a folder for each student."
        raise BadInput("DIR is a folder", str(folder), cure)
    found: dict[str, Path] = {}
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.name.startswith("."):
            named = (path for path in entry.rglob("*") if path.name == exam.file)  # dead links too
            own = sorted(named, key=lambda path: path.lstat().st_mtime)
            if own:
                found[entry.name] = own[-1]
        elif entry.suffix == exam.suffix:
            found.setdefault(entry.stem, entry)
    if not found:
        cure = f"Put NAME/{exam.file} or NAME{exam.suffix} there for each student."
        raise BadInput("DIR holds submissions", str(folder), cure)
    return found


def empty_handed(folder: Path, found: Iterable[str]) -> list[str]:
    """Students' folders in which nothing was found."""
    folders = (p.name for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    return sorted(set(folders) - set(found))


def read(path: Path) -> str:
    """The text of a submission. Raises ValueError with what is wrong."""
    try:
        if path.is_symlink():  # to the file of another, it may be
            raise ValueError("it is a link")
        if not path.is_file():  # a folder, or a pipe that would never end
            raise ValueError("it is no file")
        if path.stat().st_size > LARGEST:
            raise ValueError(f"it has more than {LARGEST} bytes")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not text in UTF-8") from None
    except OSError as error:
        raise ValueError(error.strerror or str(error)) from None


@cache
def machinery() -> str:
    """A digest of all code and numbers by which marks are made: another one means other marks."""
    whole = hashlib.sha256()
    for package in (sim, agents):
        root = Path(inspect.getfile(package)).parent
        for path in sorted(_parts(root)):
            whole.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def _parts(root: Path) -> Iterable[Path]:
    kinds = (".py", ".toml")
    return (p for p in root.rglob("*") if p.suffix in kinds and "assets" not in p.parts)
