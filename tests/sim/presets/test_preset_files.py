"""Files as people really have them: read, or refused with the file, the rule and the cure."""

import pytest

from sim.lab.run.config import make
from sim.presets import config, toml
from sim.presets.config import check, platform_tables, resolve
from sim.presets.errors import BadInput
from sim.run import main

RUN = "[run]\nagent = 'popular'\nworld = 'nano'\n"


def refused(content: bytes | str, folder, name: str = "mine.toml") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadInput) as told:
        make({}, (), path)
    assert str(path) in str(told.value)
    return str(told.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("run = 3", "run is a group of settings; got 3."),
        ("[[run]]\nagent='mf'", "run is a group of settings"),
        ("agent = 3\n" + RUN, "agent is a group of settings; got 3."),
        (RUN + "days = '14'", "run.days is a whole number from 1 to 36,500; got '14'. Write it"),
        (RUN + "days = 14.0", "run.days is a whole number"),
        (RUN + "days = 10000000000000000000000", "The nearest is 36,500."),
        (RUN + "seeds = [0, 'x']", "run.seeds is a list"),
        (RUN + "seed = 9223372036854775808", "The nearest is 2^63 - 1."),
        (RUN + "seeds = [1, 1]", "seeds differ from each other"),
        (RUN + "slots = 'x'", "size.slots is a whole number"),
        (RUN + "dayz = 3", "Did you mean 'run.days'?"),
        (RUN + "objective = {watch_time = nan}", "the weight of watch_time is a number"),
        (RUN + "device = 'tpu'", "unknown value of run.device; got 'tpu'."),
        (RUN + "load = 3", "run.load is text; got 3."),
        ("[run]\nagent = 3", "an agent has reset"),
        ("[run]\nagent = 'nope'", "unknown agent; got 'nope'."),
        ("[run]\nagent = 'mf'\n[agent]\nfactors = 'x'", "agent.factors of mf"),
        ("[run]\nagent = 'mf'\n[agent]\nfacters = 3", "Did you mean 'agent.factors'?"),
        (RUN + "[sessions]\nscale = '0.2'", "sessions.scale is a number"),
        (RUN + "[sessions.scale]\nx = 1", "sessions.scale is a number"),
        (RUN + "[watch]\nskip = []", "watch.skip has a number for each of the 13 of watch.knots"),
        (RUN + "[size]\nslots = 90\nlive = 80", "live videos, 80; got 90."),
        (RUN + "[sesions]\nscale = 0.2", "Did you mean 'sessions'?"),
        (RUN.encode("utf-16"), "the file must be text in UTF-8"),
        ((RUN + "# 中文").encode("gbk"), "Byte 42 is of another encoding: save the file as UTF-8."),
        (b"\x00\x01", "the file must be TOML"),
        ("x = " + "[" * 5000, "nested too deeply"),
        ("days = 3\ndays = 4", "the file must be TOML"),
    ],
)
def test_a_config_file_that_is_wrong_is_named_with_the_key(content, told, tmp_path):
    assert told in refused(content, tmp_path)


