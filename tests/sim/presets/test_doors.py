"""What is wrong is refused at every door alike: command, Python, Gymnasium, and files."""

import math
from pathlib import Path

import gymnasium
import pytest

import sim
from sim.bench import main as bench
from sim.facts import main as facts
from sim.lab.run.config import make
from sim.presets import config, toml
from sim.presets.config import parse_setting, resolve
from sim.presets.errors import BadInput, did_you_mean
from sim.presets.files import place
from sim.run import main
from sim.seats.recommender import reward as objectives

ENV = "ShortVideo/Recommender-v0"
BAD = [  # a setting as it is typed, and what is told
    ("sessions.scale=nan", "sessions.scale is a number from 0.001 to 10; got nan."),
    ("sessions.scale=inf", "sessions.scale is a number from 0.001 to 10; got inf. The nearest is"),
    ("sessions.scale=-1", "sessions.scale is a number from 0.001 to 10; got -1. The nearest is"),
    ("watch.leave_bend=[-1.0]", "number 1 is none of these; got -1.0. The nearest is 0.1."),
    ("watch.knots=[]", "watch.knots is a list of 2 to 200 numbers from 0.1 to 86,400"),
    ("size.viewers=0", "size.viewers is a whole number from 1 to 1,000,000; got 0."),
    ("size.viewers=30.5", "size.viewers is a whole number"),
    ("catalog.life='seven'", "catalog.life is a whole number from 1 to 240; got 'seven'."),
    ("size.live=5", "as many slots as there are live videos, 5; got 10."),
    ("sessions=3", "sessions is a group of settings; got 3."),
    ("sessions.scal=1", "Did you mean 'sessions.scale'?"),
    ("scale=1", "Did you mean 'sessions.scale'?"),
    ("sessions.volume=1", "unknown setting; got 'sessions.volume'. Known: "),
]


