"""An audit tells of puppets what they were shown, and of itself how far it sees."""

import json

import numpy as np
import pytest
import torch

from agents.base import ScoreAgent
from sim import audit as door
from sim.lab.audit import findings
from sim.lab.audit.personas import Persona, persona, read, scripts
from sim.lab.audit.planted import Seen, lived
from sim.presets.config import resolve
from sim.presets.errors import BadInput
from sim.world.state import HARMS, row_of

TOPICS = 47


class Ageist(ScoreAgent):
    """Shows those who say that they are under 18 the low topics, and all others the high ones."""

    def score(self, observation, ids):
        topic = observation.catalog.topic[row_of(ids, self.capacity)].float()
        young = observation.profile[:, :1] > 0
        topic = topic.expand(len(young), -1)
        return torch.where(young, -topic, topic)


class Blind(ScoreAgent):
    """The same low topics for everybody."""

    def score(self, observation, ids):
        topic = observation.catalog.topic[row_of(ids, self.capacity)].float()
        return -topic.expand(len(observation.viewer), -1)


def audit(capsys, agent, *more):
    where = f"{__file__}:{agent}" if agent in ("Ageist", "Blind") else agent
    argv = ["--agent", where, "--personas", "control,young", "--days", "2", "--repeats", "6",
            "--json", "--quiet", "--lang", "en", *more]  # fmt: skip
    code = door.main(argv)
    out, err = capsys.readouterr()
    return code, json.loads(out) if code == 0 and "--json" in argv else out, err


def test_an_audit_finds_a_platform_that_treats_the_young_differently(capsys):
    code, found, _ = audit(capsys, "Ageist")
    null, pair = found["findings"]
    assert code == 0 and (null["kind"], pair["kind"]) == ("null", "alike")
    assert null["personas"] == ["control", "control'"] and pair["personas"] == ["control", "young"]
    assert not null["treated_differently"] and null["truth"] == {
        "slots_changed_by_age": 0.0, "right": True,
    }  # fmt: skip
    assert pair["treated_differently"] and pair["truth"]["right"]
    assert pair["truth"]["slots_changed_by_age"] > 0.9 and pair["distance"] > 0.9


def test_an_audit_clears_a_platform_that_is_blind_to_age(capsys):
    _, found, _ = audit(capsys, "Blind")
    pair = found["findings"][1]
    assert not pair["treated_differently"] and pair["truth"]["right"]
    assert pair["truth"]["slots_changed_by_age"] == 0


def test_shares_add_up_and_nothing_is_harmful_without_threats(capsys):
    _, found, _ = audit(capsys, "random", "--threats", "none")
    assert [p["name"] for p in found["personas"]] == ["control", "young", "control'"]
    for each in found["personas"]:
        assert sum(each["shown"].values()) == pytest.approx(1)
        assert each["impressions"] == 6 * 2 * 60
        assert each["harm_share"] is None and each["truth"]["gap"] is None
        assert 0 <= each["drift"] <= 1 and len(each["by_day"]["distance"]) == 2


def test_the_same_command_gives_the_same_audit_twice(capsys):
    assert audit(capsys, "mf") == audit(capsys, "mf")


def test_where_there_are_threats_harm_is_told(capsys):
    _, found, _ = audit(capsys, "random", "--threats", "high")
    assert found["threats"] == "high"
    for each in found["personas"]:
        assert 0 <= each["harm_share"] <= 1
        assert sum(each["harm_types"].values()) == pytest.approx(each["harm_share"])


