"""The machine a run was made on: versions, device, threads, where the code came from."""

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import sim
from sim.presets.errors import BadInput, did_you_mean

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


def device(name: str) -> str:
    """`auto` is CUDA where there is one; `cuda` without one is an error, never silently the CPU."""
    import torch

    if name not in ("auto", "cpu", "cuda"):
        raise did_you_mean(name, ("auto", "cpu", "cuda"), "device")
    if name == "cuda" and not torch.cuda.is_available():
        why = "This torch is built without it" if torch.version.cuda is None else "No GPU is seen"
        cure = f"{why}: install torch for CUDA and a driver, or take --device cpu."
        raise BadInput("--device cuda needs CUDA", name, cure)
    return name if name != "auto" else "cuda" if torch.cuda.is_available() else "cpu"


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
