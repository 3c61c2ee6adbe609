"""What an audit can say from its puppets alone, and how far that is from the truth of the world."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.lab import stats
from sim.lab.audit.personas import AGES, Persona
from sim.lab.audit.planted import Seen
from sim.world.state import HARMS

SHUFFLES = 999  # of puppets between two personas, and of a puppet's days
LEVEL = 0.05
LIKE = 0.1  # of people, those nearest to a persona's tastes


def told(
    cast: Sequence[Persona], repeats: int, seen: Seen, names: Sequence[str], coder: float, seed: int
) -> dict[str, Any]:
    """{"personas", "findings"}. The last persona is the first one's twin. `coder` is how often the
    auditor's eye is right about a video being harmful."""
    rng = np.random.default_rng([seed, len(cast), repeats])
    found = []
    for i, persona in enumerate(cast):
        own = slice(i * repeats, (i + 1) * repeats)
        coded = _coded(seen.harms[:, own], coder, rng)
        found.append(_one(persona, seen, own, coded, names, rng))
    pairs = [(0, len(cast) - 1, "null"), *_alike(cast[:-1])]
    findings = [_pair(cast, found, seen, repeats, pair, rng) for pair in pairs]
    return {"personas": [_public(each) for each in found], "findings": findings}


def _alike(cast: Sequence[Persona]) -> list[tuple[int, int, str]]:
    """Pairs that do the same on every page, and differ in what they say of themselves."""
    n = range(len(cast))
    return [(i, j, "alike") for i in n for j in n if i < j and cast[i].acts_like(cast[j])]


def _coded(harms: np.ndarray, coder: float, rng: np.random.Generator) -> np.ndarray:
    """(days, puppets): impressions that the auditor takes for harmful."""
    bad, good = harms[..., 1:].sum(-1), harms[..., 0]
    if coder >= 1:
        return bad
    return rng.binomial(bad, coder) + rng.binomial(good, 1 - coder)


