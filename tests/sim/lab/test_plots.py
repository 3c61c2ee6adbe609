"""Figures say what the tables say, in both languages, on any machine."""

import sys
import warnings

import made_tables
import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager
from matplotlib.colors import to_hex

import sim
from sim.lab import plots, stats
from sim.lab.drawing import forest
from sim.lab.drawing import intervals as numbers
from sim.lab.drawing.colours import GREY
from sim.lab.teaching.tables import three
from sim.measure import metrics as words

sys.path.insert(0, str(plots.ASSETS))
import make_font

matplotlib.use("Agg")
CHINESE = 0x2E80  # from here on stand Chinese characters and their full-width signs
METRICS, EVENTS, LIFT = made_tables.metrics(), made_tables.events(), made_tables.lift()


def test_the_bundled_font_has_every_letter_and_is_small():
    """Chinese in the bundled font, whatever is written anywhere a figure may take words from; and
    all that figures themselves say in it or in the one that every matplotlib has."""
    path = plots.ASSETS / "ShortvideoSansSC.otf"
    font = font_manager.get_font(str(path))
    spare = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    letters = {c for c in make_font.written() if c.isprintable()}
    lacking = {c for c in letters if not font.get_char_index(ord(c))}
    assert {c for c in lacking if ord(c) >= CHINESE} == set(), "run make_font.py"
    assert {c for c in lacking if not spare.get_char_index(ord(c))} == set()
    assert path.stat().st_size < 1_000_000
    assert "SIL OPEN FONT LICENSE" in (plots.ASSETS / "OFL.txt").read_text()


def test_use_lists_only_installed_fonts():
    plots.use("zh")
    assert set(matplotlib.rcParams["font.family"]) <= set(font_manager.get_font_names())


@pytest.mark.parametrize("lang", words.LANGS)
@pytest.mark.parametrize("name", plots.NAMES)
def test_every_figure_is_drawn_in_both_languages_without_a_missing_glyph(name, lang):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = plots.draw(name, METRICS, EVENTS, lang, privileged={"ncf"}, lift=LIFT)
        figure.canvas.draw()
    assert any(axis.has_data() for axis in figure.axes)


@pytest.mark.parametrize("name", plots.NAMES)
def test_one_seed_and_one_day_are_enough(name):
    agents = ("ncf", "random") if name == "difference" else ("ncf",)
    metrics = made_tables.metrics(seeds=(0,), agents=agents, days=1)
    lift = made_tables.lift((0,), pools=("all",))
    plots.draw(name, metrics, made_tables.events((0,), agents), lift=lift).canvas.draw()


def test_random_is_grey_and_a_privileged_agent_is_called_a_ceiling():
    figure = plots.draw("watch_minutes", METRICS, None, "en", privileged={"ncf"})
    lines = [line for line in figure.axes[0].get_lines() if line.get_lw() == 2]
    assert [line.get_linestyle() for line in lines] == ["--", "-"]
    assert to_hex(lines[1].get_color()) == GREY
    assert {t.get_text() for t in figure.axes[0].texts} == {"ncf (upper bound)", "random"}


def test_a_line_is_the_mean_over_seeds():
    figure = plots.draw("watch_minutes", METRICS)
    ncf, random = (line.get_ydata() for line in figure.axes[0].get_lines() if line.get_lw() == 2)
    assert random == pytest.approx([2.2] * 6)
    assert ncf == pytest.approx([3.201] * 6)


def test_below_five_seeds_each_is_a_thin_line_and_from_five_on_there_is_a_band():
    for seeds, thin, bands in (((0,), 0, 0), ((0, 1), 2, 0), (range(5), 0, 1)):
        table = made_tables.metrics(seeds, ("ncf",))
        axis = plots.draw("watch_minutes", table).axes[0]
        assert sum(line.get_lw() < 1 for line in axis.get_lines()) == thin
        assert len(axis.collections) == bands


@pytest.mark.parametrize("name", ["reach", "difference"])
def test_below_five_seeds_each_is_a_small_dot_and_from_five_on_there_is_an_interval(name):
    for seeds, small in (((0,), 0), ((0, 1), 2), (range(4), 4), (range(5), 0)):
        axis = plots.draw(name, made_tables.metrics(seeds)).axes[0]
        drawn = [line for line in axis.lines if len(line.get_ydata()) and line.get_lw()]
        dots = [line for line in drawn if line.get_marker() == "o" and line.get_ms() < 4]
        assert {len(dot.get_xdata()) for dot in dots} == ({small} if small else set())
        ends = [line for line in drawn if line.get_marker() == "None" and line.get_lw() == 2]
        assert bool(ends) == (len(seeds) >= 5)


def test_a_band_of_shares_stays_between_0_and_1():
    table = made_tables.metrics(range(5), ("ncf",))
    table.loc[table["metric"] == "satisfaction", "value"] *= table["seed"] / 4 + 0.01
    band = plots.draw("satisfaction", table).axes[1].collections[0]
    y = band.get_paths()[0].vertices[:, 1]
    assert y.min() >= 0 and y.max() <= 1


def test_lorenz_is_straight_where_all_are_equal_and_sags_where_one_has_most():
    curves = numbers.lorenz(EVENTS, "video")
    assert curves["random"][50] == pytest.approx(0.5)
    assert curves["ncf"][90] == pytest.approx(0.09)


def test_videos_that_only_the_other_agent_showed_count_as_holders():
    narrow = EVENTS[(EVENTS["agent"] == "random") | (EVENTS["video"] == 10)]
    assert numbers.lorenz(narrow, "video")["ncf"][90] == pytest.approx(0.0)


