"""Agents by name, and every one of them held to the contract."""

import pytest

from agents.check import check_agent
from agents.registry import BUILT_IN, UnknownAgent, create, find


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_every_built_in_agent_keeps_the_contract(name):
    check_agent(create(name))


def test_only_the_oracle_and_the_house_see_the_truth():
    assert {n for n in BUILT_IN if getattr(find(n), "privileged", False)} == {"oracle", "house"}


def test_a_misspelt_agent_is_told_its_name():
    with pytest.raises(UnknownAgent, match=r"got 'two_towr'.*two_tower"):
        create("two_towr")


def test_an_agent_may_live_in_a_file_or_a_module(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from agents.base import ScoreAgent\n"
        "class Longest(ScoreAgent):\n"
        "    def score(self, observation, ids):\n"
        "        return observation.catalog.duration[(ids - 1) % self.capacity]\n"
    )
    check_agent(create(f"{file}:Longest"))
    assert find("agents.recommender.mf:MF") is find("mf")


def test_a_file_without_the_class_says_what_it_has(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("class Other: pass\n")
    with pytest.raises(UnknownAgent, match=r"must define Longest; it has .*Other"):
        create(f"{file}:Longest")
