"""Moderation as work: what the machine takes for a violation, what people look at, and what is
done about it, to videos and to accounts."""

from sim.world.moderation.accounts import lapsed, marks, pardoned, struck, swept
from sim.world.moderation.actions import by_finding, by_score, lifted
from sim.world.moderation.classifier import ClassifierParams, looks, scores, stark
from sim.world.moderation.params import PolicyParams, policy
from sim.world.moderation.queue import OfVideos, lanes, suspects_first, worked_off
from sim.world.moderation.review import (
    APPEAL,
    CASE,
    LOT,
    SECOND,
    ReviewParams,
    files,
    hurried,
    judged,
    minutes,
    seeming,
)

__all__ = [
    "APPEAL",
    "CASE",
    "LOT",
    "SECOND",
    "ClassifierParams",
    "OfVideos",
    "PolicyParams",
    "ReviewParams",
    "by_finding",
    "by_score",
    "files",
    "hurried",
    "judged",
    "lanes",
    "lapsed",
    "lifted",
    "looks",
    "marks",
    "minutes",
    "pardoned",
    "policy",
    "scores",
    "seeming",
    "stark",
    "struck",
    "suspects_first",
    "swept",
    "worked_off",
]
