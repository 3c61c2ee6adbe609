"""Hosts are kept from one submission to the next, where no submission can reach its host.

To load PyTorch takes longer than a small world. A cell behind the filter of system calls can not
signal, trace or write to the host that forked it, so the next may be forked from the same one;
where that wall does not stand, every submission has a host of its own.
"""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager

from sim.lab.assignments.cell import Host, Limits

_kept: dict[tuple[Limits, tuple[str, ...]], Host] = {}


@contextmanager
def host_for(limits: Limits, *libraries: str) -> Iterator[Host]:
    """A host, for one submission at a time."""
    host = _kept.pop((limits, libraries), None)
    if host is None or host.process.poll() is not None:
        host = Host(limits, *libraries).__enter__()
    try:
        yield host
        for cell in [*host.cells]:
            cell.close()
    except BaseException:
        host.close()
        raise
    if "calls" in host.walls and host.process.poll() is None:
        _kept[limits, libraries] = host
    else:
        host.close()


@atexit.register
def close_all() -> None:
    while _kept:
        _kept.popitem()[1].close()
