"""A colour belongs to an agent for good: the same in every figure, whatever else is in the run.

After Okabe and Ito (2008), told apart by people who see colours differently, and on paper. Kin
(`mf` and `mf_ids`) share a hue in two tones. Chance is grey, the hidden truth is nearly black.
"""

import zlib
from collections.abc import Iterable, Mapping

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
SEATS = {  # of creators and moderators, who never stand beside recommenders
    "habit": "#6F5B8C",
    "imitator": "#2E9E6B",
    "bandit": "#1F6FB5",
    "planner": "#D9730D",
    "nothing": "#8F8F8F",
    "everything": "#A03C1E",
    "threshold": "#B8860B",
    "cost_sensitive": "#B0408C",
}
OTHERS = ("#8E24AA", "#A0522D", "#AD1457", "#558B2F", "#3949AB", "#6D4C41", "#C0A000", "#00A6D6")


TONES = (0.0, 0.4, 0.6, 0.25, 0.7, 0.5)  # of white: one agent's runs in one figure


def colour_of(agent: str) -> str:
    """An agent's own colour; of one that is not built in, by the letters of its name. An agent of a
    run, as in a comparison (`run/ncf`), has the agent's."""
    own = _own(agent)
    return BUILT_IN.get(own) or SEATS.get(own) or OTHERS[_place(own)]


def colours_of(agents: Iterable[str], what: Mapping[str, str] | None = None) -> dict[str, str]:
    """Those of the names of one figure; `what` are the agents behind names that do not tell.

    Several runs of one agent have tones of its colour. Where two that are not built in would be of
    one colour, the one later in the alphabet takes the next that is free, as long as there is one.
    """
    own = {name: _own((what or {}).get(name, name)) for name in sorted(agents)}
    base: dict[str, str] = {}
    for agent in sorted(set(own.values())):
        colour = colour_of(agent)
        if colour in base.values():
            k = _place(agent)
            free = (c for c in (*OTHERS[k:], *OTHERS[:k]) if c not in base.values())
            colour = next(free, colour)
        base[agent] = colour
    runs: dict[str, list[str]] = {}
    for name, agent in own.items():
        runs.setdefault(agent, []).append(name)
    return {name: _tone(base[agent], runs[agent].index(name)) for name, agent in own.items()}


def _own(name: str) -> str:
    return name.rpartition("/")[2]


def _tone(colour: str, k: int) -> str:
    """The k-th run's: the colour with some white in it."""
    white = TONES[k % len(TONES)]
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    mixed = [round(c + white * (255 - c)) for c in channels]
    return "#{:02x}{:02x}{:02x}".format(*mixed) if white else colour


def _place(agent: str) -> int:
    return zlib.crc32(agent.encode()) % len(OTHERS)