def _one(
    persona: Persona, seen: Seen, own: slice, coded: np.ndarray, names: Sequence[str],
    rng: np.random.Generator,
) -> dict[str, Any]:  # fmt: skip
    topics, all_harms = seen.topics[:, own], seen.harms[:, own]
    days, third = len(topics), max(1, len(topics) // 3)
    total = np.maximum(topics.sum((0, 2)), 1)
    shares = topics.sum(0) / total[:, None]  # (puppets, topics)
    harm = coded.sum(0) / total
    first, last = topics[:third].sum(0), topics[-third:].sum(0)
    drift, null = _drift(first, last, rng)
    before, after = (coded[part].sum(0) / np.maximum(topics[part].sum((0, 2)), 1)
                     for part in (slice(0, third), slice(days - third, days)))  # fmt: skip
    top = np.argsort(-shares.mean(0), kind="stable")
    types = all_harms.sum((0, 1))[1:] / total.sum()
    rests = seen.vulnerable is None  # nothing is harmful where threats rest
    rate = stats.mean_and_interval([] if rests else harm.tolist(), bounds=(0, 1))
    return {
        "name": persona.name, "say": list(persona.say), "age": persona.age, "days": days,
        "shown": {names[t]: float(shares[:, t].mean()) for t in top if shares[:, t].any()},
        "harm_share": rate["mean"], "harm_ci95": rate["ci95"],
        "harm_types": dict(zip(HARMS, types.tolist(), strict=True)),
        "drift": float(drift.mean()),
        "drift_ci95": stats.mean_and_interval(drift.tolist(), bounds=(0, 1))["ci95"],
        "drift_null": float(null.mean()),
        "harm_drift": stats.mean_and_interval((after - before).tolist()),
        "impressions": int(total.sum()),
        "by_day": _by_day(topics, coded),
        "truth": _truth(persona, seen, shares.mean(0), all_harms[..., 1:].sum() / total.sum(),
                        rate["mean"]),
        "_shares": shares, "_harm": harm,
    }  # fmt: skip


def _public(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if not key.startswith("_")}


def distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Total variation of two rows of shares: the share of a feed that would have to change."""
    return np.abs(one - other).sum(-1) / 2


def _share(counts: np.ndarray) -> np.ndarray:
    return counts / np.maximum(counts.sum(-1, keepdims=True), 1)


def _drift(
    first: np.ndarray, last: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """(puppets,) how far the feed of the last third of days is from that of the first; and how far
    it would be by chance, were its videos dealt to the two at random."""
    drift, null = distance(_share(first), _share(last)), np.zeros(len(first))
    for i, (a, b) in enumerate(zip(first, last, strict=True)):
        dealt = rng.multivariate_hypergeometric(a + b, int(a.sum()), size=99)
        null[i] = distance(_share(dealt), _share(a + b - dealt)).mean()
    return drift, null


def _by_day(topics: np.ndarray, coded: np.ndarray) -> dict[str, list[float]]:
    shown = topics.sum((1, 2))
    mean = topics.sum(1) / np.maximum(shown, 1)[:, None]
    return {
        "harm_share": (coded.sum(1) / np.maximum(shown, 1)).tolist(),
        "distance": distance(mean, mean[:1]).tolist(),  # from the first day, all puppets together
    }


def _truth(
    persona: Persona, seen: Seen, shown: np.ndarray, real: float, coded: float | None
) -> dict[str, Any]:
    """Of the puppets' own feeds, uncoded; and of the people whom the persona stands for: those who
    state its age, and of these the tenth nearest to what it watches."""
    topics = len(shown)
    who = (seen.band == AGES.index(persona.age)) & (seen.people[:, topics:].sum(1) > 0)
    near = seen.taste[:, list(persona.topics)].sum(1) if persona.topics else None
    if persona.harms and seen.vulnerable is not None:
        near = seen.vulnerable[:, [HARMS.index(h) for h in persona.harms]].sum(1)
    if near is not None and who.any():
        who &= near >= np.quantile(near[who], 1 - LIKE)
    fed = seen.people[who]
    total = np.maximum(fed[:, topics:].sum(1), 1)
    rate = stats.mean_and_interval((fed[:, topics + 1 :].sum(1) / total).tolist(), bounds=(0, 1))
    people = rate["mean"]
    return {
        "harm_share_of_puppets": float(real),
        "viewers": int(who.sum()),
        "harm_share_of_people": people,
        "harm_ci95": rate["ci95"],
        "gap": None if coded is None or people is None else coded - people,
        "distance": float(distance(shown, _share(fed[:, :topics].sum(0)))) if who.any() else None,
    }


def _pair(
    cast: Sequence[Persona], found: Sequence[dict], seen: Seen, repeats: int,
    pair: tuple[int, int, str], rng: np.random.Generator,
) -> dict[str, Any]:  # fmt: skip
    i, j, kind = pair
    a, b = found[i], found[j]
    both = np.concatenate([a["_shares"], b["_shares"]])
    harms = np.concatenate([a["_harm"], b["_harm"]])
    apart = float(distance(both[:repeats].mean(0), both[repeats:].mean(0)))
    gap = float(harms[:repeats].mean() - harms[repeats:].mean())
    shuffled = np.empty((SHUFFLES, 2))
    for k in range(SHUFFLES):
        order = rng.permutation(2 * repeats)
        one, other = order[:repeats], order[repeats:]
        shuffled[k] = (
            distance(both[one].mean(0), both[other].mean(0)),
            (harms[one].mean() - harms[other].mean()),
        )
    p = _p(shuffled[:, 0] >= apart - 1e-12)
    harm_p = _p(np.abs(shuffled[:, 1]) >= abs(gap) - 1e-12)
    by_age = seen.by_age[i * repeats : (i + 1) * repeats, AGES.index(cast[j].age)]
    asked = by_age[np.isfinite(by_age)]
    changed = float(asked.mean()) if len(asked) else None
    concluded = bool(min(p, harm_p) < LEVEL / 2)  # two questions are asked of a pair
    return {
        "personas": [a["name"], b["name"]], "kind": kind, "distance": apart,
        "distance_null": float(shuffled[:, 0].mean()), "p": p,
        "harm_difference": gap, "harm_ci95": _welch(harms[:repeats], harms[repeats:]),
        "harm_p": harm_p, "treated_differently": concluded,
        "truth": {
            "slots_changed_by_age": changed,
            "right": None if changed is None else concluded == (changed > 0),
        },
    }  # fmt: skip


def _p(as_far: np.ndarray) -> float:
    return float((1 + as_far.sum()) / (1 + len(as_far)))


def _welch(one: np.ndarray, other: np.ndarray) -> list[float] | None:
    """Of the difference of two means, after Welch (1947)."""
    from scipy.special import stdtrit

    a, b = (x.var(ddof=1) / len(x) if len(x) > 1 else np.nan for x in (one, other))
    if not np.isfinite(a + b):
        return None
    gap = float(one.mean() - other.mean())
    if a + b == 0:
        return [gap, gap]
    n = (a + b) ** 2 / (a**2 / (len(one) - 1) + b**2 / (len(other) - 1))
    half = float(stdtrit(n, 0.975) * np.sqrt(a + b))
    return [gap - half, gap + half]
