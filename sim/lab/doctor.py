"""Is this machine all right: versions, and small trials with known answers."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from packaging.version import Version

from sim.lab.run import machine
from sim.lab.run.arm import Arm
from sim.presets.config import resolve
from sim.world.rng import key

KNOWN = [14875, 742171, 592680, 492235, 97958]
OLDEST = {"torch": "2.6", "numpy": "1.26", "pandas": "2.2", "pyarrow": "15", "gymnasium": "1.2"}


def check() -> dict[str, Any]:
    """{"machine": versions, "checks": [{"what", "ok", "said"}], "ok"}."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    trials: dict[str, Callable[[], str]] = {
        "packages": _packages,
        "random numbers": lambda: _draws("cpu"),
        "a world, twice": _twice,
        "files": _files,
        "figures": _figures,
        "environments": _environments,
        "compiler": _compiler,
    }
    if device == "cuda":
        trials["random numbers on CUDA"] = lambda: _draws("cuda")
    checks = [_tried(what, trial) for what, trial in trials.items()]
    about = machine.describe(device)
    return {"machine": about, "checks": checks, "ok": all(each["ok"] for each in checks)}


def _tried(what: str, trial: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"what": what, "ok": True, "said": trial()}
    except Exception as error:  # a doctor reports what fails, whatever it is
        return {"what": what, "ok": False, "said": f"{type(error).__name__}: {error}"}


def _packages() -> str:
    for name, oldest in OLDEST.items():
        got = machine.package(name)
        if got is None:
            raise RuntimeError(f"{name} is not installed. Run: pip install {name}")
        if Version(got) < Version(oldest):
            cure = f"Run: pip install -U {name}"
            raise RuntimeError(f"{name} is {oldest} or newer; got {got}. {cure}")
    return "new enough"


def _draws(device: str) -> str:
    got = key(7, device).integer(torch.arange(1, 6, device=device), 1_000_000).tolist()
    if got != KNOWN:
        raise RuntimeError(f"the draws of seed 7 are {KNOWN}; got {got}. Report this output.")
    return "as everywhere"


def _twice() -> str:
    """The same seed gives the same day, to the last bit; also a first idea of the speed."""
    start = time.perf_counter()
    watched = [_watched(), _watched()]
    if watched[0] != watched[1]:
        raise RuntimeError(f"one seed gives one world; got {watched} watch seconds. Report it.")
    seconds = time.perf_counter() - start
    return f"equal to the last bit, {seconds:.1f} s for two nano days"


def _watched() -> list[float]:
    day = Arm("random", resolve("nano"), seed=0).step()
    return [float(event.response.watch.double().sum()) for event in day.events]


def _files() -> str:
    import pandas as pd

    with tempfile.TemporaryDirectory() as folder:
        path, table = Path(folder) / "x.parquet", pd.DataFrame({"x": [1.0, None]})
        table.to_parquet(path)
        pd.testing.assert_frame_equal(pd.read_parquet(path), table)
    return "Parquet is written and read"


def _figures() -> str:
    from sim.lab import plots

    plots.use("zh")
    return "the font with Chinese letters is there"


def _environments() -> str:
    import gymnasium

    import sim

    sim.register()
    names = sorted(name for name in gymnasium.registry if name.startswith("ShortVideo/"))
    return ", ".join(names)


def _compiler() -> str:
    found = next((c for c in ("c++", "g++", "clang++", "cl") if shutil.which(c)), None)
    return f"{found}: torch.compile can be used" if found else "none: worlds run eager, as well"
