"""Ways out of a bubble: one platform, cloned on one evening, lived on with the same luck."""

from collections.abc import Mapping

import pandas as pd

from sim.lab.teaching import newcomer
from sim.lab.teaching.lesson_05.lives import begun, bubble, lived
from sim.lab.teaching.lesson_05.shares import SAYS
from sim.lab.teaching.playing import Played
from sim.lab.twins import twin

WAYS = ("forget", "popular", "random")
WINDOW = 3  # days


def ways_out(
    agent: str, ways: tuple[str, ...], world: str, days: int, seed: int, device: str = "cpu"
) -> Mapping[str, list[float]]:
    """{way: bubble of each three days}: of the days before the clone, and after it under `on`
    (nothing changes) and each way: the same algorithm with its memory gone, or another."""
    arm = begun(agent, world=world, seed=seed, device=device)
    lived(arm, days - WINDOW)
    before = bubble(lived(arm, WINDOW).between(0, WINDOW))
    hands = {"on": None, "forget": agent}
    branches = {way: twin(arm, agent=hands.get(way, way), seed=seed) for way in ("on", *ways)}
    found = {}
    for way, branch in branches.items():
        life = lived(branch, 2 * WINDOW)
        found[way] = [before, *(bubble(life.between(d, d + WINDOW)) for d in (0, WINDOW))]
    return found


def mine_alone(
    played: Played, agent: str, world: str, days: int, seed: int, device: str = "cpu"
) -> pd.DataFrame:
    """The learner's own: of 100 pairs those of one topic among the cards dealt, the cards watched,
    and what `agent` would show next before the cards and after. Waits for the deck."""
    swipes, topics = played.swipes(), played.cards.topic.tolist()
    arm = newcomer.platforms([agent], world, days, seed, device)[agent]
    made = newcomer.make_of(arm, played.cards, swipes)
    watched = [topic for topic, swipe in zip(topics, swipes, strict=True) if swipe]
    lists = {"dealt": topics, "watched": watched,
             "before": made.before_topics, "after": made.after_topics}  # fmt: skip
    lang, table = played.lang, {}
    for key, listed in lists.items():
        table[SAYS.word("me", key, lang, agent)] = [len(listed), len(set(listed)),
                                                   f"{alike(listed):.0f}"]  # fmt: skip
    heads = [SAYS.word("me", key, lang) for key in ("videos", "topics", "alike")]
    return pd.DataFrame.from_dict(table, orient="index", columns=heads)


def alike(topics: list[int]) -> float:
    """Of 100 pairs, those of one topic."""
    pairs = len(topics) * (len(topics) - 1)
    same = sum(topics.count(topic) - 1 for topic in topics)
    return 100 * same / max(1, pairs)
