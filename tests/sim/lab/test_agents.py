"""The agents of a run: labels of their own, and nothing that one leaves to another."""

import actors
import pytest
import torch

import sim
from agents.base import ScoreAgent
from agents.recommender.popular import Popular
from sim.lab.run.agents import cast, named
from sim.presets.errors import BadInput

SMALL = {"sessions.scale": 0.03, "size.viewers": 80, "run.report": False, "run.lift": False}


def called(name: str, **more) -> type:
    """A class of any name."""
    return type(name, (actors.Steady,), more)


def labels(agents, baseline="random", **settings):
    found, base = cast(agents, baseline, settings)
    return [agent.label for agent in found], base and base.label


def test_a_class_called_like_the_baseline_takes_nothing_of_its():
    assert labels([called("random")]) == (["random-2"], "random")
    assert labels([called("Random")]) == (["Random-2"], "random")
    assert labels(["mf", called("popular")], "popular") == (["mf", "popular-2"], "popular")


def test_a_class_called_like_an_agent_that_does_not_run_is_told_apart_from_it():
    assert labels([called("mf")]) == (["mf-2"], "random")


def test_the_baseline_among_other_agents_lives_once_and_they_are_held_against_it():
    assert labels(["mf", "popular", "random"]) == (["mf", "popular"], "random")
    assert labels(["random", "mf"]) == (["mf"], "random")
    assert labels(["popular", "agents.recommender.random:Random"]) == (["popular"], "random")
    assert labels(["random", "random"]) == (["random-2"], "random")  # equals, side by side
    assert labels(["mf", "popular"], "popular") == (["mf"], "popular")
    assert labels(["random", "mf"], None) == (["random", "mf"], None)
    assert (
        cast(["mf", "popular"], "popular", {}, loaded=True)[1] is None
    )  # it starts as no baseline


def test_differences_from_a_baseline_that_was_asked_for_too_are_those_from_the_default():
    asked, plain = (
        sim.simulate(list(names), world="nano", days=2, settings=SMALL, quiet=True)
        for names in (("mf", "random"), ("mf",))
    )
    assert asked.summary["difference"]["watch_minutes"]["mean"]
    assert asked.summary["difference"] == plain.summary["difference"]
    assert len(asked.metrics) == len(plain.metrics)


def test_an_agent_that_runs_alone_is_no_baseline_unless_it_is_another():
    assert labels(["random"]) == (["random"], None)
    assert labels([Popular], "popular") == (["popular"], None)
    assert labels(["popular"], "popular", prior=3.0) == (["popular-2"], "popular")
    mine = Popular()
    assert labels([mine], "popular") == (["popular-2"], "popular")
    assert labels([mine], mine) == (["popular"], None)
    assert labels(["mf"], None) == (["mf"], None)


@pytest.mark.parametrize(
    "name, label",
    [
        ("../x", "_x"),
        ("a/b\\c:d", "a_b_c_d"),
        ("..", "agent"),
        ("", "agent"),
        ("<b>&", "_b_"),
        ("a\nb", "a_b"),
        ("推荐", "推荐"),
        ("x" * 300, "x" * 60),
    ],
)
def test_any_class_has_a_label_that_any_system_takes_as_a_folder(name, label):
    assert labels([called(name)], None) == ([label], None)


def test_labels_differ_even_where_a_disk_makes_no_difference_of_capitals():
    kinds = [called("Mine"), called("mine"), called("Mine-2"), called("x" * 99), called("x" * 98)]
    found, _ = labels(kinds, None)
    assert len({label.casefold() for label in found}) == 5


def test_a_run_of_badly_named_classes_writes_in_its_own_folder_alone(tmp_path):
    kinds = [called("../../x"), called("random"), called("../../x")]
    folder = tmp_path / "a" / "b"
    found = sim.simulate(kinds, "nano", 1, out=folder, settings=SMALL, quiet=True)
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["b"]
    arms = sorted(p.name for p in (folder / "checkpoint").iterdir())
    assert arms == ["0-_.._x", "0-_.._x-2", "0-random", "0-random-2"]
    assert found.summary["baseline"] == "random"
    shown = found.events.groupby("agent", observed=True)["video"].apply(list)
    assert len(shown) == 4 and shown["random"] != shown["random-2"] == shown["_.._x"]


def test_what_one_agent_makes_of_a_setting_is_not_handed_to_the_next():
    class Lists(ScoreAgent):
        layers = [8]  # noqa: RUF012

    (agent,) = named([Lists], {"layers": [16, 8]})
    agent.fresh().layers.append(99)
    assert agent.fresh().layers == [16, 8]


def test_a_setting_of_an_agent_is_a_number_that_there_is():
    for value in (float("nan"), float("inf")):
        with pytest.raises(
            BadInput, match=r"agent\.temperature of mf is a number .* got (nan|inf)"
        ):
            named(["mf"], {"temperature": value})


class Doubles(actors.Steady):
    """Changes what holds for all, wherever it can."""

    def __init__(self):
        self.meddle()

    def meddle(self):
        torch.set_default_dtype(torch.float64)
        torch.set_default_device("meta")
        torch.set_num_threads(2)
        torch.set_grad_enabled(False)
        torch.use_deterministic_algorithms(True)

    def reset(self, catalog, **more):
        super().reset(catalog, **more)
        self.meddle()

    def score(self, observation, ids):
        assert torch.empty(1).dtype == torch.float64  # its own settings hold for itself
        assert torch.empty(1).device.type == "meta"
        with torch.device("cpu"):
            return super().score(observation, ids)


def test_a_class_that_changes_torchs_defaults_hurts_nobody_else():
    alone = sim.simulate("mf", "nano", 2, settings=SMALL, quiet=True)
    beside = sim.simulate([Doubles, "mf"], "nano", 2, settings=SMALL, quiet=True)
    assert torch.empty(1).dtype == torch.float32 and torch.empty(1).device.type == "cpu"
    assert torch.is_grad_enabled() and torch.get_num_threads() == 1
    assert not torch.are_deterministic_algorithms_enabled()
    metrics = beside.metrics
    for agent in ("mf", "random"):
        one = alone.metrics[alone.metrics["agent"] == agent].reset_index(drop=True)
        assert one.equals(metrics[metrics["agent"] == agent].reset_index(drop=True))
    steady = sim.simulate(actors.Steady, "nano", 2, settings=SMALL, quiet=True, baseline=None)
    mine = metrics[(metrics["agent"] == "Doubles")].reset_index(drop=True)
    assert mine["value"].tolist() == steady.metrics["value"].tolist()


def test_who_exits_on_being_made_is_refused():
    class Exits(actors.Steady):
        def __init__(self):
            raise SystemExit(0)

    with pytest.raises(BadInput, match=r"made without arguments.*SystemExit: 0"):
        named([Exits])


@pytest.mark.parametrize(
    ("agent", "setting", "value"),
    [
        ("mf", "factors", -1),
        ("mf", "batch", 0),
        ("mf", "learning_rate", -1.0),
        ("bpr", "tries", 0),
        ("ncf", "hidden", 0),
        ("two_tower", "memory", 1.5),
        ("reinforce", "cap", -1.0),
        ("popular", "prior", -3.0),
        ("house", "even_share", 2.0),
        ("mf", "temperature", float("nan")),
    ],
)
def test_an_agents_settings_have_ranges(agent, setting, value):
    with pytest.raises(BadInput, match=f"agent.{setting} of {agent} is .* from [0-9.]+ to"):
        named([agent], {setting: value})
