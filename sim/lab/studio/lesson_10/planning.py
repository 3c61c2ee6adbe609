"""A learner's plan, from the panel's answers; and twins of it that differ in one thing each."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.lab.studio.plan.fields import Plan
from sim.lab.studio.plan.reading import parse
from sim.lab.teaching import asking
from sim.lab.teaching.playing import Asked, form
from sim.lab.teaching.words import Book, complete

SAYS = Book("lesson_10")
TOPICS = 47
START = {"followers": 500, "cash": 0, "hours": 4.0}  # as people, RMB, hours a day
YOU = "you"
COPIES = 5  # accounts that live the learner's plan in each world
WORK = {  # into the video itself, into its first seconds and its title
    "video": (0.9, 0.2), "even": (0.5, 0.5), "opening": (0.2, 0.9),
}  # fmt: skip
HONEST = {"honest": 1.0, "half": 0.5, "tempting": 0.0}
REPLIES = {"none": (0, 0), "some": (3, 1), "all": (1000, 4)}  # answers a day, acts a week
EARN = {  # beside a share of advertising and tips
    "little": {}, "shop": {"shop": 1.0}, "members": {"membership": 1.0, "merchandise": 1.0},
    "everything": {"shop": 1.0, "membership": 1.0, "merchandise": 1.0, "deals": 1.0},
}  # fmt: skip
NOTHING = {"shop": 0.0, "membership": 0.0, "merchandise": 0.0, "deals": 0.0, "disclose": 0.0}
TWINS = {  # the one thing in which a twin differs: this, or where the plan has it already, that
    "topic": ("all", "food"), "posts": ("35", "1"), "work": ("opening", "video"),
    "title": ("tempting", "honest"), "replies": ("none", "all"), "earn": ("everything", "little"),
}  # fmt: skip


SWITCHES: dict[str, dict[str, float]] = {  # what rests a mechanism
    "tired": {"careers.tired": 0.0}, "tire": {"brand.tire": 0.0},
    "bait": {"appeal.satisfaction_bait": 0.0}, "breaks": {"brand.breaks": 1.0},
    "goods": {"deals.goods": 0.0, "deals.known": 0.0, "deals.betrayed": 0.0},
}  # fmt: skip


def panel(name: str, lang: str = "en") -> Asked:
    """The planning panel, as it was filled in before under this name. What is sent is kept."""
    file, asked_for = f"{name}.plan.json", SAYS.questions("plan", lang)

    def receive(answers: dict[str, Any]) -> str:
        if not complete(asked_for, answers):
            return SAYS.word("form", "todo_plan", lang)
        asking.keep(file, {"plan": answers})
        return SAYS.word("form", "received", lang)

    before = (asking.kept(file, lang) or {}).get("plan", {}) if asking.somebody_there() else {}
    fits = complete(asked_for, before)
    sent = (before, SAYS.word("form", "received", lang)) if fits else None
    script = SAYS.scripted_answers("plan")
    return form(SAYS, "plan", lang, "todo_plan", receive, script=script, sent=sent)


def told(answers: Mapping[str, Any], lang: str = "en") -> pd.DataFrame:
    """The plan in words, and beside each line the twin that differs in it."""
    rows = {}
    for key, other in zip(TWINS, changed(answers).values(), strict=True):
        both = [SAYS.answer_word("plan", key, each[key], lang) for each in (answers, other)]
        rows[SAYS.word("lines", key, lang)] = both
    heads = [SAYS.word("twins", "you", lang), SAYS.word("lines", "twin", lang)]
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads)


def plan_of(answers: Mapping[str, Any], name: str = YOU) -> Plan:
    """The plan that a learner's answers make. Whatever they do not say, all plans share."""
    quality, hook = WORK[answers["work"]]
    replies, acts = REPLIES[answers["replies"]]
    topic = answers["topic"]
    about = {"topics": {str(k): 1.0 for k in range(TOPICS - 1)}} if topic == "all" else {}
    return parse(
        {
            **(about or {"persona": topic}),
            "posts_per_week": float(answers["posts"]),
            "effort_quality": quality, "effort_hook": hook, "honesty": HONEST[answers["title"]],
            "replies_per_day": replies, "community_per_week": acts, "trends": 0.0,
            "income": {"ads": 1.0, "gifts": 1.0, **NOTHING, **EARN[answers["earn"]]},
            "start": START,
        },
        name, TOPICS,
    )  # fmt: skip


def changed(answers: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """{what differs, as posts_35: the answers of that twin}."""
    twins = {}
    for key, (this, that) in TWINS.items():
        new = that if answers[key] == this else this
        twins[f"{key}_{new}"] = {**answers, key: new}
    return twins


def plans_of(answers: Mapping[str, Any]) -> dict[str, Plan]:
    """The learner's plan several times, and a twin for each thing that might be otherwise."""
    own = {name: plan_of(answers, name) for name in (f"{YOU}_{k}" for k in range(COPIES))}
    return own | {name: plan_of(each, name) for name, each in changed(answers).items()}


def name_of(twin: str, lang: str) -> str:
    """What figures and tables call it."""
    return SAYS.word("twins", twin, lang)
