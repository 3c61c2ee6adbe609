"""What a machine gives and what is taken of it: seconds, memory, bandwidth."""

import os
import platform as machine
import resource
import sys
import threading
import time
from collections.abc import Callable

import torch


class Peak:
    """Largest resident memory while the block runs, sampled, for this process alone."""

    def __enter__(self) -> "Peak":
        self.value, self.stop = _resident(), threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()
        return self

    def _watch(self) -> None:
        while not self.stop.wait(0.02):
            self.value = max(self.value, _resident())

    def __exit__(self, *_) -> None:
        self.stop.set()
        self.thread.join()
        self.value = max(self.value, _resident())


def _resident() -> float:
    """MiB of memory that the process holds now; the peak so far where the system cannot say."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def about(device: str) -> dict:
    """The machine, in words that make a figure comparable."""
    name = torch.cuda.get_device_name() if device == "cuda" else machine.processor()
    return {
        "device": device,
        "name": name or machine.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "python": machine.python_version(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def bandwidth(device: str) -> float:
    """Bytes a second that a large copy moves on this machine now: the roof for what streams."""
    x = torch.zeros(1 << 25, device=device)
    y = torch.empty_like(x)
    seconds = min(timed(lambda: y.copy_(x), device) for _ in range(5))
    return 2 * x.numel() * 4 / seconds


def timed(work: Callable[[], object], device: str) -> float:
    """Seconds that the work takes, on the device to its end."""
    if device == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    work()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start
