"""Policies of moderation: by name, or out of a file that a person wrote."""

from collections.abc import Sequence
from typing import Any

from sim.presets.errors import BadInput
from sim.presets.files import PRESETS, Layer, place, read_toml

POLICIES = PRESETS / "policies.toml"
USUAL = "house"


def named(layers: Sequence[Layer]) -> Layer:
    """The policy that the word `moderation` of some layers names, to lie under all of them."""
    words = [layer.tables["moderation"] for layer in layers if "moderation" in layer.tables]
    known, word = read_toml(POLICIES), words[-1] if words else USUAL
    # a word that is none is the checker's to refuse; `none` rests moderation
    return Layer(str(POLICIES), {"policy": known[word if word in known else USUAL]})


def of_file(given: Any) -> Layer:
    """What a policy file says, to lie over the others. Raises BadInput for what is no policy."""
    path = place(given, "--policy")
    assert path is not None
    tables = read_toml(path)
    if not tables:
        raise BadInput("a policy says something", str(path), "--policy example prints one.")
    return Layer(str(path), {"policy": tables})