def test_a_difference_is_paired_by_seed_so_the_seeds_own_levels_drop_out():
    change = numbers.differences(METRICS, "ncf", "random")["watch_minutes"]
    assert change.mean == pytest.approx(1.001)
    assert change.lo > 0.99 and change.hi < 1.01


@pytest.mark.parametrize(
    "metric, verdict",
    [
        ("watch_minutes", "better"),
        ("regret", "worse"),
        ("video_gini", "worse"),
        ("topic_entropy", "changed"),
        ("return_rate", "unsure"),
    ],
)
def test_what_got_worse_is_called_worse(metric, verdict):
    change = numbers.differences(METRICS, "ncf", "random")[metric]
    kind, sign = numbers.marked(metric, change)
    assert kind == verdict and sign == stats.SIGNS[kind][0]


def test_one_seed_is_never_sure_and_its_sign_is_hollow():
    change = numbers.differences(made_tables.metrics(seeds=(0,)), "ncf", "random")["video_gini"]
    assert (change.lo, change.told, numbers.marked("video_gini", change)) == (
        None, None, ("worse", "□"),
    )  # fmt: skip


@pytest.mark.parametrize("seeds", [(0,), (0, 1, 2)])
def test_what_is_named_worse_is_in_the_figure(seeds):
    """Also what is not among the main measures, with the shape of its sign."""
    metrics = made_tables.metrics(seeds)
    rare = metrics[metrics["metric"] == "regret"].assign(metric="report_rate")
    metrics = pd.concat([metrics, rare], ignore_index=True)
    changes = numbers.differences(metrics, "ncf", "random")
    named = [m for m, x in changes.items() if numbers.is_worse(m, x)]
    axis = plots.draw("difference", metrics).axes[0]
    rows = {t.get_text(): y for t, y in zip(axis.get_yticklabels(), axis.get_yticks(), strict=True)}
    shape, colour = forest.VERDICTS["worse"][::-1]
    dots = [line for line in axis.lines if line.get_marker() in (shape, "<", ">")]
    at = {
        round(float(dot.get_ydata()[0])): dot.get_markerfacecolor()
        for dot in dots
        if dot.get_color() == colour and len(dot.get_ydata())
    }
    assert "report_rate" in named and len(named) > 2
    for metric in named:
        assert at[rows[words.measure(metric).name("en")]] == (
            "white" if len(seeds) == 1 else colour
        )


def test_the_same_figure_is_the_same_file(tmp_path):
    for stem in ("a", "b"):
        plots.save(plots.draw("watch_minutes", METRICS), tmp_path / stem)
    for end in (".png", ".svg"):
        one, two = ((tmp_path / stem).with_suffix(end) for stem in ("a", "b"))
        assert one.read_bytes() == two.read_bytes()


def test_lift_is_drawn_over_the_pool_with_its_ceiling_dashed_and_random_at_one():
    figure = plots.draw("lift", METRICS, None, "en", lift=LIFT)
    for axis in figure.axes:
        chance, oracle, ncf = axis.get_lines()
        assert list(chance.get_ydata()) == [1, 1]
        assert list(ncf.get_xdata()) == list(oracle.get_xdata()) == [10, 100, 1000]
        assert list(ncf.get_ydata()) == [1, 2, 4] and list(oracle.get_ydata()) == [1, 3, 9]
        assert (oracle.get_linestyle(), ncf.get_linestyle()) == ("--", "-")
        assert {t.get_text() for t in axis.texts} == {"oracle (upper bound)", "ncf"}


def test_an_agent_that_was_not_asked_has_no_line_of_lift():
    figure = plots.draw("lift", METRICS, None, "en", lift=made_tables.lift(asked=False))
    assert {t.get_text() for t in figure.axes[0].texts} == {"oracle (upper bound)"}


def test_errors_say_what_there_is():
    with pytest.raises(ValueError, match=r"got 'loss'\. There are watch_minutes"):
        plots.draw("loss", METRICS)
    with pytest.raises(ValueError, match="drawn from events"):
        plots.draw("lorenz", METRICS)
    with pytest.raises(ValueError, match="lift is drawn from lift_by_pool; got none"):
        plots.draw("lift", METRICS, lift={"ncf": []})
    with pytest.raises(ValueError, match="takes two agents"):
        plots.draw("difference", made_tables.metrics(agents=("ncf",)))
    with pytest.raises(ValueError, match="lang must be one of en, zh; got 'fr'"):
        plots.use("fr")


def test_only_what_the_tables_hold_is_offered():
    assert plots.drawable(METRICS, EVENTS, LIFT) == list(plots.NAMES)
    assert plots.drawable(METRICS, EVENTS) == [n for n in plots.NAMES if n != "lift"]
    alone = made_tables.metrics(agents=("ncf",))
    alone = alone[alone["metric"] == "watch_minutes"]
    assert plots.drawable(alone, None) == ["watch_minutes"]


def test_advertisements_are_in_no_figure_of_what_an_agent_chose():
    run = sim.simulate("popular", world="nano", days=2, quiet=True, baseline=None, truth=True)
    events, own = run.events, run.events[~run.events["ad"]]
    assert 0 < len(own) < len(events)
    for holder in ("video", "creator"):
        with_ads, without = (numbers.lorenz(e, holder)["popular"] for e in (events, own))
        assert np.array_equal(with_ads, without)
    assert three(events, "popular") == three(own, "popular")
    bars = plots.draw("watch_ratio", run.metrics, events).axes[0].patches[0].get_data().values
    assert np.array_equal(
        bars, plots.draw("watch_ratio", run.metrics, own).axes[0].patches[0].get_data().values
    )
