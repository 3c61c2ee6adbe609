"""The registry of metrics is whole: all that is measured is in it, and all in it can be read."""

import math
import re
from pathlib import Path

import pytest
import torch
from worlds import live_through, nano_rules

from sim.lab.run import record
from sim.measure import Window, measure_day, metrics
from sim.measure.metrics import LANGS, MEASURES, measure
from sim.presets.errors import BadInput
from sim.seats.recommender.tallies import Tallies
from sim.world.state import World

UNITS = {"min", "count", "bits", "cosine", "correlation", "nats", "0..1", "share", "yuan", "sd", ""}
OWN = {"r", "l", "days"}  # of an episode: return and length as Gymnasium names them, days


@pytest.fixture(scope="module")
def rows():
    """A month and a day of a small world, so that everything is told once."""
    rules, window, found = nano_rules("size.viewers=60", "size.live=200"), None, []

    def look(world: World, events):
        nonlocal window
        window = window or Window.empty(world)
        found.extend(measure_day(world, events, window))

    world, events = live_through(rules, days=1, pages=2)
    for day in range(31):
        moved = World(**{**vars(world), "day": torch.tensor(day)})
        look(moved, events if day < 5 else [])
    return found


def test_every_metric_that_a_day_measures_is_in_the_registry(rows):
    names = {metric for metric, *_ in rows}
    assert names <= set(MEASURES)
    assert {"return_rate", "dau_over_mau", "regret_rate", "exposure_share"} <= names


def test_every_value_lies_in_the_range_of_its_metric_and_is_a_number(rows):
    for metric, _, value in rows:
        low, high = measure(metric).range
        assert math.isfinite(value) and low <= value <= high, (metric, value)


def test_every_measure_of_an_episode_is_in_the_registry():
    assert set(Tallies(2, 5, torch.device("cpu")).measures()) - OWN <= set(MEASURES)


def test_the_table_of_the_interface_has_every_metric_and_no_other():
    page = (Path(__file__).parents[3] / "docs/interface.md").read_text(encoding="utf-8")
    chapter = page.partition("## Measures, by day")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in chapter.splitlines() if line.startswith("| ")]
    named = [name for cell in rows[1:] for name in re.findall(r"[a-z_]+[*]?", cell)]
    assert sorted(named) == sorted([*MEASURES, "learn_*"])


@pytest.mark.parametrize("name", [*MEASURES, "learn_loss"])
def test_every_entry_is_whole(name):
    entry = measure(name)
    assert entry.raw_unit in UNITS and entry.kind in ("flow", "stock")
    assert entry.better in (-1, 0, 1) and entry.range[0] < entry.range[1]
    assert entry.percent <= (entry.raw_unit == "share")
    assert entry.source and not re.search(r"[.,;]$", entry.source)
    for lang, end in zip(LANGS, (".", "。"), strict=True):
        assert entry.plain(lang).endswith(end) and len(entry.plain(lang)) > 8
        assert entry.name(lang) == entry.name(lang).strip() != ""
        assert entry.label(lang).startswith(entry.name(lang))
        assert bool(re.search("[一-鿿]", entry.plain(lang))) == (lang == "zh")


@pytest.mark.parametrize("lang", LANGS)
def test_no_two_metrics_are_called_the_same(lang):
    labels = [each.label(lang) for each in MEASURES.values()]
    assert len(set(labels)) == len(labels)


def test_shares_alone_are_shown_in_per_cent_and_inequality_as_a_gini():
    assert measure("finish_rate").show(0.0512) == "5.12"
    assert measure("finish_rate").change(0.0512, "en") == "+5.12 points"
    assert measure("finish_rate").change(-0.0512, "zh") == "−5.12 个百分点"
    assert measure("creator_gini").show(0.0512) == "0.051"
    assert measure("creator_gini").label("zh") == "创作者曝光不均（基尼系数）"
    assert measure("active_viewers").label("en") == "Daily active users (users)"


@pytest.mark.parametrize("name", ["watch_minute", "loss", ""])
def test_an_unknown_metric_is_an_error_and_never_a_share(name):
    with pytest.raises(BadInput, match="unknown metric"):
        measure(name)
    with pytest.raises(BadInput, match="unknown metric"):
        record.frame({(0, "x"): [(0, name, "all", 1.0)]})


def test_the_error_names_the_nearest_metric():
    with pytest.raises(BadInput, match=r"got 'return_rat'\. Did you mean 'return_rate'\?"):
        measure("return_rat")


def test_what_an_agent_reports_goes_by_its_own_word():
    entry = measure("learn_loss")
    assert (entry.name("en"), entry.name("zh")) == ("Learning: loss", "训练：loss")
    table = record.frame({(0, "x"): [(0, "learn_loss", "agent", 1.0), (0, "harm", "all", 0.1)]})
    assert table["unit"].tolist() == ["", "0..1"]


def test_those_that_matter_most_come_first():
    names = ["hide_rate", "coverage", "harm", "watch_minutes"]
    assert metrics.ordered(names) == ["watch_minutes", "coverage", "hide_rate", "harm"]