def from_command(text, _, capsys):
    assert main(["--agent", "popular", "--world", "nano", "--set", text, "--dry-run"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("error: ") and said.err.count("\n") == 1
    return said.err


def from_python(text, *_):
    with pytest.raises(BadInput) as told:
        sim.simulate("popular", world="nano", settings=dict([parse_setting(text)]))
    return str(told.value)


def from_gymnasium(text, *_):
    with pytest.raises(BadInput) as told:
        gymnasium.make(ENV, settings=dict([parse_setting(text)]))
    return str(told.value)


def written(folder: Path, text: str, name: str) -> Path:
    key, value = parse_setting(text)
    path = folder / name
    path.write_text(toml.dumps(config.nested(key, value), digits=None))
    return path


def from_config(text, folder, capsys):
    file = written(folder, text, "mine.toml")
    with open(file, "a") as end:
        end.write('[run]\nagent = "popular"\nworld = "nano"\n')
    assert main(["--config", str(file), "--dry-run"]) == 2
    told = capsys.readouterr().err
    assert str(file) in told
    return told


def from_preset(text, folder, *_):
    file = written(folder, text, "preset.toml")
    with open(file, "a") as end:
        end.write('[preset]\nextends = "kuaishou"\n')
    with pytest.raises(BadInput) as told:
        resolve("nano", str(file))
    if "live" not in text:  # the smallest world says that, and lies over the preset
        assert str(file) in str(told.value)
    return str(told.value)


@pytest.mark.parametrize("door", [from_command, from_python, from_gymnasium, from_config])
@pytest.mark.parametrize(("text", "told"), BAD)
def test_a_bad_setting_is_told_the_same_at_every_door(door, text, told, tmp_path, capsys):
    assert told in door(text, tmp_path, capsys)


@pytest.mark.parametrize(("text", "told"), [bad for bad in BAD if not bad[0].startswith("size")])
def test_a_bad_preset_is_told_the_same(text, told, tmp_path):
    assert told in from_preset(text, tmp_path)


@pytest.mark.parametrize(
    ("task", "told"),
    [
        ({"days": 0}, "days is a whole number from 1 to 36,500; got 0."),
        ({"days": math.nan}, "days is a whole number"),
        ({"days": "3"}, "Write it without quotes."),
        ({"slots": 0}, "size.slots is a whole number from 1 to 200; got 0."),
        ({"candidates": 5}, "candidates lie in slots..live videos, 10..600; got 5."),
        ({"candidates": 5.5}, "candidates is a whole number"),
        ({"repair": 1}, "repair is true or false; got 1."),
        ({"future": 1 << 63}, "future is a whole number from 0 to 2^63 - 1"),
        ({"house": "hous"}, "Did you mean 'house'?"),
        ({"house": 5}, "house is a recommender; got 5."),
        ({"device": "tpu"}, "unknown device; got 'tpu'."),
        ({"world": "tiny"}, "unknown world; got 'tiny'. Known: "),
        ({"world": 3}, "unknown world; got 3."),
        ({"platform": 3}, "unknown platform; got 3."),
        ({"platform": "a\0.toml"}, "the file must be readable"),
        ({"settings": 5}, "settings are a mapping, or texts key=value; got 5."),
        ({"dayz": 3}, "unknown argument; got 'dayz'. Did you mean 'days'?"),
        ({"objective": {"watch_time": math.inf}}, "the weight of watch_time is a number from -100"),
    ],
)
def test_arguments_of_an_episode_have_ranges(task, told):
    with pytest.raises(BadInput) as error:
        gymnasium.make(ENV, **task)
    assert told in str(error.value)


def test_a_setting_that_only_a_file_may_note_is_none():
    for text in ("preset.extends=tiktok", "provenance.x=1", "preset=1"):
        with pytest.raises(BadInput, match=r"unknown setting; got 'pr.*A file may have a table"):
            make({"agent": "popular"}, [text])
        with pytest.raises(BadInput, match="unknown setting; got 'pr"):
            resolve("nano", settings=dict([parse_setting(text)]))


@pytest.mark.parametrize("out", ["a\udcff", "", "  ", b"a", 3, "~nobody-of-this-name/x"], ids=ascii)
def test_a_path_that_is_none_is_refused(out):
    with pytest.raises(BadInput, match="out is a path"):
        sim.simulate("popular", world="nano", days=1, out=out)


def test_a_path_from_home_is_that_of_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert place("~/run", "out") == tmp_path / "run"


@pytest.mark.parametrize("seed", [-1, 1 << 63, 1.5, True, "1"])
def test_a_seed_fits_63_bits(seed):
    env = gymnasium.make(ENV, days=1).unwrapped
    with pytest.raises(BadInput, match=r"whole numbers? from 0 to 2\^63 - 1"):
        env.reset(seed=seed)
    with pytest.raises(BadInput, match=r"whole numbers? from 0 to 2\^63 - 1"):
        sim.simulate("popular", world="nano", days=1, seeds=[seed])


def test_the_largest_seed_makes_a_world():
    most = (1 << 63) - 1
    seen, _ = gymnasium.make(ENV, days=1).reset(seed=most)
    assert seen["candidate_mask"].any()
    run = sim.simulate("mf", world="nano", days=1, seeds=most, future=most, quiet=True,
                       settings={"sessions.scale": 0.01, "run.lift": False})  # fmt: skip
    assert run.metrics["seed"].unique().tolist() == [most]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"days": "3"}, "run.days is a whole number from 1 to 36,500; got '3'."),
        ({"days": True}, "run.days is a whole number"),
        ({"seeds": "01"}, "run.seeds is a list"),
        ({"seeds": []}, "run.seeds is a list of 1 to 1000 whole numbers"),
        ({"seeds": [0, 0]}, "seeds differ from each other"),
        ({"explore": "yes"}, "run.explore is true or false"),
        ({"events_max": -1}, "run.events_max is a whole number from 0"),
        ({"world": []}, "run.world is text"),
        ({"agent": 3}, "an agent has reset"),
        ({"objective": 5}, "objective is a name, or weights of parts; got 5."),
        ({"slots": 1.5}, "size.slots is a whole number"),
        ({"lod": "x"}, "unknown setting; got 'run.lod'. Did you mean 'run.load'?"),
    ],
)
def test_values_of_the_runner_have_ranges(options, told):
    with pytest.raises(BadInput) as error:
        make({"agent": "popular", "world": "nano", **options})
    assert told in str(error.value)


