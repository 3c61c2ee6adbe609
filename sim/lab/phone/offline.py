"""What an offline file holds: bayes as it stood, to go on in the page; all else stands still.

Of one viewer bayes is a linear regression with a prior, so a page can work it out as the platform
does. What it cannot do is what others do: their views, the prior that a night learns from them, the
weights of what watching tells, and new videos stay as they were.
"""

from typing import Any

import torch

from agents import told as telling
from agents.recommender.bayes import Bayes
from agents.recommender.popular import Popular
from sim.lab.explain.words import PARTS
from sim.lab.phone import belief, told
from sim.lab.phone.timeline import SLOTS, Card, Timeline
from sim.lab.phone.words import book
from sim.lab.studio.topics import topic_name
from sim.lab.teaching.phones import hue
from sim.presets.errors import BadInput
from sim.world.state import COUNTS, row_of, watched

VIDEOS = 800  # that a file holds, drawn evenly: some 400 KB
OTHERS = ("popular", "random", "none")
NAMES = ("the viewer for everything", "its topics", "its style", "seen enough of the topic",
         "the video for everybody", "usual for any video", "how long it holds")  # fmt: skip
SAID = ("why_rank", "why_exact", "why_none")


def check(agent: str, other: str, persona: bool) -> None:
    """Raises BadInput for what a file cannot play."""
    if agent != "bayes":
        cure = "Take --agent bayes, or leave --out out: served, any recommender plays."
        raise BadInput("an offline file plays bayes alone", agent, cure)
    if other not in OTHERS:
        cure = "Leave --out out: served, any recommender plays."
        raise BadInput(f"beside it an offline file has {', '.join(OTHERS)}", other, cure)
    if persona:
        cure = "Leave --persona or --out out: a file would give the persona away."
        raise BadInput("an offline file has no persona", True, cure)


@torch.no_grad()
def frozen(one: Timeline, other: str, lang: str) -> dict[str, Any]:
    """All that the page needs, as plain numbers: of a timeline under bayes on its first card."""
    clock, agent = one.clock, one.clock.resident.agent
    assert isinstance(agent, Bayes), "check comes first"
    listing = clock.listing
    ids = listing.id[listing.eligible]
    ids = ids[:: -(-len(ids) // VIDEOS)]
    row = row_of(ids, listing.capacity)
    agent.prepare(listing)
    return {
        "slots": SLOTS, "other": other, "day": clock.day + 1, "goal": 40,
        "videos": _videos(agent, one, ids, row, lang),
        "prior": prior(agent, int(one.row[0])),
        "told": labels(agent.told), "sates": agent.sates,
        "crowd": _crowd(one, ids), "long": watched.LONG_VIEW,
        "topics": [[topic_name(t, lang), hue(t)] for t in range(agent.content.topics)],
        "parts": [PARTS[name] if lang == "zh" else name for name in NAMES],
        "say": {key: book()["say"][key][lang == "zh"] for key in SAID},
    }  # fmt: skip


def prior(agent: Bayes, row: int) -> dict[str, Any]:
    """Of a viewer of whom nothing is known but the age."""
    people = agent.people
    usual = people.mean + people.by[people.kind[row]]
    return {"usual": _plain(usual), "precision": _plain(people.precision, 5),
            "noise": float(people.noise)}  # fmt: skip


def labels(of: telling.Told) -> dict[str, Any]:
    """label = (answers . weight - base) / sd, by range of duration; gain: how much it tells."""
    count = of.count.clamp(min=1)
    sd = of._sd(of.weight)
    base = (of.total * of.weight).sum(1) / count - sd * of.gain * of.hoped / count
    return {
        "edges": telling.EDGES, "seconds": telling.SECONDS, "again": watched.AGAIN,
        "weight": _plain(of.weight, 6), "base": _plain(base, 6), "sd": _plain(sd, 6),
        "gain": _plain(of.gain, 6),
    }  # fmt: skip


def _videos(agent: Bayes, one: Timeline, ids, row, lang: str) -> list[dict[str, Any]]:
    listing = one.clock.listing
    topic, second = (agent.content.topic(listing, row, n) for n in ("topic", "topic2"))
    style, worth = agent.content.style(listing, row), agent.worths()[row]
    fame, usual = _fame(one)
    columns = (ids, topic, second, style, worth, fame[row], listing.duration[row])
    found = []
    for each in zip(*(x.tolist() for x in columns), strict=True):
        video, t, s, parts, value, popular, seconds = each
        card = told.face(Card(video, t, s, seconds, "feed"), 0, lang)
        found.append({
            "id": video, "t": t, "s": s, "x": [round(x, 4) for x in parts], "w": round(value, 5),
            "p": round(popular, 5), "u": round(usual, 5), "d": round(seconds, 2),
            "text": card["text"], "tags": card["tags"],
        })  # fmt: skip
    return found


def _fame(one: Timeline) -> tuple[torch.Tensor, float]:
    """What popular would think of each row, and of any video."""
    listing, agent = one.clock.listing, Popular()
    agent.reset(listing, viewers=1, seed=0, device=one.clock.device)
    views, longs = (listing.counts[:, COUNTS.index(n)].float() for n in ("views", "long_views"))
    here = listing.eligible
    return agent.value(listing, 0.0), float(longs[here].sum() / views[here].sum().clamp(min=1))


def _crowd(one: Timeline, ids: torch.Tensor) -> dict[str, Any]:
    """What bayes gives others: the mean of each video, and the spread of each topic."""
    clock, agent = one.clock, one.clock.resident.agent
    crowd = belief.crowd_of(clock, one.row)
    own = agent.score(belief.asked(clock, crowd), ids.expand(len(crowd), -1))
    mean = own.mean(0)
    topic = agent.content.topic(clock.listing, row_of(ids, clock.listing.capacity))
    spread = belief.by_topic(own - mean, topic, agent.content.topics).std(0)
    return {"mean": _plain(mean, 5), "spread": _plain(spread, 5)}


def _plain(x: torch.Tensor, digits: int = 7) -> Any:
    def near(value: Any) -> Any:
        return [near(v) for v in value] if isinstance(value, list) else float(f"{value:.{digits}g}")

    return near(x.tolist())
