"""The figures of lesson 10: one message each, in the notebook's language."""

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.lab import plots
from sim.lab.studio.lesson_10 import reading
from sim.lab.studio.lesson_10.lived import Fates
from sim.lab.studio.lesson_10.planning import SAYS, YOU, name_of

WIDTH = 5.2  # inches; on a phone 10 points stay about 10 pixels
BLUE, ORANGE, GREY, INK = "#0072B2", "#D55E00", "#8a8a8a", "#333333"
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#333333")
THIN = 6  # futures drawn on their own
NARROW = 9  # per cent of a bar: a part narrower than this has no room for its number


def _bare(height: float, columns: int = 1, **more) -> tuple[Figure, list[Axes]]:
    figure, axes = plt.subplots(
        1, columns, figsize=(WIDTH, height), layout="constrained", squeeze=False, **more
    )
    plt.close(figure)  # the notebook shows what a cell returns; it would show it twice
    return figure, list(axes[0])


def _say(key: str, lang: str, *args) -> str:
    return SAYS.word("pictures", key, lang, *args)


def fan(found: Fates, lang: str = "en") -> Figure:
    """Followers day by day over all futures of the plan: half of them in the dark band, nine in ten
    in the light one; a few futures as thin lines."""
    plots.use(lang)
    figure, (axis,) = _bare(3.3)
    low, quarter, middle, upper, high = reading.fan(found)
    days = range(1, found.days + 1)
    axis.fill_between(days, low, high, color=BLUE, alpha=0.15, lw=0)
    axis.fill_between(days, quarter, upper, color=BLUE, alpha=0.3, lw=0)
    for life in found.followers[:THIN, found.own[0]]:
        axis.plot(days, life, color=GREY, lw=0.7)
    axis.plot(days, middle, color=BLUE, lw=2.4)
    for key, y in (("top", high[-1]), ("middle", middle[-1]), ("bottom", low[-1])):
        axis.annotate(_say(key, lang, y), (found.days, y), (6, 0), size=8.5, va="center",
                      textcoords="offset points", color=BLUE)  # fmt: skip
    axis.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
    axis.set(xlabel=_say("day", lang), ylabel=_say("followers", lang), xlim=(1, found.days * 1.3))
    axis.set_xticks(range(0, found.days + 1, 30))
    lives = len(found.own) * len(found.followers)
    axis.set_title(_say("fan", lang, lives))
    sns.despine(ax=axis)
    return figure


def changes(found: Fates, lang: str = "en") -> Figure:
    """What each change did against the plan: a dot the mean, a line its 95 % interval over futures;
    hollow where the interval holds 0."""
    plots.use(lang)
    rows = found.twins
    figure, pair = _bare(0.9 + 0.42 * len(rows), 2, sharey=True)
    for axis, what in zip(pair, ("followers", "trust"), strict=True):
        axis.axvline(0, color=GREY, lw=1)
        for row, twin in enumerate(rows):
            _difference(axis, row, reading.against(found, twin, what))
        axis.set(xlabel=_say(f"less_{what}", lang), ylim=(len(rows) - 0.5, -0.5))
        axis.grid(axis="y", visible=False)
        sns.despine(ax=axis, left=True)
    pair[0].set_yticks(range(len(rows)), [name_of(twin, lang) for twin in rows])
    figure.suptitle(_say("changes", lang), x=0.02, ha="left", size=11)
    return figure


def _difference(axis: Axes, row: int, gap) -> None:
    ends = gap["ci95"]
    sure = ends is not None and (ends[0] > 0 or ends[1] < 0)
    colour = ORANGE if sure and gap["mean"] < 0 else BLUE if sure else GREY
    if ends is not None:
        axis.plot(ends, [row, row], color=colour, lw=2)
    axis.plot([gap["mean"]], [row], "o", color=colour, mfc=colour if sure else "white", ms=7)


