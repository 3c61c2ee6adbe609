"""Files that are replaced whole or not at all, and errors of the disk that name the file."""

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
SHUT = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextlib.contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A place beside `path` to write to; it takes the place of `path` where all went well.

    A reader never sees half a file, and a kill leaves the old one. Raises OSError, which names
    `path`, where it cannot be written; then the room that was taken is given back.
    """
    part = path.with_name(path.name + ".part")
    try:
        yield part
        os.replace(part, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink()
        if isinstance(error, OSError):
            raise named(error, path) from error
        raise


def named(error: OSError, path: Path) -> OSError:
    """The same error with the file that it befell: a full disk does not say which it was."""
    why = os.strerror(error.errno) if error.errno else str(error)
    return OSError(error.errno or errno.EIO, why, str(path))


def told(error: OSError) -> str:
    """What a person is told of it: the rule, what was met, the cure."""
    cure = "Set that right"
    if error.errno in FULL:
        cure = "Make room there (or raise the quota)"
    elif error.errno in SHUT:
        cure = "Give yourself the right to it"
    where = f" at {error.filename}" if error.filename else ""
    why = error.strerror or str(error)
    return f"a run's files can be read and written; got {why!r}{where}. {cure}, then use --resume."


def replace_text(path: Path, text: str) -> None:
    with replaced(path) as part:
        part.write_text(text, encoding="utf-8")


def overwrite_text(path: Path, text: str) -> None:
    """The like for a short file on a full disk: into the room that the file has already."""
    with path.open("r+b") as file:
        file.write(text.encode())
        file.truncate()


def settled(path: Path) -> str:
    """The SHA-256 of a file, once it is surely on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return digest(path)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
