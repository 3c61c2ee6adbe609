"""Whatever a log holds: a preset of finite numbers, or an error that a person can use."""

import contextlib
import io
import math
import tomllib
import warnings
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from messy_logs import messy, write

from sim.calibrate import main
from sim.calibration import calibrate, heldout, matching, mixture
from sim.presets.config import resolve

HASTE = settings(max_examples=200, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module", autouse=True)
def haste():
    """Few steps of the fit and few draws of the check: what is read is what is tried here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heldout, "DRAWS", 500)
        patch.setattr(mixture, "fit_bin", partial(mixture.fit_bin, steps=4))
        patch.setattr(calibrate, "match", partial(matching.match, steps=2))
        yield


def calibrated(case: dict) -> int:
    """Run the command on the log of a case and hold it to what it promises."""
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")  # nor does a library grumble of what nobody checked
        log, out, said = write(case, Path(folder)), Path(folder) / "p.toml", io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            code = main(["--log", str(log), "--out", str(out)])
        assert code in (0, 1, 2)
        assert out.exists() == (code < 2)
        if code == 2:
            *progress, error = said.getvalue().splitlines()  # the first on slow machines alone
            assert error.startswith("error: ")
            assert all(line.startswith(("days: ", "counts: ", "fitting ")) for line in progress)
            assert {p.name for p in Path(folder).iterdir()} == {log.name}
        else:
            assert all(map(math.isfinite, numbers(tomllib.loads(out.read_text("utf-8")))))
            resolve("nano", str(out))
    return code


def numbers(table: object) -> list[float]:
    if isinstance(table, dict | list):
        inside = table.values() if isinstance(table, dict) else table
        return [number for value in inside for number in numbers(value)]
    return [] if isinstance(table, str | bool) else [table]


@HASTE
@given(messy())
def test_a_log_ends_in_a_finite_preset_or_in_an_error_that_names_its_cure(case):
    calibrated(case)


@pytest.mark.slow
@settings(HASTE, max_examples=10_000)
@given(messy())
def test_ten_thousand_logs_end_in_a_finite_preset_or_in_an_error(case):
    calibrated(case)
