"""One simulated short-video platform; four seats at it.

`import sim` loads nothing heavy: it names the Gymnasium environments and hands the rest on when
it is asked for.
"""

import contextlib
from importlib import import_module
from typing import Any

_LAZY = {"simulate": "sim.lab.experiment", "Run": "sim.lab.experiment"}
_SEATS = {
    "ShortVideo/Recommender-v0": ("recommender", "RecommenderEnv", "RecommenderVectorEnv"),
    "ShortVideo/Creator-v0": ("creator", "CreatorEnv", "CreatorVectorEnv"),
    "ShortVideo/Moderator-v0": ("moderator", "ModeratorEnv", "ModeratorVectorEnv"),
}


def register() -> None:
    """Name the environments to Gymnasium; it calls this itself through the package's entry point.

    Entry points are strings, so nothing of the platform is imported before `gymnasium.make`.
    """
    import gymnasium  # here, so that `import sim` stays light where gymnasium is broken or slow

    for name, (seat, single, many) in _SEATS.items():
        if name not in gymnasium.registry:
            gymnasium.register(
                name,
                f"sim.seats.{seat}.env:{single}",
                vector_entry_point=f"sim.seats.{seat}.env:{many}",
            )


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("shortvideo-sim")
        except PackageNotFoundError:
            return "a source tree"
    raise AttributeError(f"module 'sim' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = ["Run", "__version__", "register", "simulate"]

with contextlib.suppress(ImportError):  # a world can be run without Gymnasium
    register()
