"""The page of plans: the answer, the table, a fan for each plan."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.lab.pages import render
from sim.lab.screen.tables import Table
from sim.lab.studio import charts
from sim.lab.studio.charts import Line
from sim.lab.studio.plan.words import say


def html(
    found: Mapping[str, Any],
    table: Table,
    about: Mapping[str, Any],
    texts: Sequence[tuple[str, str]],
    how: Sequence[tuple[str, str, bool]],
    limits: Sequence[str],
    lang: str,
) -> str:
    """`texts` are the plans as written, by name."""
    names = ", ".join(plan["name"] for plan in found["plans"] if not plan["habit"])
    return render(
        "studio.html",
        lang,
        title=say("title", lang, names=names),
        answer=answer(found, about, lang),
        table=table,
        cards=[_fan(plan, found, lang) for plan in found["plans"]],
        texts=texts,
        heads={name: say(name, lang) for name in ("overview", "how", "limits", "plan")},
        how=how,
        limits=limits,
    )


def answer(found: Mapping[str, Any], about: Mapping[str, Any], lang: str) -> str:
    """Of the first plan; its chance; what the others do against it."""
    first, goal = found["plans"][0], found["goal"]
    low, _, middle, _, high = (f"{x:,.0f}" for x in first["followers"]["quantiles"])
    told = say(
        "answer", lang, name=first["name"], of=first["futures"], days=about["days"],
        middle=middle, low=low, high=high,
    )  # fmt: skip
    if goal:
        share, ends = first["chance"]["share"], first["chance"]["ci95"]
        low, high = (f"{100 * end:.0f}" for end in ends)
        what = {"what": say(goal["metric"], lang), "value": f"{goal['value']:,.10g}"}
        told += say("answer_goal", lang, share=f"{100 * share:.0f}", low=low, high=high, **what)
    return told


def _fan(plan: Mapping[str, Any], found: Mapping[str, Any], lang: str) -> dict[str, str]:
    low, quarter, middle, upper, high = plan["fan"]
    bands = [
        Line("", middle, charts.COLOURS[0], low=low, high=high),
        Line(say("middle", lang), middle, charts.COLOURS[0], low=quarter, high=upper),
    ]
    goal = found["goal"]
    wanted = goal["value"] if goal and goal["metric"] == "followers" else None
    top = max(max(other["fan"][-1]) for other in found["plans"])  # one scale for all of them
    picture = charts.lines(bands, goal=wanted, top=charts.nice(max(top, wanted or 0, 1)))
    name = say("fan", lang, name=plan["name"])
    return {"title": name, "picture": picture, "text": say("fan_more", lang)}
