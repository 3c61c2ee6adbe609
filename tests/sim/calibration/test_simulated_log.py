"""The events of a run of this simulator are a log like any other."""

import numpy as np
import pandas as pd
import pytest
from made_logs import collected, known_mixture

from sim.calibration.cleaning import Cleaner
from sim.calibration.collect import COUNTS, survey
from sim.calibration.logs import find


def events(rows: int = 4000, seeds: tuple[int, ...] = (0,), agents: tuple[str, ...] = ("mf",)):
    """As a run writes them: days from 0, hours with a part, flags true and false."""
    rng = np.random.default_rng(4)
    video = rng.integers(1, 300, rows)
    length = np.exp(np.linspace(np.log(5), np.log(600), 300))[video].astype(np.float32)
    flag = {name: rng.random(rows) < 0.03 for name in ("like", "comment", "share", "follow")}
    flag |= {name: rng.random(rows) < 0.01 for name in ("collect", "hide", "report", "left")}
    one = pd.DataFrame(
        {
            "day": rng.integers(0, 3, rows).astype(np.int32),
            "step": rng.integers(0, 16, rows).astype(np.int16),
            "hour": rng.uniform(0, 24, rows).astype(np.float32),
            "viewer": rng.integers(1, 200, rows),
            "slot": np.arange(rows) % 10,
            "video": video,
            "creator": video % 40,
            "category": (video % 9).astype(np.int16),
            "upload_day": -1,
            "duration_s": length,
            "watch_s": known_mixture().draw(length, rng).astype(np.float32),
            **flag,
            "ad": False,
            "source": "feed",
            "survey": np.where(rng.random(rows) < 0.01, 4.0, np.nan).astype(np.float32),
            "logp": np.float32(-1.5),
        }
    ).drop_duplicates(["viewer", "video", "day", "step", "slot"])
    worlds = [one.assign(seed=seed, agent=agent) for seed in seeds for agent in agents]
    return pd.concat(worlds, ignore_index=True).astype({"agent": "category"})


@pytest.mark.parametrize("end", ["parquet", "csv", "tsv"])
def test_events_are_read_with_their_own_fields(tmp_path, end):
    log, path = events(), tmp_path / f"events.{end}"
    if end == "parquet":
        log.to_parquet(path)
    else:
        log.to_csv(path, index=False, sep="\t" if end == "tsv" else ",")
    (rows,) = Cleaner(find(tmp_path, {}), 8)
    assert len(rows) == len(log)
    assert rows.watch == pytest.approx(log["watch_s"].to_numpy(), rel=1e-6)
    assert rows.seconds == pytest.approx(log["duration_s"].to_numpy(), rel=1e-6)
    assert (rows.day == log["day"]).all()
    assert (rows.hour == log["hour"].astype(int)).all()
    assert [rows.tags[i] for i in rows.tag] == log["category"].astype(str).tolist()
    for act in ("like", "comment", "share", "follow", "collect", "hide"):
        assert (rows.acts[act] == log[act]).all()
    for mine, theirs in (("viewer", "viewer"), ("video", "video"), ("creator", "creator")):
        assert len(np.unique(getattr(rows, mine))) == log[theirs].nunique()


def test_the_worlds_of_a_run_keep_their_own_viewers_and_videos(tmp_path):
    log = events(seeds=(0, 1), agents=("mf", "random"))
    log.to_parquet(tmp_path / "events.parquet")
    sums = collected(tmp_path)
    assert sums.viewers.columns[2].sum() == len(log)  # no row is another's twin
    for tally, name in ((sums.viewers, "viewer"), (sums.shown, "video")):
        assert len(tally.keys) == 4 * log[name].nunique()
    cleaner = Cleaner(find(tmp_path, {}), 8)
    list(cleaner)
    assert cleaner.worlds == {"0, mf", "0, random", "1, mf", "1, random"}


def test_days_are_kept_for_the_check_by_their_numbers(tmp_path):
    events().to_parquet(tmp_path / "events.parquet")
    log = find(tmp_path, {})
    assert survey(log, 8, 0, lambda _: None).held == {2}
    assert survey(log, 8, 0, lambda _: None, ["1"]).held == {1}


def test_advertisements_are_no_plays(tmp_path):
    events().assign(ad=lambda t: t["slot"] == 5).to_parquet(tmp_path / "events.parquet")
    cleaner = Cleaner(find(tmp_path, {}), 8)
    kept = sum(len(rows) for rows in cleaner)
    assert cleaner.dropped["ad"] == (events()["slot"] == 5).sum()
    assert kept == (events()["slot"] != 5).sum()


def test_a_run_of_this_simulator_is_a_log(tmp_path):
    """Whatever a run writes beside its events is left alone."""
    import sim

    run = sim.simulate(
        agent="popular", world="nano", days=2, seeds=[0], baseline=None, out=tmp_path / "run",
        settings={"run.report": False},
    )  # fmt: skip
    log = find(tmp_path / "run", {})
    assert (log.layout.name, [p.name for p in log.files]) == ("events", ["events.parquet"])
    sums = collected(tmp_path / "run")
    chosen = dict(zip(COUNTS, sums.counts.sum(axis=(0, 1, 2)), strict=True))
    seen = run.events[~run.events["ad"]]  # nobody chose to be shown these
    assert 0 < len(seen) < len(run.events)
    assert chosen["rows"] == len(seen)
    assert chosen["finish"] == (seen["watch_s"] >= seen["duration_s"]).sum()
    assert chosen["seconds"] == pytest.approx(seen["watch_s"].sum(), rel=1e-5)
    assert chosen["like"] == seen["like"].sum()
