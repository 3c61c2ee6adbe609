"""A5: which policies pass, which fail, by what, and on which public seed to see it."""

import tomllib

import pytest
from made_exams import PUBLIC, Marked, loses_what_it_got_wrong, met

from sim.lab.assignments.command import STARTERS, starter
from sim.lab.assignments.moderating import Moderating
from sim.lab.assignments.told import text

FEW = [9001]  # of a test: where marks are made they are drawn
MANY = [9001, 9002, 9003, 9004, 9005, 9006, 9007, 9008]
BOUNDS = {"wrongful", "open", "barred", "staff"}
ALL = set(Moderating.points)


def everywhere(head: str = "", **lines: float) -> str:
    """A policy with the same lines for every kind of harm."""
    rule = "\n".join(f"{action} = {line}" for action, line in lines.items())
    return head + "".join(f"\n[{kind}]\n{rule}" for kind in "ABCDE")


VIEWS = "split = {reports = 0.1, views = 0.9, audit = 0.0}\n"
RIGHT = {
    "suspends": everywhere("strikes = 2\ndays = 30\n", limit=0.05),
    "keeps out of feeds": everywhere(VIEWS, limit=0.01),
    "works by people": everywhere("strikes = 2\ndays = 30\n" + VIEWS, review=0.005),
}
NEVER = {"remove": 1, "review": 1, "limit": 1, "label": 1, "gate": 1, "demonetise": 1}
WRONG = {  # and the marks that it has; the first five are lived in the ordinary suite
    "nothing": (everywhere("hours = 0\nsweep = 0\nstrikes = 0\n", **NEVER), {"policy"}),
    "takes all down": (everywhere(remove=0), {"policy"}),
    "the house's own": ("hours = 0.28", {"policy", "harm_nothing", *BOUNDS}),
    "an eager machine": (everywhere("hours = 0\n", remove=0.02),
                         {"policy", "harm_nothing", "staff"}),
    "bars at once": (everywhere("strikes = 1\ndays = 90\n", remove=0.3),
                     {"policy", "harm_nothing", "wrongful", "staff"}),
    "hides all": (everywhere(limit=0), {"policy"}),
    "hours without end": ("hours = 5\nstrikes = 2\ndays = 30",
                          {"policy", "harm_nothing", "wrongful", "open", "barred"}),
    "reads reports alone": (everywhere("split = {reports = 1, views = 0, audit = 0}\n", remove=0.9),
                            {"policy", "harm_nothing", *BOUNDS}),
}  # fmt: skip


class Short(Moderating):
    """The exam with one public seed."""

    public = PUBLIC


marked = Marked(Short())


@pytest.mark.parametrize("name", RIGHT)
def test_each_of_three_different_right_policies_has_all_but_what_strict_may_cost(name):
    verdict = marked(RIGHT[name], FEW)
    assert met(verdict) >= ALL - {"harm_strict"}, text(verdict, "policy.toml", "en")


@pytest.mark.parametrize("name", list(WRONG)[:5])
def test_each_wrong_policy_loses_what_it_got_wrong(name):
    policy, has = WRONG[name]
    verdict = marked(policy, FEW)
    told = text(verdict, "policy.toml", "zh")
    # on one seed whether harm comes near strict's is luck, here as for the right ones
    loses_what_it_got_wrong(verdict, has | {"harm_strict"}, told, FEW)


def test_both_starters_are_the_same_policy_which_does_not_do_yet():
    policies = [tomllib.loads(starter(Moderating(), lang)) for lang in ("en", "zh")]
    assert policies[0] == policies[1] and len(list(STARTERS.glob("A5_*"))) == 2
    assert met(marked(starter(Moderating(), "en"), FEW)) == ALL - {"harm_house", "harm_strict"}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*RIGHT, *WRONG])
def test_over_eight_seeds_each_policy_has_its_marks_and_no_others(name):
    policy, has = WRONG[name] if name in WRONG else (RIGHT[name], ALL)
    verdict = marked(policy, MANY)
    assert met(verdict) - {"harm_strict"} == has - {"harm_strict"}, text(verdict, "p.toml", "en")