def test_an_age_gate_is_age_s_own_doing_and_the_truth_says_so(capsys):
    """All is gated at a threshold of 0: those under 18 are shown nothing."""
    gate = [w for harm in HARMS for w in ("--set", f"policy.{harm}.gate=0.0")]
    _, found, _ = audit(capsys, "Blind", "--threats", "high", *gate)
    pair = found["findings"][1]
    assert found["personas"][1]["impressions"] < 0.2 * found["personas"][0]["impressions"]
    assert pair["treated_differently"] and pair["truth"]["right"]
    assert pair["truth"]["slots_changed_by_age"] > 0.5


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_and_the_page_speak_both_languages(tmp_path, capsys, lang):
    out = tmp_path / "audit.html"
    argv = ["--personas", "fan,young_fan", "--days", "1", "--repeats", "2", "--out", str(out),
            "--lang", lang]  # fmt: skip
    assert door.main(argv) == 0
    said, page = capsys.readouterr(), out.read_text(encoding="utf-8")
    word = "人设" if lang == "zh" else "persona"
    assert word in said.out and word in page and str(out) in said.err
    assert "http" not in page.split("</style>")[1]


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        ((), "an audit needs personas"),
        (("--personas", "yuong"), "Did you mean 'young'?"),
        (("--personas", "fan,fan"), "personas differ from each other"),
        (("--personas", "fan", "--days", "0"), "--days is a whole number from 1 to 3,650"),
        (("--personas", "fan", "--labels", "1.1"), "--labels is a number from 0 to 1"),
        (("--personas", "none.toml"), "none.toml"),
        (("--personas", "fan", "--agent", "mff"), "Did you mean 'mf'?"),
        (("--personas", "fan", "--world", "tiny"), "unknown world"),
    ],
)
def test_bad_input_is_told_with_the_cure(argv, told, capsys):
    assert door.main([*argv, "--lang", "en"]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"topcis": ["Games"]}, "Did you mean 'topics'?"), ({"topics": ["Gamse"]}, "'Games'"),
        ({"harms": ["F"]}, "unknown harms"), ({"age": "young"}, "unknown age"),
        ({"videos": 0}, "p.videos"), ({"likes": "yes"}, "p.likes"), (3, "a persona is a table"),
    ],
)  # fmt: skip
def test_a_persona_that_cannot_be_is_refused_by_word(table, told):
    with pytest.raises(BadInput, match=told.replace("?", r"\?")):
        persona("p", table, TOPICS)


def test_personas_come_out_of_a_file(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('[a]\ntopics = ["Games", 3]\n[b]\ntopics = [9, 3]\nage = "under_18"\n')
    a, b = read([str(file)], TOPICS)
    assert a.topics == b.topics == (9, 3) and a.acts_like(b) and b.age == "under_18"


def test_puppets_watch_by_their_script_and_everyone_else_as_without_them():
    params = resolve("nano")
    fan, skipper = Persona("fan", topics=(0, 1), likes=True), Persona("skipper")
    seen = lived(params, "random", scripts((fan, skipper), 3, TOPICS), 2, 0)
    assert seen.topics.sum((0, 2)).tolist() == [2 * 60] * 6
    other = lived(params, "random", scripts((skipper,), 3, TOPICS), 2, 0)
    assert np.array_equal(seen.people.sum(1)[:300] > 0, other.people.sum(1)[:300] > 0)


def known(harms, people=None):
    """What was seen by two personas of two puppets, of one day."""
    n = len(harms)
    topics = np.zeros((1, n, TOPICS), dtype=int)
    topics[0, :, 0] = 100
    seen = np.zeros((1, n, 6), dtype=int)
    seen[0, :, 4], seen[0, :, 0] = harms, 100 - np.array(harms)
    people = np.zeros((4, TOPICS + 6), dtype=int) if people is None else people
    people[:, 0], people[:, TOPICS], people[:, TOPICS + 4] = 10, 9, 1
    four = np.full(4, 2)
    return Seen(
        topics, seen, people, four, np.zeros((4, TOPICS)), np.ones((4, 5)), np.zeros((n, 6))
    )


def test_harm_is_told_by_type_and_held_to_what_people_were_shown():
    cast = Persona("a", everything=True), Persona("b", everything=True)
    found = findings.told(cast, 2, known([30, 32, 10, 8]), ["t"] * TOPICS, 1.0, 0)
    a = found["personas"][0]
    assert a["harm_share"] == pytest.approx(0.31) and a["harm_types"]["D"] == pytest.approx(0.31)
    assert set(a["harm_types"]) == set(HARMS)
    assert a["truth"]["harm_share_of_people"] == pytest.approx(0.1)
    assert a["truth"]["gap"] == pytest.approx(0.21)
    assert found["findings"][0]["harm_difference"] == pytest.approx(0.22)


def test_an_eye_that_errs_sees_harm_where_there_is_none():
    cast = Persona("a"), Persona("b")
    found = findings.told(cast, 2, known([0, 0, 0, 0]), ["t"] * TOPICS, 0.8, 0)
    a = found["personas"][0]
    assert 0.1 < a["harm_share"] < 0.3 and a["truth"]["harm_share_of_puppets"] == 0
