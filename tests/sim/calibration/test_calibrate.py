import json
import os
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_logs import known_mixture, kuairand, kuairec, plain, plays

from sim.calibrate import main, renames
from sim.calibration.calibrate import CalibrationOptions, calibrate
from sim.calibration.logs import BadLog
from sim.calibration.measured import shares
from sim.calibration.reactions import fit_beta, never_like
from sim.calibration.text import as_dict, roles, text
from sim.presets.config import resolve

PARAMETERS = ("watch", "reactions", "videos", "sessions", "viewers")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return plays(80_000)


@pytest.fixture(scope="module")
def result(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    return calibrate(CalibrationOptions(kuairand(folder / "log", table), folder / "preset.toml"))


def numbers(tables: dict) -> set[str]:
    skipped = ("provenance", "conflicts")
    return {f"{s}.{n}" for s, section in tables.items() if s not in skipped for n in section}


def test_a_log_made_by_the_model_passes_its_check(result):
    assert result.check.passed
    assert result.check.worst("error")["quantile_error"] < 0.2


def test_the_parts_of_the_model_that_made_the_log_come_back(result):
    for part in ("skip", "leave", "finish", "loop"):
        found = np.array(result.fitted["watch"][part])[3:-1]
        assert np.abs(found - getattr(known_mixture(), part)[0]).max() < 0.08


def test_every_number_of_a_preset_says_where_it_is_from(result):
    written = tomllib.loads(result.settings.out.read_text())
    assert numbers(written) == set(written["provenance"])


def test_the_preset_makes_a_world(result):
    params = resolve("small", str(result.settings.out))
    assert params.watch.skip == pytest.approx(result.fitted["watch"]["skip"])


def test_shares_sum_to_one_as_written(result):
    written = tomllib.loads(result.settings.out.read_text())
    parts = np.array([written["watch"][p] for p in ("skip", "leave", "finish", "loop")])
    assert parts.sum(axis=0) == pytest.approx(1, abs=1e-9)
    assert sum(written["videos"]["category_share"]) == pytest.approx(1, abs=1e-9)
    assert sum(written["sessions"]["hour_share"]) == pytest.approx(1, abs=1e-9)


def test_held_out_days_move_no_parameter(result, table, tmp_path):
    changed = table.copy()
    late = changed["date"] >= 20220429
    changed.loc[late, "play_time_ms"] = changed.loc[late, "duration_ms"] * 1.5
    changed.loc[late, "is_like"] = 1
    again = calibrate(CalibrationOptions(kuairand(tmp_path / "log", changed), tmp_path / "p.toml"))
    for section in PARAMETERS:
        assert again.fitted.get(section) == result.fitted.get(section)
    assert not again.check.passed


def test_the_days_asked_for_are_held_out_and_the_preset_says_so(table, tmp_path):
    log, out = kuairand(tmp_path / "log", table), tmp_path / "p.toml"
    found = calibrate(CalibrationOptions(log, out, held_out=("2022-04-26", "2022-04-28")))
    source = found.preset["provenance"]["watch.skip"]
    assert all(f"{day} April" in source for day in (25, 27, 29, 30)) and "26 April" not in source
    for days, rule in ((("2022-05-01",), "not all"), (("soon",), "written as")):
        with pytest.raises(BadLog, match=rule):
            calibrate(CalibrationOptions(log, out, held_out=days))


def test_one_seed_gives_one_preset(result, table, tmp_path):
    settings = replace(result.settings, out=tmp_path / "p.toml")
    assert calibrate(settings).preset == result.preset


def test_no_fact_is_both_fitted_and_predicted(result):
    role = roles(result)
    assert role["predicted"]
    assert not set(role["fitted"]) & set(role["predicted"])
    assert {"published", "assumed"} <= set(role)


def told(found, section: str) -> dict:
    """What a log tells: of a correlation of two spreads next to none only what all three make."""
    fitted = dict(found.fitted.get(section, {}))
    if "haste_stay" in fitted:
        fitted["haste_stay"] *= fitted["haste_sd"] * fitted["stay_sd"]
    return fitted


def test_a_random_arm_gives_lifts_and_moves_no_parameter(result, table, tmp_path):
    folder = kuairand(tmp_path / "log", table)
    bored = known_mixture(skip=0.80, leave=0.15, finish=0.04, loop=0.01)
    chance = plays(20_000, seed=3, mixture=bored).assign(is_rand=1)
    chance.to_csv(folder / "data/log_random_4_22_to_5_08_pure.csv", index=False)
    again = calibrate(CalibrationOptions(folder, tmp_path / "p.toml"))
    whole = 0.841  # P(Normal(1.03, 0.03) >= 1): who finishes to the last second
    lift = (0.12 * whole + 0.08) / (0.04 * whole + 0.01)
    assert again.fitted["measured"]["lift_finish"] == pytest.approx(lift, rel=0.1)
    for section in PARAMETERS:  # rows stand elsewhere in the log: sums differ by rounding
        was, now = told(result, section), told(again, section)
        for name, value in was.items():
            assert now[name] == pytest.approx(value, rel=1e-3, abs=2e-4)


def test_a_log_without_reactions_still_makes_a_world(table, tmp_path):
    found = calibrate(CalibrationOptions(kuairec(tmp_path, table), tmp_path / "p.toml"))
    assert found.check.passed
    assert set(found.fitted["watch"]["like_by_duration"]) == {1.0}
    assert "shipped preset" in found.preset["provenance"]["reactions.like_alpha"]
    assert any("like" in note for note in found.notes)
    resolve("small", str(tmp_path / "p.toml"))


def test_a_table_with_categories_gives_their_shares(table, tmp_path):
    plain(table).to_parquet(tmp_path / "mine.parquet")
    found = calibrate(CalibrationOptions(tmp_path, tmp_path / "p.toml"))
    share = found.fitted["videos"]["category_share"]
    assert len(share) == 47
    assert share[:7] == pytest.approx([1 / 7] * 7, abs=0.01)


def test_the_command_prints_one_json_object_and_returns_0(table, tmp_path, capsys):
    folder = kuairand(tmp_path / "log", table)
    assert main(["--log", str(folder), "--out", str(tmp_path / "p.toml"), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["out", "rows", "dropped", "fit", "heldout"]
    assert {"finish_error", "quick_skip_error", "quantile_error"} <= set(printed["heldout"])


def test_the_command_returns_1_where_the_check_fails(table, tmp_path, capsys):
    late = table["date"] >= 20220429
    changed = table.assign(
        play_time_ms=table["play_time_ms"].where(~late, table["duration_ms"] * 1.5)
    )
    folder = kuairand(tmp_path / "log", changed)
    assert main(["--log", str(folder), "--out", str(tmp_path / "p.toml")]) == 1
    assert "held-out check: FAILED" in capsys.readouterr().out
    assert "FAILED" in (tmp_path / "p.toml").read_text()


def test_the_command_returns_2_and_writes_nothing_for_bad_input(tmp_path, capsys):
    arguments = ["--log", str(tmp_path / "nowhere"), "--out", str(tmp_path / "p.toml")]
    assert main(arguments) == 2
    assert "does not exist" in capsys.readouterr().err
    assert not (tmp_path / "p.toml").exists()


def test_the_command_returns_130_when_interrupted(tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.calibrate.calibrate", stop)
    assert main(["--log", str(tmp_path), "--out", str(tmp_path / "p.toml")]) == 130


def test_a_map_is_read_either_way_round():
    assert renames(("watched=watch_s", "user_id=who")) == {"watched": "watch_s", "who": "user_id"}
    with pytest.raises(BadLog, match="theirs=ours"):
        renames(("watched=seen",))


def test_the_report_names_the_floor_under_every_fit(result):
    said = text(result)
    assert "fitted days' own quantiles" in said
    assert as_dict(result)["heldout"]["quantile_floor"] >= 0


def test_the_beta_of_known_viewers_is_found_again():
    rng = np.random.default_rng(0)
    n = rng.integers(1, 40, 20_000)
    alpha, beta = fit_beta(n, rng.binomial(n, rng.beta(0.3, 9.0, 20_000)))
    assert alpha == pytest.approx(0.3, rel=0.1)
    assert beta == pytest.approx(9.0, rel=0.15)


def test_a_viewer_of_a_flat_propensity_likes_nothing_half_the_time():
    assert never_like(np.array([1]), 1.0, 1.0) == pytest.approx(0.5)
    assert never_like(np.array([3]), 1.0, 1.0) == pytest.approx(0.25)


def test_categories_are_padded_merged_and_ranked():
    few = shares(np.array([1, 3]))
    assert len(few) == 47
    assert few[:2] == pytest.approx([0.75, 0.25], abs=0.005)
    many = shares(np.arange(1, 101))
    assert len(many) == 47
    assert (np.diff(many) <= 0).all()
    assert many.sum() == pytest.approx(1)


@pytest.fixture(scope="module")
def extract(tmp_path_factory):
    folder = os.environ.get("KUAIRAND_DIR")
    if not folder:
        pytest.skip("needs KUAIRAND_DIR, the folder of the real logs")
    started = time.monotonic()
    found = calibrate(
        CalibrationOptions(Path(folder), tmp_path_factory.mktemp("real") / "preset.toml")
    )
    return found, time.monotonic() - started


@pytest.mark.logs
def test_real_finish_and_quick_skips_hold_on_days_not_fitted(extract):
    worst = extract[0].check.worst("error")
    assert worst["finish_error"] <= 0.05
    assert worst["quick_skip_error"] <= 0.05


@pytest.mark.logs
def test_real_quantiles_miss_by_no_more_than_the_days_themselves(extract):
    """The limit of 20 % fails on this log: two of the fitted days' own medians miss by 24-26 %."""
    check = extract[0].check
    assert check.worst("error")["quantile_error"] <= check.floor + 0.01
    assert check.within[0] >= 45


@pytest.mark.logs
def test_the_real_log_is_calibrated_within_three_minutes(extract):
    assert extract[1] < 180


@pytest.mark.logs
def test_the_real_log_gives_the_published_shape(extract):
    seen = extract[0].fitted["measured"]
    assert 0.1 <= seen["like_icc_viewer"] <= 0.3
    assert 0.65 <= seen["video_gini"] <= 0.80
    assert extract[0].fitted["videos"]["category_share"][0] == pytest.approx(0.19, abs=0.01)
