"""Every agent's name stands at its line: read back from the files that people see."""

import itertools

import made_tables
import matplotlib
import numpy as np
import pandas as pd
import pytest
import svg_text
from matplotlib.colors import rgb_to_hsv, to_hex, to_rgb
from matplotlib.patches import StepPatch
from matplotlib.text import Annotation

from sim.lab import plots
from sim.lab.drawing.colours import BUILT_IN, GREY, OTHERS, SEATS, colour_of, colours_of
from sim.lab.drawing.labels import placed

matplotlib.use("Agg")
CAST = ("popular", "mf", "ncf", "two_tower", "random")
PANELS = {"satisfaction": 2, "lift": 2, "lorenz": 2}  # others have one


def drawn(tmp_path, name, agents, lang="en", seeds=(0, 1)):
    """Of agents that come to the same: their lines lie upon each other."""
    metrics, events = (made(seeds, agents) for made in (made_tables.metrics, made_tables.events))
    lift = made_tables.lift(seeds, tuple(a for a in agents if a != "random"))
    plots.save(plots.draw(name, metrics, events, lang, lift=lift), tmp_path / name)
    return tmp_path / f"{name}.svg"


@pytest.mark.parametrize(("count", "lang"), [(1, "zh"), (2, "en"), (5, "en"), (5, "zh")])
@pytest.mark.parametrize("name", plots.NAMES)
def test_every_name_is_in_the_picture_in_its_colour_inside_and_clear_of_others(
    tmp_path, name, count, lang
):
    agents = CAST[-count:] if count > 1 else ("ncf",)
    if name == "difference" and count == 1:
        pytest.skip("a difference takes two agents")
    shown = [a for a in agents if not (name == "difference" and (a == "random" or count == 2))]
    shown = [a for a in shown if not (name == "lift" and a == "random")]
    path = drawn(tmp_path, name, agents, lang)
    width, height = svg_text.size(path.read_text(encoding="utf-8"))
    found = svg_text.texts(path)
    for agent in shown:
        mine = [t for t in found if agent in t.text.replace("，", " ").replace("：", " ").split()
                or t.text.split(":")[0] == agent or t.text.endswith(f"  {agent}")]  # fmt: skip
        assert len(mine) >= PANELS.get(name, 1), (agent, [t.text for t in found])
        for said in mine:
            assert said.x > 0 and said.right <= width and 0 < said.y <= height, said
        if name != "difference":  # there the colour is the verdict's
            assert {t.colour.lower() for t in mine} == {colour_of(agent).lower()}
    names = [t for t in found if t.text in agents]
    for one, two in itertools.combinations(names, 2):
        apart = abs(one.y - two.y) >= 8 or one.right < two.x or two.right < one.x
        assert apart, (one, two)


@pytest.mark.parametrize("name", ["lorenz", "watch_ratio", "satisfaction", "lift"])
def test_every_name_is_level_with_its_own_line_or_has_a_leader_to_it(name):
    metrics, events = (made((0, 1), CAST) for made in (made_tables.metrics, made_tables.events))
    lift = made_tables.lift((0, 1), CAST[:-1])
    figure = plots.draw(name, metrics, events, lift=lift)
    figure.canvas.draw()
    for axis in figure.axes:
        texts = [t for t in axis.texts if isinstance(t, Annotation)]
        said = [t for t in texts if t.get_text().split()[0].rstrip(":") in CAST]
        assert len(said) >= len(CAST) - 1
        for text in said:
            own = [points for colour, points in lines(axis) if colour == to_hex(text.get_color())]
            at = axis.transData.transform(text.xy)
            assert any(distance(at, points) < 2 for points in own), text.get_text()
            box = text.get_window_extent()
            assert text.arrow_patch or abs((box.y0 + box.y1) / 2 - at[1]) < 6, text.get_text()


def lines(axis):
    """(colour, corners in pixels) of all that is drawn."""
    for line in axis.lines:
        yield to_hex(line.get_color()), line.get_transform().transform(line.get_xydata())
    for step in axis.patches:
        if isinstance(step, StepPatch):
            yield (
                to_hex(step.get_edgecolor()),
                step.get_transform().transform(step.get_path().vertices),
            )


def distance(at, points):
    """From a point to the nearest corner, or place between two of them, in pixels."""
    if len(points) == 1:
        return float(np.hypot(*(points[0] - at)))
    one, two = points[:-1], points[1:]
    gap = two - one
    share = ((at - one) * gap).sum(1) / np.maximum((gap**2).sum(1), 1e-9)
    near = one + np.clip(share, 0, 1)[:, None] * gap
    return float(np.hypot(*(near - at).T).min())


def test_names_keep_the_order_of_their_lines(tmp_path):
    metrics = made_tables.metrics((0,), CAST)
    for k, agent in enumerate(CAST):
        metrics.loc[metrics["agent"] == agent, "value"] = 5 + 0.01 * k
    plots.save(plots.draw("watch_minutes", metrics), tmp_path / "order")
    found = {t.text: t.y for t in svg_text.texts(tmp_path / "order.svg") if t.text in CAST}
    assert sorted(found, key=lambda a: -found[a]) == list(CAST)


