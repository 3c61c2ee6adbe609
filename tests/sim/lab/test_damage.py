"""Whatever happens to the files that a run goes on from, it is told, and no file is changed."""

import hashlib
import re
import shutil
from pathlib import Path

import actors
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.lab.experiment import execute
from sim.lab.run import checkpoint
from sim.lab.run.arm import AgentFailed
from sim.lab.run.config import make
from sim.presets.errors import BadInput

TINY = {
    "size.viewers": 40, "size.live": 150, "sessions.scale": 0.03, "run.report": False,
    "run.checkpoint_every": 1,
}  # fmt: skip
ARM = Path("checkpoint") / "0-Steady"
GUARDED = ("state.pt", "lift.pt", "events-000000.parquet", "events-000001.parquet")


def run(out, days=2, **more):
    options = {"world": "nano", "baseline": None, "settings": TINY, "quiet": True, **more}
    return sim.simulate(actors.Steady, days=days, out=out, **options)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A run, and others that are like it but for one thing."""
    place = tmp_path_factory.mktemp("damage")
    run(place / "whole")
    quick = {**TINY, "run.lift": False}
    run(place / "seed", seeds=[1], settings=quick)
    run(place / "longer", days=4, settings=quick)
    run(place / "platform", platform="tiktok", settings=quick)
    run(place / "busier", settings={**quick, "sessions.scale": 0.04})
    run(place / "larger", settings={**quick, "size.viewers": 50})
    return place


@pytest.fixture(scope="module")
def plan(place):
    return make({"days": 4}, (), place / "whole" / "config.toml")


def tree(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).digest() for path in files}


def refused(place, harm, word, plan):
    """A copy of the run, harmed, is refused by name and left as it is."""
    cut = place / "cut"
    shutil.rmtree(cut, ignore_errors=True)
    shutil.copytree(place / "whole", cut)
    harm(cut / ARM)
    before = tree(cut)
    with pytest.raises((BadInput, AgentFailed), match=re.escape(word)):
        error = execute(plan, cut, resume=True).error
        raise error or AssertionError("it went on")
    assert tree(cut) == before


def sealed(change):
    """A state changed within, and saved as a state is."""

    def harm(arm):
        state = torch.load(arm / "state.pt", weights_only=True)
        change(state)
        checkpoint.write(arm / "state.pt", state)

    return harm


def leaves(state, path=()):
    """Paths of all that a state holds."""
    for key, value in state.items():
        yield (*path, key)
        if isinstance(value, dict) and key != "parts":
            yield from leaves(value, (*path, key))


def holder(state, path):
    for key in path[:-1]:
        state = state[key]
    return state


@st.composite
def harms(draw, whole):
    """(what is done to the arm's folder, a word of the error)."""
    kind = draw(st.sampled_from(["flip", "cut", "more", "gone", "stray", "foreign", "key", "form"]))
    name = draw(st.sampled_from(GUARDED))
    if kind in ("flip", "cut", "more"):
        size = (whole / ARM / name).stat().st_size
        at, bit = draw(st.integers(0, size - 1)), draw(st.integers(0, 7))
        return (lambda arm: mauled(arm / name, kind, at, bit)), name
    if kind == "gone":
        name = draw(st.sampled_from(GUARDED[2:]))
        return (lambda arm: (arm / name).unlink()), name
    if kind == "stray":
        name = draw(st.sampled_from(["events-000001b.parquet", "events-.parquet", "events-0.pq"]))
        return (lambda arm: (arm / name).write_bytes(b"PAR1")), name
    if kind == "foreign":
        other = draw(st.sampled_from(["seed", "longer", "platform", "busier", "larger"]))
        seed = 1 if other == "seed" else 0
        source = whole.parent / other / "checkpoint" / f"{seed}-Steady" / "state.pt"
        word = "events-000002.parquet" if other == "longer" else "state.pt"
        return (lambda arm: shutil.copy(source, arm / "state.pt")), word
    state = torch.load(whole / ARM / "state.pt", weights_only=True)
    paths = [path for path in leaves(state) if kind == "key" or "agent" not in path]
    path = draw(st.sampled_from(paths))
    if kind == "key":
        if "agent" in path[:-1]:  # what its own state lacks, the agent tells
            return sealed(lambda s: keyed(holder(s, path), path[-1], False)), "load_state_dict"
        add = draw(st.booleans())
        return sealed(lambda s: keyed(holder(s, path), path[-1], add)), "state.pt"
    odd = draw(st.sampled_from([None, -1, "x", [], {}, [1], 2.71, torch.zeros(3)]))
    # a state that has forgotten its parts is refused by the part that is no one's
    return sealed(lambda s: holder(s, path).__setitem__(path[-1], odd)), "0-Steady"


def mauled(path, kind, at, bit):
    data = bytearray(path.read_bytes())
    if kind == "flip":
        data[at] ^= 1 << bit
    elif kind == "cut":
        del data[at:]
    else:
        data += bytes([bit])
    path.write_bytes(data)


def keyed(table, key, add):
    if add:
        table[f"{key} of old"] = table[key]
    else:
        del table[key]


def tried(place, plan, data):
    harm, word = data.draw(harms(place / "whole"))
    refused(place, harm, word, plan)


@settings(max_examples=300)
@given(st.data())
def test_no_run_goes_on_from_what_is_not_its_own_whole_state(place, plan, data):
    tried(place, plan, data)


@pytest.mark.slow
@settings(max_examples=10_000)
@given(st.data())
def test_no_run_goes_on_from_what_is_not_its_own_whole_state_at_length(place, plan, data):
    tried(place, plan, data)


@pytest.mark.parametrize("odd", [2.5, 0, None, "x", torch.zeros(3), torch.zeros(16, 18)])
@pytest.mark.parametrize("name", ["length", "row", "total", "told"])
def test_viewers_parts_of_another_kind_are_refused_by_name(place, plan, name, odd):
    def change(state):
        path = next(p for p in leaves(state) if p[-2:] == ("influence", name))
        holder(state, path)[name] = odd

    refused(place, sealed(change), "state.pt", plan)
