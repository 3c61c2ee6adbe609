"""Where a world is computed."""

from typing import Any

from sim.presets.errors import BadInput, did_you_mean


def device(name: Any) -> str:
    """`auto` is CUDA where there is one; `cuda` without one is an error, never silently the CPU."""
    import torch

    if name not in ("auto", "cpu", "cuda"):
        raise did_you_mean(name, ("auto", "cpu", "cuda"), "device")
    if name == "cuda" and not torch.cuda.is_available():
        why = "This torch is built without it" if torch.version.cuda is None else "No GPU is seen"
        cure = f"{why}: install torch for CUDA and a driver, or take --device cpu."
        raise BadInput("--device cuda needs CUDA", name, cure)
    return name if name != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
