"""The learner's double: swipes a second timeline as the learner swiped the first.

A rule of thumb, and said to be one: with a topic it does what the learner did the last time with
it, and with a topic that the learner never met what the learner did most often.
"""

from collections.abc import Sequence

from sim.lab.phone.timeline import Act, Card


def act_of(past: Sequence[tuple[Card, Act]], card: Card) -> Act:
    """What the double does with a card. Nothing was swiped yet: it looks at half of it."""
    same = [pair for pair in past if card.topic in (pair[0].topic, pair[0].topic2)]
    if same:
        old, act = same[-1]
        share = act.watch / max(0.1, old.seconds)
        return Act(share * card.seconds, act.like, False, act.hide)
    shares = sorted(act.watch / max(0.1, old.seconds) for old, act in past)
    return Act((shares[len(shares) // 2] if shares else 0.5) * card.seconds)