def lucky(found: Fates, lang: str = "en") -> Figure:
    """Of all differences among these lives, luck's share; a bar an outcome."""
    plots.use(lang)
    figure, (axis,) = _bare(2.5)
    for row, what in enumerate(reading.OUTCOMES):
        share = reading.share_of_luck(found, what)
        axis.barh(row, share, color="#C9C9C9", height=0.55)
        axis.barh(row, 100 - share, left=share, color="#009E73", height=0.55)
        _part(axis, row, 0, share)
        _part(axis, row, share, 100 - share)
    names = [SAYS.word("heads", what, lang) for what in reading.OUTCOMES]
    axis.set_yticks(range(len(names)), names)
    axis.set(xlim=(0, 100), ylim=(len(names) - 0.5, -0.6), xlabel=_say("variance", lang))
    axis.set_title(_say("lucky", lang))
    handles = [plt.Rectangle((0, 0), 1, 1, color=c) for c in ("#C9C9C9", "#009E73")]
    figure.legend(handles, [_say("luck", lang), _say("done", lang)], ncols=2, frameon=False,
                  fontsize=8.5, handlelength=1, loc="outside lower center")  # fmt: skip
    axis.grid(False)
    sns.despine(ax=axis, left=True)
    return figure


def _part(axis: Axes, row: int, left: float, wide: float) -> None:
    if wide >= NARROW:
        axis.text(left + wide / 2, row, f"{wide:.0f}", ha="center", va="center", size=9.5)


def income(found: Fates, lang: str = "en") -> Figure:
    """RMB a month by stream, a bar a twin: the mean, and in words how far futures lie apart."""
    plots.use(lang)
    table = reading.streams(found)
    kept = [stream for stream in table if table[stream].max() > 0]
    figure, (axis,) = _bare(1.5 + 0.55 * len(table))
    for row, (twin, parts) in enumerate(table.iterrows()):
        left = 0.0
        for k, stream in enumerate(kept):
            axis.barh(row, parts[stream], left=left, color=COLOURS[k], height=0.4)
            left += parts[stream]
        _months(axis, found, str(twin), row, lang)
    axis.set_yticks(range(len(table)), [name_of(str(twin), lang) for twin in table.index])
    axis.set(xlabel=_say("month", lang), ylim=(len(table) - 0.5, -0.8))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axis.set_title(_say("income", lang))
    handles = [plt.Rectangle((0, 0), 1, 1, color=COLOURS[k]) for k in range(len(kept))]
    figure.legend(handles, [reading.stream_name(s, lang) for s in kept], ncols=3, frameon=False,
                  fontsize=8.5, handlelength=1, loc="outside lower center")  # fmt: skip
    axis.grid(axis="y", visible=False)
    sns.despine(ax=axis, left=True)
    return figure


def _months(axis: Axes, found: Fates, twin: str, row: int, lang: str) -> None:
    """How far months lie apart, above the bar."""
    months = reading.outcome(found, "income")
    each = reading.own(found, "income") if twin == YOU else months[:, found.of(twin)]
    low, high = np.quantile(each, [0.1, 0.9])
    text = _say("between", lang, each.mean(), low, high)
    axis.text(0, row - 0.24, text, size=8, color=INK, va="bottom")


def switched(before: Fates, after: Fates, name: str, lang: str = "en") -> Figure:
    """What each change does with a mechanism on and off, from the same seeds."""
    plots.use(lang)
    figure, pair = _bare(1.4 + 0.45 * len(before.twins), 2, sharey=True)
    for axis, what in zip(pair, ("followers", "trust"), strict=True):
        axis.axvline(0, color=GREY, lw=1)
        for found, colour, mark, up in ((before, INK, "o", -0.14), (after, ORANGE, "D", 0.14)):
            for row, twin in enumerate(before.twins):
                gap = reading.against(found, twin, what)
                if gap["ci95"] is not None:
                    axis.plot(gap["ci95"], [row + up] * 2, color=colour, lw=2)
                axis.plot([gap["mean"]], [row + up], mark, color=colour, ms=5.5)
        axis.set(xlabel=_say(f"less_{what}", lang), ylim=(len(before.twins) - 0.5, -0.5))
        axis.grid(axis="y", visible=False)
        sns.despine(ax=axis, left=True)
    pair[0].set_yticks(range(len(before.twins)), [name_of(twin, lang) for twin in before.twins])
    head = _say("switched", lang, SAYS.word("switches", name, lang))
    figure.suptitle(head, x=0.02, ha="left", size=11)
    handles = [plt.Line2D([], [], color=c, marker=m, lw=2) for c, m in ((INK, "o"), (ORANGE, "D"))]
    figure.legend(handles, [_say("on", lang), _say("off", lang)], ncols=2, frameon=False,
                  fontsize=8.5, loc="outside lower center")  # fmt: skip
    return figure
