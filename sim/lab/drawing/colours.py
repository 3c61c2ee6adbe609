"""A colour belongs to an agent for good: the same in every figure, whatever else is in the run.

After Okabe and Ito (2008), told apart by people who see colours differently, and on paper. Kin
(`mf` and `mf_ids`) share a hue in two tones. Chance is grey, the hidden truth is nearly black.
"""

import zlib
from collections.abc import Iterable

GREY = "#6b6b6b"
BUILT_IN = {
    "random": GREY,
    "popular": "#E69F00",
    "mf": "#0072B2",
    "mf_ids": "#5FA8D3",
    "bpr": "#56B4E9",
    "ncf": "#D55E00",
    "ncf_ids": "#F0A070",
    "gmf": "#B3540A",
    "mlp": "#8C510A",
    "two_tower": "#009E73",
    "bayes": "#CC79A7",
    "bayes_ts": "#E3A6C8",
    "bayes_ucb": "#9E4F7C",
    "gru": "#00A896",
    "attention": "#007A8C",
    "reinforce": "#7A5BC7",
    "oracle": "#1c1c1e",
    "house": "#4B6A2F",
}
OTHERS = ("#8E24AA", "#A0522D", "#AD1457", "#558B2F", "#3949AB", "#6D4C41", "#C0A000", "#00A6D6")


def colour_of(agent: str) -> str:
    """An agent's own colour; of one that is not built in, by the letters of its name."""
    return BUILT_IN.get(agent) or OTHERS[_place(agent)]


def colours_of(agents: Iterable[str]) -> dict[str, str]:
    """Those of the agents of one figure. Where two that are not built in would be of one colour,
    the one later in the alphabet takes the next that is free, as long as there is one."""
    found: dict[str, str] = {}
    for agent in sorted(agents):
        colour = colour_of(agent)
        if colour in found.values():
            k = _place(agent)
            free = (c for c in (*OTHERS[k:], *OTHERS[:k]) if c not in found.values())
            colour = next(free, colour)
        found[agent] = colour
    return found


def _place(agent: str) -> int:
    return zlib.crc32(agent.encode()) % len(OTHERS)
