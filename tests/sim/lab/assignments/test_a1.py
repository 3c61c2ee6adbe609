"""A1: right functions have all marks, and almost right ones lose exactly theirs."""

import pytest

from sim.lab.assignments.command import STARTERS, starter
from sim.lab.assignments.measuring import Measuring
from sim.lab.assignments.sitting import examined
from sim.lab.assignments.words import fault_text

NUMPY = """
import numpy as np

def exposure(log, videos):
    return np.array([(log["video"].to_numpy() == v).sum() for v in videos])

def gini(amount):
    x = np.sort(np.asarray(amount, float))
    if x.sum() == 0:
        return np.nan
    n = len(x)
    return 2 * (np.arange(1, n + 1) * x).sum() / (n * x.sum()) - (n + 1) / n

def topic_entropy(log):
    found = []
    for viewer in np.unique(log["viewer"]):
        _, n = np.unique(log["category"][log["viewer"] == viewer], return_counts=True)
        found.append(-(n / n.sum() * np.log2(n / n.sum())).sum())
    return np.mean(found)

def luck_share(replays, videos):
    y = np.log1p([exposure(log, videos) for log in replays])
    n, k = y.shape
    between = n * ((y.mean(0) - y.mean()) ** 2).sum() / (k - 1)
    within = ((y - y.mean(0)) ** 2).sum() / (k * (n - 1))
    return 1 - min(1, max(0, (between - within) / (between + (n - 1) * within)))
"""
PANDAS = """
import numpy as np
import pandas as pd

def exposure(log, videos):
    return log.groupby("video").size().reindex(videos, fill_value=0).to_numpy()

def gini(amount):  # half the mean difference of all pairs, over the mean
    x = pd.Series(amount, dtype=float).to_numpy()
    return np.abs(x[:, None] - x).mean() / (2 * x.mean()) if x.any() else float("nan")

def topic_entropy(log):
    share = pd.crosstab(log["viewer"], log["category"], normalize="index")
    return float(-(share * np.log2(share.where(share > 0, 1))).sum(axis=1).mean())

def luck_share(replays, videos):
    y = pd.DataFrame([exposure(log, videos) for log in replays]).apply(np.log1p)
    within = y.var(ddof=1).mean()
    own = y.mean().var(ddof=1) - within / len(y)
    return float(np.clip(within / (within + own), 0, 1))
"""
TORCH = """
import torch

def exposure(log, videos):
    seen, count = torch.tensor(log["video"].to_numpy()).unique(return_counts=True)
    known = dict(zip(seen.tolist(), count.tolist()))
    return torch.tensor([known.get(int(v), 0) for v in videos])

def gini(amount):  # by the area under the Lorenz curve
    x = torch.as_tensor(amount).double().sort().values
    curve = torch.cat([torch.zeros(1), x.cumsum(0) / x.sum()])
    return 1 - (curve[1:] + curve[:-1]).sum() / len(x)

def topic_entropy(log):
    who = torch.tensor(log["viewer"].to_numpy()).unique(return_inverse=True)[1]
    counts = torch.zeros(int(who.max()) + 1, 99, dtype=torch.float64)
    what = torch.tensor(log["category"].to_numpy()).long()
    counts.index_put_((who, what), torch.ones(len(who), dtype=torch.float64), accumulate=True)
    return torch.distributions.Categorical(counts).entropy().mean() / torch.log(torch.tensor(2.0))

def luck_share(replays, videos):
    y = torch.stack([exposure(log, videos) for log in replays]).double().log1p()
    n = len(y)
    within, between = y.var(0).mean(), n * y.mean(0).var()
    return 1 - ((between - within) / (between + (n - 1) * within)).clamp(0, 1)
"""
SEEN = "for v in videos if v in set(log['video'])])"
MORE = "np.sort(np.asarray([a for a in amount if a], float))"
SORTED = "np.sort(np.asarray(amount, float))"
WRONG = {  # what is put in place of what in the right one, and the mark that it costs
    "unseen videos left out": (NUMPY, "for v in videos])", SEEN,
                               {"exposure", "luck"}),
    "sorted by exposure": (NUMPY, "return np.array(", "return np.sort(", {"exposure", "luck"}),
    "viewers, not impressions": (PANDAS, ".size()", "['viewer'].nunique()", {"exposure"}),
    "nothing for who has nothing": (NUMPY, SORTED,
                                    MORE, {"gini"}),
    "corrected for few": (NUMPY, "(n * x.sum()) - (n + 1) / n",
                          "(n * x.sum()) * n / (n - 1) - (n + 1) / (n - 1)", {"gini"}),
    "a constant Gini": (NUMPY, f"x = {SORTED}", "return 0.42", {"gini"}),
    "nats": (NUMPY, "np.log2(", "np.log(", {"entropy"}),
    "all viewers as one": (NUMPY, '[log["viewer"] == viewer]', "", {"entropy"}),
    "no logarithm": (NUMPY, "np.log1p([", "np.array([", {"luck"}),
    "noise of means left in": (PANDAS, " - within / len(y)", "", {"luck"}),
    "variance of all": (NUMPY, "((y - y.mean(0)) ** 2)", "((y - y.mean()) ** 2)", {"luck"}),
    "raises": (NUMPY, "found = []", "raise KeyError('topic')", {"entropy"}),
    "ends the process": (NUMPY, "    n, k = y.shape", "    import os; os._exit(0)", {"luck"}),
    "no number": (NUMPY, "return np.mean(found)", "return 'three bits'", {"entropy"}),
}  # fmt: skip
SEEDS = [1]  # the cases of one seed; graders draw others


def marked(source: str):
    return examined(Measuring(), source, SEEDS, {1: {}})


@pytest.mark.parametrize("source", [NUMPY, PANDAS, TORCH], ids=["numpy", "pandas", "torch"])
def test_each_of_three_different_right_submissions_has_all_marks(source):
    verdict = marked(source)
    assert verdict.score == 100, [(m.key, m.value, m.fault) for m in verdict.marks]


@pytest.mark.parametrize("name", WRONG)
def test_each_almost_right_one_loses_its_own_mark_alone(name):
    source, old, new, lost = WRONG[name]
    assert old in source
    verdict = marked(source.replace(old, new))
    assert {mark.key for mark in verdict.marks if not mark.met} == lost
    assert all(mark.replay == 1 for mark in verdict.marks if not mark.met)


def test_a_file_without_a_function_or_that_cannot_be_read_is_told():
    verdict = marked(NUMPY.replace("def gini", "def giny"))
    fault = next(mark.fault for mark in verdict.marks if mark.key == "gini")
    assert fault is not None and "no function gini" in fault_text(fault, "en")
    verdict = marked("def gini(:")
    assert verdict.score == 0 and verdict.fault and verdict.fault["kind"] == "syntax"


def test_the_starter_has_no_mark_and_both_languages_the_same_functions():
    names = []
    for lang in ("en", "zh"):
        space: dict = {}
        exec(starter(Measuring(), lang), space)
        names.append(sorted(k for k in space if not k.startswith("__")))
    assert names[0] == names[1] and len(list(STARTERS.glob("A1_*"))) == 2
    assert marked(starter(Measuring(), "en")).score == 0