def test_exit_code_2_and_one_line_for_a_bad_file(tmp_path, capsys):
    path = tmp_path / "mine.toml"
    path.write_bytes(RUN.encode("utf-16"))
    assert main(["--config", str(path), "--dry-run"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("error: ") and said.err.count("\n") == 1


def test_a_file_with_the_mark_of_windows_editors_is_read(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbf" + RUN.encode())
    assert make({}, (), path).world == "nano"


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path):
    with pytest.raises(BadInput, match=r"this must be a file; got .*It is a folder"):
        make({}, (), tmp_path)
    with pytest.raises(BadInput, match=r"the file must be readable; got .*No such file"):
        make({}, (), tmp_path / "none.toml")


@pytest.mark.parametrize("over", ["mine.toml", "folder"])
def test_a_preset_that_is_a_folder_or_missing_is_refused(over, tmp_path):
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "over.toml").write_text(f'[preset]\nextends = "{over}.toml"\n')
    for name in (f"{over}.toml", "over.toml"):
        with pytest.raises(BadInput, match=r"must be a file|must be readable") as told:
            resolve("nano", str(tmp_path / name))
    assert "over.toml: preset.extends: " in str(told.value)


@pytest.mark.parametrize("ring", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_presets_that_extend_each_other_in_a_ring_are_refused(ring, tmp_path):
    for name, under in zip(ring, [*ring[1:], ring[0]], strict=True):
        (tmp_path / f"{name}.toml").write_text(f'[preset]\nextends = "{under}.toml"\n')
    with pytest.raises(BadInput, match="a preset extends another, never itself") as told:
        resolve("nano", str(tmp_path / "a.toml"))
    assert " -> ".join(f"{name}.toml" for name in (*ring, "a")) in str(told.value)
    assert str(tmp_path / f"{ring[-1]}.toml") in str(told.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("preset = 3", "preset is a table; got 3."),
        ("[preset]\nextends = 3", "preset.extends is a name; got 3."),
        ("[preset]\nextend = 'kuaishou'", "Did you mean 'preset.extends'?"),
        ("[preset]\nextends = 'kuaisho'", "Did you mean 'kuaishou'?"),
        ("[sessions]\nscale = nan", "sessions.scale is a number"),  # though a world says it anew
        ("[catalog]\nlife = 7", "the preset must say watch.knots"),
    ],
)
def test_a_preset_that_is_wrong_is_named(content, told, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(content)
    with pytest.raises(BadInput) as error:
        resolve("nano", str(path))
    assert str(path) in str(error.value) and told in str(error.value)


def test_a_preset_is_found_beside_the_one_that_extends_it(tmp_path):
    (tmp_path / "under.toml").write_text('[preset]\nextends = "kuaishou"\n[catalog]\nlife = 3\n')
    (tmp_path / "over.toml").write_text('[preset]\nextends = "under.toml"\n')
    assert resolve("nano", str(tmp_path / "over.toml")).catalog.life == 3


def test_what_was_typed_counts_over_the_file_but_does_not_excuse_it(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(RUN + "[catalog]\nlife = 3\n")
    assert make({}, ["catalog.life=4"], path).params.catalog.life == 4
    path.write_text(RUN + "[catalog]\nlife = 0\n")
    with pytest.raises(BadInput, match=r"mine\.toml: catalog\.life"):
        make({}, ["catalog.life=4"], path)


@pytest.mark.parametrize("platform", config.platforms())
def test_a_shipped_preset_passes_the_check_of_a_preset(platform):
    check(platform_tables(platform))


@pytest.mark.parametrize(
    ("group", "key", "value", "told"),
    [
        ("watch", "loop_mean", [float("nan")] * 13, "watch.loop_mean is a list of numbers"),
        ("videos", "duration_quantiles", [5.0, 1e9], "numbers from 0.1 to 86,400"),
        ("measured", "finish_rate", float("nan"), "measured.finish_rate is a finite number"),
        ("measured", "ratio_deciles", [0.1, float("inf")], "measured.ratio_deciles is a finite"),
        ("sessions", "scal", 0.2, "Did you mean 'sessions.scale'?"),
        ("sesions", "scale", 0.2, "Did you mean 'sessions'?"),
    ],
)
def test_a_preset_with_a_number_that_is_none_is_not_to_be_written(group, key, value, told):
    tables = platform_tables("kuaishou")
    tables[group] = {**tables.get(group, {}), key: value}
    with pytest.raises(BadInput) as error:
        check(tables, "out.toml")
    assert str(error.value).startswith("out.toml: ") and told in str(error.value)


def test_the_whole_preset_is_checked_as_it_will_be_read(tmp_path):
    tables = platform_tables("kuaishou")
    path = tmp_path / "mine.toml"
    path.write_text(toml.dumps(tables))
    assert resolve("nano", str(path)) == check(tables)
