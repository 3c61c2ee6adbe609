"""The page of an audit: one file, as all pages are."""

from collections.abc import Mapping
from typing import Any

from sim.lab.audit.table import table_of
from sim.lab.audit.words import HOW, say
from sim.lab.pages import render
from sim.lab.run import machine
from sim.lab.studio import charts
from sim.lab.studio.charts import COLOURS, Line

TOPICS = 8  # shown one by one


def html(found: Mapping[str, Any], command: str, lang: str) -> str:
    return render(
        "studio.html",
        lang,
        title=say("title", lang, agent=found["agent"]),
        answer=answer(found, lang),
        table=table_of(found, lang),
        cards=_cards(found, lang),
        heads={name: say(name, lang) for name in ("overview", "how", "limits")},
        how=_how(found, command, lang),
        limits=[say("made_up", lang)],
    )


def answer(found: Mapping[str, Any], lang: str) -> str:
    pairs = [each for each in found["findings"] if each["kind"] == "alike"]
    if not pairs:
        return say("answer_none", lang)
    told = sum(each["treated_differently"] for each in pairs)
    return say("answer", lang, told=told, pairs=len(pairs))


def _cards(found: Mapping[str, Any], lang: str) -> list[dict[str, str]]:
    people = found["personas"]
    drawn = {"drift": _lines(people, "distance", 1.0)}
    if found["threats"] != "none":
        drawn["harm"] = _lines(people, "harm_share", 100.0, "%")
    cards = [
        {"title": say(f"chart_{key}", lang), "picture": picture,
         "text": say(f"chart_{key}_more", lang)}
        for key, picture in drawn.items()
    ]  # fmt: skip
    return cards + [_topics(each, people[0], lang) for each in people[:-1]]


def _lines(people: Any, what: str, times: float, unit: str = "") -> str:
    told = []
    for i, each in enumerate(people):
        twin = i == len(people) - 1
        values = [times * x for x in each["by_day"][what]]
        told.append(Line(each["name"], values, COLOURS[(0 if twin else i) % 6], dashed=twin))
    return charts.lines(told, unit=unit)


def _topics(each: Mapping[str, Any], base: Mapping[str, Any], lang: str) -> dict[str, str]:
    top = list(each["shown"].items())[:TOPICS]
    other = None if each is base else base["shown"]
    rows = [(name, share, None if other is None else other.get(name, 0.0)) for name, share in top]
    return {
        "title": say("chart_topics", lang, name=each["name"]),
        "picture": charts.bars(rows),
        "text": say("chart_topics_more", lang, base=base["name"]),
    }


def _how(found: Mapping[str, Any], command: str, lang: str) -> list[tuple[str, str, bool]]:
    values = {**found, "command": command, "version": machine.version()}
    return [(word[lang == "zh"], str(values[key]), key == "command") for key, word in HOW.items()]
