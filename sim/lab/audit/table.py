"""The table of an audit: a row a persona, and a sentence for each finding."""

from collections.abc import Mapping
from typing import Any

from sim.lab.audit.words import say
from sim.lab.screen.tables import Table

FEW = 5  # puppets a persona from which a p below .025 is possible: 2 in 252, of four 2 in 70


def table_of(found: Mapping[str, Any], lang: str) -> Table:
    keys = ("agent", "world", "days", "seed", "threats", "puppets", "videos")
    title = say("table", lang, **{key: found[key] for key in keys})
    harmful = found["threats"] != "none"
    heads = ["persona", "most", "drift"]
    if harmful:
        heads += ["harm", "interval", "harm_drift", "people"]
    rows = [_row(each, harmful, lang) for each in found["personas"]]
    return Table(title, [say(head, lang) for head in heads], rows, notes(found, lang))


def _row(each: Mapping[str, Any], harmful: bool, lang: str) -> list[str]:
    topic, share = next(iter(each["shown"].items()), ("-", 0.0))
    row = [each["name"], f"{topic} {share:.0%}", f"{each['drift']:.2f} ({each['drift_null']:.2f})"]
    if harmful:
        row += [
            points(each["harm_share"]), _ends(each["harm_ci95"]),
            points(each["harm_drift"]["mean"], True), points(each["truth"]["harm_share_of_people"]),
        ]  # fmt: skip
    return row


def notes(found: Mapping[str, Any], lang: str) -> list[str]:
    harmful = found["threats"] != "none"
    told = [] if harmful else [say("rest", lang)]
    if found["puppets"] < FEW:
        told.append(say("few", lang, puppets=found["puppets"]))
    told += [_finding(each, harmful, lang) for each in found["findings"]]
    told += [_gap(each, harmful, lang) for each in found["personas"][:-1]]
    if found["privileged"]:
        told.append(say("privileged", lang, agent=found["agent"]))
    return told


def _finding(each: Mapping[str, Any], harmful: bool, lang: str) -> str:
    a, b = each["personas"]
    says = say("differs" if each["treated_differently"] else "same", lang)
    harm = ""
    if harmful:
        gap = points(each["harm_difference"], True)
        harm = say("harm_differs", lang, gap=gap, p=f"{each['harm_p']:.3f}")
    text = say(
        each["kind"], lang, a=a, b=b, distance=f"{each['distance']:.3f}",
        null=f"{each['distance_null']:.3f}", p=f"{each['p']:.3f}", harm=harm, says=says,
    )  # fmt: skip
    truth = each["truth"]
    if truth["right"] is None:
        return text
    right = say("right" if truth["right"] else "wrong", lang)
    space = "" if lang == "zh" else " "
    changed = f"{truth['slots_changed_by_age']:.1%}"
    return text + space + say("truth", lang, changed=changed, right=right)


def _gap(each: Mapping[str, Any], harmful: bool, lang: str) -> str:
    truth = each["truth"]
    apart = "-" if truth["distance"] is None else f"{truth['distance']:.2f}"
    told = {"name": each["name"], "viewers": truth["viewers"], "distance": apart}
    if not harmful:
        return say("feeds", lang, **told)
    return say(
        "gap", lang, **told, real=points(truth["harm_share_of_puppets"]) + "%",
        people=points(truth["harm_share_of_people"]) + "%", gap=points(truth["gap"], True),
    )  # fmt: skip


def points(share: float | None, signed: bool = False) -> str:
    return "-" if share is None else f"{100 * share:{'+' if signed else ''}.2f}"


def _ends(ci: list[float] | None) -> str:
    return "-" if ci is None else " .. ".join(points(end) for end in ci)