@pytest.mark.parametrize(
    ("wanted", "at"),
    [
        ([1.0, 5.0, 9.0], [1.0, 5.0, 9.0]),  # nothing is in the way
        ([5.0, 5.0], [4.5, 5.5]),
        ([0.0, 0.0, 0.0], [0.0, 1.0, 2.0]),  # the floor holds
        ([10.0, 10.0], [9.0, 10.0]),
        ([2.0, 5.0, 5.2, 5.4], [2.0, 4.2, 5.2, 6.2]),
    ],
)
def test_labels_are_moved_as_little_as_can_be(wanted, at):
    assert placed(wanted, 1.0, 0.0, 10.0) == pytest.approx(at)


def test_labels_never_cross_nor_leave_the_panel_and_share_what_room_there_is():
    draw = np.random.default_rng(0)
    for n in range(1, 30):
        wanted = sorted(draw.uniform(-0.2, 1.2, n))
        at = np.array(placed(wanted, 0.08, 0.0, 1.0))
        gap = min(0.08, 1 / (n - 1)) if n > 1 else 0
        assert (np.diff(at) >= gap - 1e-9).all() and at.min() >= -1e-9 and at.max() <= 1 + 1e-9


def test_no_move_of_one_label_alone_would_lie_closer_to_what_was_wanted():
    draw = np.random.default_rng(1)
    wanted = np.sort(draw.uniform(0, 1, 8))
    at = np.array(placed(wanted, 0.1, 0.0, 1.0))
    cost = ((at - wanted) ** 2).sum()
    for k, step in itertools.product(range(8), (-0.01, 0.01)):
        for end in range(k, 8):  # any run of neighbours moved together
            other = at.copy()
            other[k : end + 1] += step
            legal = (np.diff(other) >= 0.1 - 1e-9).all() and other.min() >= 0 and other.max() <= 1
            assert not legal or ((other - wanted) ** 2).sum() >= cost - 1e-9


def test_a_colour_belongs_to_an_agent_whatever_else_is_in_the_run():
    for agents in (("ncf", "mf"), ("mf", "ncf", "random"), ("house", "popular", "mf", "ncf")):
        figure = plots.draw("watch_minutes", made_tables.metrics((0,), agents), baseline="mf")
        lines = {t.get_text(): t.get_color() for t in figure.axes[0].texts}
        assert {a: to_hex(c) for a, c in lines.items()} == {a: colour_of(a).lower() for a in agents}
    assert colour_of("random") == GREY


def test_agents_of_a_figure_that_are_not_built_in_have_colours_of_their_own():
    mine = [f"agent_{k}.py:A" for k in range(len(OTHERS))]
    assert len({colour_of(name) for name in mine}) < len(OTHERS)  # by their letters alone
    found = colours_of([*mine, "random", "ncf"])
    assert len(set(found.values())) == len(mine) + 2
    assert found == colours_of(reversed([*mine, "random", "ncf"]))
    assert (found["random"], found["ncf"]) == (GREY, BUILT_IN["ncf"])


def test_a_run_s_agent_in_a_comparison_has_the_agent_s_colour_and_several_have_tones_of_it():
    assert colour_of("a2s2/ncf") == BUILT_IN["ncf"] and colour_of("old/random") == GREY
    what = {"long": "ncf", "old/ncf": "ncf", "old/random": "random"}
    found = colours_of(what, what)
    assert (found["long"], found["old/random"]) == (BUILT_IN["ncf"], GREY)
    hue = rgb_to_hsv(to_rgb(BUILT_IN["ncf"]))[0]
    assert rgb_to_hsv(to_rgb(found["old/ncf"]))[0] == pytest.approx(hue, abs=0.01)
    runs = [f"{run}/{agent}" for run in "abcd" for agent in ("bayes", "mf", "random")]
    assert len(set(colours_of(runs).values())) == len(runs)


def test_each_agent_has_a_band_or_a_line_for_each_seed_by_its_own_number_of_seeds():
    few, many = (made_tables.metrics(s, (a,)) for s, a in (((0, 1), "mf"), (range(5), "ncf")))
    figure = plots.draw("watch_minutes", pd.concat([few, many]), baseline="ncf")
    axis = figure.axes[0]
    colours = [to_hex(line.get_color()) for line in axis.lines]
    bands = {to_hex(band.get_facecolor()[0]) for band in axis.collections}
    assert colours.count(colour_of("mf").lower()) == 1 + 2
    assert colours.count(colour_of("ncf").lower()) == 1
    assert colour_of("ncf").lower() in bands and colour_of("mf").lower() not in bands


def test_no_two_built_in_agents_share_a_colour_and_every_built_in_agent_has_one():
    from agents.registry import built_in

    assert set(built_in()) <= set(BUILT_IN)
    for seat in ("creator", "moderator"):
        assert set(built_in(seat)) <= set(BUILT_IN) | set(SEATS)
    every = [*BUILT_IN.values(), *SEATS.values(), *OTHERS]
    assert len(set(every)) == len(every)
    assert colour_of("my_agent") == colour_of("my_agent") in OTHERS
