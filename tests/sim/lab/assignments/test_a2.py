"""A2: which submissions pass, which fail, by what, and on which public seed to see it."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from sim.lab.assignments.cell import Limits
from sim.lab.assignments.recommender import Recommender
from sim.lab.assignments.sitting import examined
from sim.lab.assignments.told import text
from sim.lab.assignments.words import fault_text

HANDED_IN = Path(__file__).parent / "handed_in"
HEAD = "import os, sys, time, torch\nfrom agents.base import ScoreAgent\n"
AGENT = HEAD + "class Agent(ScoreAgent):\n    def score(self, observation, ids):\n        "
HIDDEN = [9001]  # of a test: where marks are made they are drawn


class Short(Recommender):
    """The exam with one public seed."""

    public = (1,)


class Hasty(Short):
    """On a tiny platform, and without patience."""

    limits = Limits(cpu_s=2, wall_s=20.0)
    size: ClassVar = {"size.viewers": 60, "size.live": 100}


@pytest.fixture(scope="module")
def base():
    exam = Short()
    return {seed: exam.base(seed) for seed in (*exam.public, *HIDDEN)}


VERDICTS: dict = {}


def marked(name: str, base):
    """The verdict on one of the files handed in, once for all tests."""
    if name not in VERDICTS:
        source = (HANDED_IN / f"{name}.py").read_text("utf-8")
        VERDICTS[name] = examined(Short(), source, HIDDEN, base)
    return VERDICTS[name]


def met(verdict) -> set[str]:
    return {mark.key for mark in verdict.marks if mark.met}


NEAR = {"watch_mf", "satisfaction_mf"}  # that a right submission may miss


@pytest.mark.parametrize("name", ["right_numpy", "right_torch", "right_wrapped"])
def test_each_of_three_different_right_submissions_has_all_but_what_mf_alone_may_cost(name, base):
    verdict = marked(name, base)
    assert met(verdict) >= set(Recommender.points) - NEAR, text(verdict, "agent.py", "en")
    assert verdict.score >= 80 and verdict.fault is None


def test_a_posterior_beats_the_reference_mf(base):
    assert "watch_mf" in met(marked("right_wrapped", base))


@pytest.mark.parametrize(
    ("name", "points", "lost"),
    [
        ("wrong_constant", 20, {"watch_random", "newcomers", "satisfaction_popular"}),
        ("wrong_followers", 40, {"newcomers", "watch_popular", "satisfaction_popular"}),
        ("wrong_noise", 75, {"contract", "watch_mf"}),
        ("wrong_oracle", 0, set(Recommender.points)),
        ("wrong_rows", 0, set(Recommender.points)),
        ("wrong_shape", 0, set(Recommender.points)),
    ],
)
def test_each_wrong_submission_loses_what_it_got_wrong(name, points, lost, base):
    verdict = marked(name, base)
    assert verdict.score <= points and not met(verdict) & lost, text(verdict, "agent.py", "en")


def test_every_missed_mark_names_a_public_seed_and_never_a_hidden_one(base):
    for name in ("wrong_constant", "wrong_followers", "wrong_shape"):
        verdict = marked(name, base)
        missed = [mark for mark in verdict.marks if not mark.met]
        assert missed and all(mark.replay in Short.public for mark in missed)
        for lang in ("en", "zh"):
            told = text(replace(verdict, student="x"), "agent.py", lang)
            assert f"--seed {missed[0].replay}" in told
            assert not any(str(seed) in told for seed in HIDDEN)


@pytest.mark.parametrize(
    ("source", "kind", "told"),
    [
        ("class Agent(\n", "syntax", "line 1"),
        ("import nothing_like_it\n", "import", "nothing_like_it"),
        (HEAD + "class Mine(ScoreAgent):\n    pass\n", "class", "Mine"),
        (HEAD + "sys.exit(0)\n", "exit", "sys.exit"),
        (HEAD + "os._exit(0)\n", "exit", "sys.exit"),
        (AGENT + "os._exit(3)\n", "exit", "act"),
        (AGENT + "return 1 / 0\n", "raised", "ZeroDivisionError"),
        (AGENT + "return torch.full(ids.shape, torch.nan)\n", "raised", "finite"),
        (AGENT + "return [torch.empty(10**7) for _ in range(10**5)]\n", "memory", "memory"),
        (AGENT + "while True: pass\n", "cpu", "tensors in place of loops"),
        (AGENT + "time.sleep(1000)\n", "slow", "sleep"),
        (AGENT + "while True: os.fork()\n", "raised", "starts no process"),
        (AGENT + "open('/tmp/forged', 'w').write('100')\n", "raised", "no file"),
        (AGENT + "os.kill(os.getppid(), 9)\n", "raised", "starts no process"),
        (AGENT + "[os.write(k, b'{\"score\": 100}' * 999) for k in range(3, 9)]\n", "", ""),
        (HEAD + "class Agent:\n    def __init__(self, need): pass\n", "raised", "need"),
    ],
)  # fmt: skip
def test_whatever_a_submission_does_costs_itself_alone_and_is_told(source, kind, told):
    verdict = examined(Hasty(), source, HIDDEN, {})
    assert verdict.score == 0 and verdict.fault is not None
    assert verdict.fault["kind"] == kind or not kind
    assert told in fault_text(verdict.fault, "en")
    assert fault_text(verdict.fault, "zh") != fault_text(verdict.fault, "en")
    assert all(mark.replay == 1 for mark in verdict.marks)


def test_what_is_printed_reaches_the_student_and_no_mark():
    source = AGENT + "print('{\"score\": 100}'); return torch.zeros(2)\n"
    verdict = examined(Hasty(), source, HIDDEN, {})
    assert verdict.score == 0 and "score" in verdict.printed


def test_both_starters_are_the_same_code_and_run(base):
    from sim.lab.assignments.command import STARTERS, starter

    codes = []
    for lang in ("en", "zh"):
        code = compile(starter(Recommender(), lang), "agent.py", "exec", optimize=2)
        names = [k.co_consts for k in code.co_consts if hasattr(k, "co_consts")]
        codes.append([[c.co_code for c in some if hasattr(c, "co_code")] for some in names])
    assert codes[0] == codes[1] and len(list(STARTERS.glob("A2_*"))) == 2
    verdict = examined(Short(), starter(Recommender(), "en"), HIDDEN, base)
    assert {"contract", "watch_random", "satisfaction_random"} <= met(verdict)
