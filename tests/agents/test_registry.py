"""Agents by seat and name, and every one of them held to the contract."""

import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest
import torch

from agents import registry
from agents.base import ScoreAgent
from agents.check import ContractBroken, check_agent
from agents.registry import BUILT_IN, UnknownAgent, create, find, names

RECOMMENDERS = sorted(BUILT_IN["recommender"])
LONGEST = (
    "from agents.base import ScoreAgent\n"
    "class Longest(ScoreAgent):\n"
    "    def score(self, observation, ids):\n"
    "        return observation.catalog.duration[(ids - 1) % self.capacity]\n"
)


@pytest.mark.parametrize("name", RECOMMENDERS)
def test_every_built_in_agent_keeps_the_contract(name):
    check_agent(create(name))


def test_only_the_oracle_and_the_house_see_the_truth():
    seeing = {n for n in RECOMMENDERS if getattr(find(n), "privileged", False)}
    assert seeing == {"oracle", "house"}


def test_an_agent_lives_in_the_folder_of_its_seat():
    for seat, agents in BUILT_IN.items():
        assert all(place.startswith(f"agents.{seat}.") for place in agents.values())


def test_a_misspelt_agent_is_told_its_name():
    with pytest.raises(UnknownAgent, match=r"got 'two_towr'.*two_tower"):
        create("two_towr")


def test_a_misspelt_seat_is_told_its_name():
    with pytest.raises(UnknownAgent, match=r"unknown seat; got 'recomender'.*'recommender'"):
        find("mf", "recomender")
    with pytest.raises(UnknownAgent, match=r"unknown seat; got 'moderater'.*'moderator'"):
        check_agent(create("mf"), seat="moderater")


def test_a_vacant_seat_takes_no_agent(monkeypatch, seat="moderator"):
    monkeypatch.setattr("agents.registry.BUILT_IN", {**BUILT_IN, seat: {}})
    for ask in (names, lambda seat: find("mf", seat), lambda seat: create(ScoreAgent, seat)):
        with pytest.raises(
            UnknownAgent, match=f"'{seat}', which is vacant.*: recommender, creator"
        ):
            ask(seat)
    with pytest.raises(UnknownAgent, match="vacant"):
        check_agent(create("mf"), seat=seat)


def test_names_are_those_of_a_seat(monkeypatch):
    """With a creator's agent that goes by the name of a recommender."""
    table = {**BUILT_IN, "creator": {"random": "agents.recommender.popular:Popular"}}
    monkeypatch.setattr(registry, "BUILT_IN", table)
    assert find("random", "creator") is find("popular") is not find("random")
    with pytest.raises(UnknownAgent, match=r"unknown agent; got 'mf'\..*Known: random"):
        find("mf", "creator")


def test_an_agent_that_names_its_seat_takes_no_other(monkeypatch):
    class Writer(ScoreAgent):
        seat = "creator"

    with pytest.raises(UnknownAgent, match="got Writer, a creator, for the recommender's"):
        find(Writer)


def test_an_installed_package_may_bring_agents_for_a_seat(monkeypatch):
    def points(group):
        mine = EntryPoint("mine", "agents.recommender.mf:MF", "shortvideo.agents")
        return EntryPoints([mine]).select(group=group)

    monkeypatch.setattr(registry, "entry_points", points)
    assert find("mine") is find("mf") and "mine" in names()


def test_an_agent_may_live_in_a_file_or_a_module(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(LONGEST)
    check_agent(create(f"{file}:Longest"))
    assert find("agents.recommender.mf:MF") is find("mf")


def test_two_files_of_one_name_are_two_agents(tmp_path):
    made = []
    for folder, name in (("a", "Longest"), ("b", "Other")):
        (tmp_path / folder).mkdir()
        file = tmp_path / folder / "mine.py"
        file.write_text(LONGEST.replace("Longest", name))
        made.append(find(f"{file}:{name}"))
    assert all(getattr(sys.modules[kind.__module__], kind.__name__) is kind for kind in made)


def test_a_file_without_the_class_says_what_it_has(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("class Other: pass\nnumber = 3\n")
    with pytest.raises(UnknownAgent, match=r"must define Longest; it has .*Other"):
        create(f"{file}:Longest")
    with pytest.raises(UnknownAgent, match="must define number as a class; got int"):
        create(f"{file}:number")


@pytest.mark.parametrize(
    "text, told",
    [
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("1 / 0", "ZeroDivisionError"),
        ("import nowhere_at_all", "ModuleNotFoundError"),
        ("def broken(:", "SyntaxError"),
        ("\0", "SyntaxError|ValueError"),
    ],
)
def test_a_file_that_does_not_import_is_told_with_what_it_raised(tmp_path, text, told):
    file = tmp_path / "mine.py"
    file.write_text(text)
    before = set(sys.modules)
    with pytest.raises(UnknownAgent, match=f"module must import; got .*{told}"):
        create(f"{file}:Longest")
    assert not {name for name in set(sys.modules) - before if name.startswith("agent_")}


@pytest.mark.parametrize("what", ["where nobody", ":X", "..up:X", "no.where:X", "gone.py:X", ""])
def test_a_place_where_there_is_no_agent_is_refused(what):
    with pytest.raises(UnknownAgent):
        find(what)


def test_what_a_module_or_a_class_sets_as_it_is_loaded_is_undone(tmp_path):
    file = tmp_path / "mine.py"
    setting = "torch.set_default_dtype(torch.float64); torch.set_default_device('meta')"
    inside = f"    def __init__(self):\n        {setting}\n"
    file.write_text(f"import torch\n{setting}\n{LONGEST}{inside}")
    create(f"{file}:Longest")
    assert torch.empty(1).dtype == torch.float32 and torch.empty(1).device.type == "cpu"


def test_the_check_names_what_a_class_changes_for_all():
    class Doubles(ScoreAgent):
        def score(self, observation, ids):
            torch.set_default_dtype(torch.float64)
            return ids.float()

    with pytest.raises(ContractBroken, match="default dtype"):
        check_agent(Doubles)
    assert torch.get_default_dtype() == torch.float32
