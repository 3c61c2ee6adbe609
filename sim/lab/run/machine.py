"""The machine a run was made on: versions, device, threads, where the code came from."""

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import sim

PACKAGES = ("torch", "numpy", "pandas", "pyarrow", "scipy", "gymnasium", "seaborn", "tyro", "rich")
ROOT = Path(__file__).parents[3]


def package(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def version() -> str:
    return sim.__version__


def commit() -> str:
    """The git commit of the code, marked where files differ from it; else "installed"."""
    if not (ROOT / ".git").exists():
        return "installed"

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *words], capture_output=True, text=True, timeout=10
        )
        return done.stdout.strip()

    try:
        changed = "-changed" if git("status", "--porcelain", "-uno") else ""
        return f"{git('rev-parse', 'HEAD')}{changed}" or "unknown"
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"


def device_name(device: str) -> str:
    import torch

    if device.startswith("cuda"):
        return f"{device}: {torch.cuda.get_device_name(device)}"
    return f"cpu: {_processor()}"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()


def describe(device: str) -> dict[str, Any]:
    """As in env.json."""
    import torch

    return {
        "version": version(),
        "commit": commit(),
        "python": platform.python_version(),
        "system": platform.platform(),
        **{name: package(name) for name in PACKAGES},
        "device": device_name(device),
        "cpus": os.cpu_count(),
        "threads": torch.get_num_threads(),
    }
