"""The page of a moderator's office: the answer, the numbers, the frontier of policies."""

from collections.abc import Mapping, Sequence
from html import escape as html_escape
from typing import Any

import numpy as np

from sim.lab.office import words
from sim.lab.office.asked import Asked
from sim.lab.office.shifts import Worked
from sim.lab.office.summary import table_of
from sim.lab.office.words import say
from sim.lab.pages import render
from sim.lab.run import machine
from sim.lab.studio import charts
from sim.lab.studio.charts import COLOURS, Line, Spot
from sim.world.state import LANES


def html(
    asked: Asked, worked: Sequence[Worked], told: Mapping[str, Any], command: str, lang: str
) -> str:
    """The page of the first seed."""
    first = {one.label: one for one in worked if one.seed == asked.seeds[0]}
    base = first[asked.baseline.label] if asked.baseline else None
    one = first[asked.agents[0].label]
    names = " + ".join(agent.label for agent in asked.agents)
    return render(
        "studio.html",
        lang,
        title=say("title", lang, agents=names, days=asked.episode.days),
        answer=answer(one, base, lang),
        table=table_of(told, lang),
        cards=_cards(asked, one, base, told, lang),
        heads={name: say(name, lang) for name in ("overview", "how", "limits")},
        how=_how(asked, command, lang),
        limits=_limits(asked, lang),
    )


def answer(one: Worked, base: Worked | None, lang: str) -> str:
    """One sentence: what the policy did."""

    def mean(of: Worked, part: str) -> str:
        return f"{of.part(part).mean():.3g}"

    told = {"agent": one.label, "harm": mean(one, "harm"), "wrong": mean(one, "wrongful")}
    if base is None:
        return say("answer_alone", lang, **told)
    other = {"base": base.label, "other": mean(base, "harm"), "less": mean(base, "wrongful")}
    return say("answer", lang, **told, **other)


def _cards(
    asked: Asked, one: Worked, base: Worked | None, told: Mapping[str, Any], lang: str
) -> list[dict[str, str]]:
    drawn = {
        "frontier": frontier(asked, told, lang),
        "harm": _harm(one, base),
        "removed": _lines(one, (("by_machine", "removed"), ("by_people", "found"),
                                ("put_back", "back")), lang),
        "queue": _lines(one, (("waiting", "waiting"), ("looked", "looked")), lang),
        "found": _found(one, lang),
        "case": _case(one, lang),
    }  # fmt: skip
    name = base.label if base else "-"
    return [
        {"title": say(key, lang), "picture": picture, "text": say(f"{key}_more", lang, base=name)}
        for key, picture in drawn.items()
        if picture
    ]


def frontier(asked: Asked, told: Mapping[str, Any], lang: str) -> str:
    """Policies by what they cost; the agents' places are means over seeds."""
    agents = [agent.label for agent in asked.cast]
    points, line, colours = [], [], charts.inks(agents)
    for label in agents:
        own = [each for each in told["frontier"] if each["policy"] == label]
        x, y = (float(np.mean([each[key] for each in own])) for key in ("wrongful", "harm"))
        points.append(Spot(label, x, y, colours[label]))
    for each in told["frontier"]:
        if each["policy"] not in agents:
            line.append(Spot(each["policy"], each["wrongful"], each["harm"]))
    return charts.spots(points, say("across", lang), line)


def _harm(one: Worked, base: Worked | None) -> str:
    colours = charts.inks([each.label for each in (one, base) if each])
    told = [Line(one.label, one.part("harm").tolist(), colours[one.label])]
    if base is not None:
        told.append(Line(base.label, base.part("harm").tolist(), colours[base.label], dashed=True))
    return charts.lines(told)


def _lines(one: Worked, what: Sequence[tuple[str, str]], lang: str) -> str:
    return charts.lines(
        [
            Line(say(key, lang), one.of(case).tolist(), COLOURS[i])
            for i, (key, case) in enumerate(what)
        ]
    )


def _found(one: Worked, lang: str) -> str:
    looked, found = one.lanes.sum(0).T
    rows = []
    for i, lane in enumerate(LANES):
        share = float(found[i] / looked[i]) if looked[i] else 0.0
        rows.append((f"{words.LANES[lane][lang == 'zh']} ({looked[i]:.0f})", share, None))
    return charts.bars(rows)


def _case(one: Worked, lang: str) -> str:
    """What the creator of a video that was taken down is told."""
    if one.case is None:
        return ""
    return "".join(f"<p>{html_escape(line)}</p>" for line in one.case.text(lang).splitlines())


def _how(asked: Asked, command: str, lang: str) -> list[tuple[str, str, bool]]:
    values = {"command": command, **asked.about(), "version": machine.version()}
    kept = ((name, value) for name, value in values.items() if value not in ([], None))
    return [(words.HOW[n][lang == "zh"], _plain(v), n == "command") for n, v in kept]


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _limits(asked: Asked, lang: str) -> list[str]:
    notes = [say("simulated", lang, viewers=asked.params.size.viewers)]
    if len(asked.seeds) == 1:
        return [*notes, say("one_seed", lang)]
    return [*notes, say("first_seed", lang, seed=asked.seeds[0])]