@pytest.mark.parametrize("name", ["out", "config", "load"])
@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_path_is_not_the_current_folder(name, blank, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ["--agent", "popular", "--world", "nano", "--days", "1", "--quiet"]
    assert main([*words, f"--{name}", blank]) == 2
    assert f"--{name} is a path with a name; got {blank!r}." in capsys.readouterr().err
    with pytest.raises(BadInput, match="is a path with a name"):
        sim.simulate("popular", world="nano", days=1, **{name: blank})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--viewers", "0"], "--viewers is a list of 0 to 100 whole numbers from 100"),
        (["--viewers", "100", "-5"], "number 2 is none of these; got -5."),
        (["--slots", "0"], "--slots is a whole number from 1 to 200; got 0."),
        (["--repeats", "0"], "--repeats is a whole number from 1"),
        (["--threads", "0"], "--threads is a whole number from 1"),
        (["--viewers", "--agent", "--seats", "--creators"], "nothing to time"),
        (["--world", "tiny"], "unknown world; got 'tiny'. Known: "),
    ],
)
def test_the_bench_times_what_there_is(words, told, capsys):
    assert bench(words) == 2
    said = capsys.readouterr()
    assert told in said.err and said.out == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--days", "0"], "--days is a whole number from 1"),
        (["--warm-up", "-1"], "--warm_up is a whole number from 0"),
        (["--seed"], "--seed is a list of 1 to 1000"),
        (["--seed", "1", "1"], "seeds differ from each other"),
        (["--jobs", "0"], "--jobs is a whole number from 1"),
        (["--world", "tiny"], "unknown world"),
        (["--set", "sessions.scale=nan"], "sessions.scale is a number from 0.001"),
        (["--out", ""], "--out is a path with a name"),
        (["--out", "/no/such/folder/x.html"], "--out can be written"),
    ],
)
def test_the_report_card_refuses_before_the_wait(words, told, capsys):
    assert facts(words) == 2
    said = capsys.readouterr()
    assert told in said.err and said.out == ""


def test_a_name_is_never_offered_for_itself_nor_one_that_is_not_near():
    for wanted in ("mix=1", "watch_time=0.5,mix=0.5"):
        with pytest.raises(BadInput, match="weights are of parts, and mix is a whole") as told:
            objectives.parse(wanted)
        assert "Did you mean" not in str(told.value)
    assert "Did you mean" not in str(did_you_mean("tiny", config.worlds(), "world"))
    assert "Did you mean 'nano'" in str(did_you_mean("Nanno", config.worlds(), "world"))
    assert "Did you mean" not in str(did_you_mean("run.foo", ["run.load", "run.days"], "setting"))


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("watch_time=0", "objective pays for something"),
        ({}, "objective pays for something"),
        ("watch_time=nan", "the weight of watch_time is a number from -100 to 100; got nan"),
        ("watch_time=1,watch_time=2", "weighs a part once"),
        ("watch_time=much", "weight is a number"),
        (None, "is a name, or weights of parts"),
        ({"watch_time": True}, "the weight of watch_time"),
        ({3: 1.0}, "unknown objective; got 3."),
    ],
)
def test_an_objective_pays_for_something(wanted, told):
    with pytest.raises(BadInput) as error:
        objectives.parse(wanted)
    assert told in str(error.value)


def test_numbers_without_a_nought_and_bare_words_are_understood():
    assert parse_setting("sessions.scale=.2") == ("sessions.scale", 0.2)
    assert parse_setting("a=[.5, -.25, 1.5]") == ("a", [0.5, -0.25, 1.5])
    assert parse_setting("a = off") == ("a", "off")
    assert parse_setting("a='x.5'") == ("a", "x.5")
    assert parse_setting("a=1\nb=2") == ("a", "1\nb=2")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('platform = ""', "unknown platform; got ''."),
        ('platform = "kuaisho"', "Did you mean 'kuaishou'?"),
        ('platform = "gone.toml"', "the file must be readable; got "),
        ('platform = "gone.toml"\n[size]\nviewers = 200', "the file must be readable; got "),
    ],
)
def test_a_config_file_that_names_no_platform_there_is_refused_by_its_name(
    tmp_path, monkeypatch, capsys, line, told
):
    """A preset that is gone is no kuaishou, unless the file says all that it said."""
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text(f'[run]\nagent = "popular"\n{line}\n')
    assert main(["--config", "mine.toml", "--dry-run"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: mine.toml: ") and told in said


def test_a_config_file_that_says_all_needs_no_preset(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["--agent", "popular", "--world", "nano", "--dry-run"]) == 0
    text = capsys.readouterr().out
    Path("mine.toml").write_text(text.replace('platform = "kuaishou"', 'platform = "gone.toml"'))
    assert main(["--config", "mine.toml", "--dry-run"]) == 0
