"""What the page is told of a session: plain words and numbers."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import torch

from sim.lab.explain.shown import Reason
from sim.lab.explain.words import PARTS
from sim.lab.phone import belief
from sim.lab.phone.timeline import Card, Timeline
from sim.lab.phone.words import say
from sim.lab.studio.topics import topic_name
from sim.lab.teaching.captions import caption, tags
from sim.lab.teaching.phones import hue
from sim.measure import bubble

BEST, WORST = 5, 3  # topics named of what is thought, or liked
SURE = 0.25  # of the others' spread: less is not said to be thought
MIX = 6  # topics named of what was shown


def timeline(one: Timeline, lang: str) -> dict[str, Any]:
    counts = Counter(card.topic for card, _ in one.past)
    few = counts.most_common(MIX)
    return {
        "agent": one.label,
        "day": one.clock.day + 1,
        "swipes": one.swipes,
        "left": len(one.page) - len(one.acts),
        "card": None if one.card is None else face(one.card, one.swipes, lang),
        "beliefs": thought(one.beliefs(), lang),
        "shown": [[topic_name(t, lang), hue(t), n] for t, n in few],
        "topics": len(counts),
        "bits": round(_bits(counts), 2),
        "strip": [[hue(card.topic), round(min(1.0, act.watch / max(0.1, card.seconds)), 2),
                   int(act.like)] for card, act in one.past],
    }  # fmt: skip


def face(card: Card, number: int, lang: str) -> dict[str, Any]:
    """What stands on a card."""
    text = caption([card.video], [card.topic], None, lang)[0]
    marks = tags([card.video], [card.topic], [card.topic2], lang)[0]
    return {
        "number": number, "topic": topic_name(card.topic, lang), "text": text,
        "tags": " ".join(marks), "hue": hue(card.topic), "seconds": round(card.seconds, 1),
        "source": "" if card.source == "feed" else say(f"source_{card.source}", lang),
    }  # fmt: skip


def thought(found: list[float] | None, lang: str) -> list[list[Any]] | None:
    """The topics that somebody is thought to want most and least: [name, spreads, hue]. None where
    the recommender has no scores, empty where it tells nobody from anybody."""
    if found is None:
        return None
    order = sorted(range(len(found)), key=lambda t: -found[t])
    best = [t for t in order[:BEST] if found[t] > SURE]
    worst = [t for t in order[-WORST:] if found[t] < -SURE]
    return [[topic_name(t, lang), round(found[t], 2), hue(t)] for t in best + worst]


def why(found: Reason | None, one: Timeline, lang: str) -> dict[str, Any]:
    """The parts of the score, and where the card would stand without each."""
    if found is None:
        sent = one.card is not None and one.card.source != "feed"
        return {"text": say("why_sent" if sent else "why_none", lang), "parts": [], "note": ""}
    parts = sorted(found.parts.items(), key=lambda pair: -abs(pair[1]))
    rows = [
        [PARTS[name] if lang == "zh" else name, round(value, 3), found.without[name]]
        for name, value in parts
    ]
    note = say("why_exact" if found.exact else "why_approximate", lang)
    text = say("why_rank", lang, rank=found.rank, of=f"{found.of:,}", score=f"{found.score:.2f}")
    return {"text": text, "parts": rows, "note": f"{note} {say('why_drawn', lang)}"}


def persona(taste: list[float], lang: str) -> dict[str, Any]:
    """What somebody truly likes, for who plays them."""
    order = sorted(range(len(taste)), key=lambda t: -taste[t])
    names = [topic_name(t, lang) for t in order]
    return {"likes": names[:BEST], "bored": names[-BEST:][::-1]}


def truth(timelines: Sequence[Timeline], lang: str) -> list[dict[str, Any]]:
    """How far each recommender's picture is from the persona."""
    out = []
    for one in timelines:
        r = float(belief.knows(one.clock, belief.own_scores(one.clock, one.row), 1)[0])
        liked = set(belief.favourites(one.clock, one.row)[0].tolist())
        shown = [card.topic in liked for card, _ in one.past]
        share = sum(shown) / max(1, len(shown))
        line = say("truth", lang, agent=one.label, r=f"{r:.2f}", share=f"{share:.0%}", n=one.swipes)
        out.append({"agent": one.label, "correlation": r, "favourites": share, "text": line})
    return out


def _bits(counts: Counter) -> float:
    if not counts:
        return 0.0
    return float(bubble.entropy(torch.tensor([list(counts.values())]))[0])
