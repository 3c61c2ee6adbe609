import json
from itertools import count

import numpy as np
import pytest

from sim import bench as door
from sim.lab import creator_bench, seat_bench
from sim.lab.run import compiling
from sim.world.page import swipe_through
from sim.world.platform import turn_day


def test_bench_tells_what_it_counts_and_how_fast(capsys):
    args = ["--viewers", "500", "--agent", "random", "--world", "nano", "--repeats", "2", "--json"]
    args += ["--seats", "--creators"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.lab.bench.can_compile", lambda device: "not in this test")
        assert door.main(args) == 0
    said = capsys.readouterr()
    assert "about 1 min" in said.err.splitlines()[0]  # said before the wait
    told = json.loads(said.out)
    assert "one video shown to one viewer" in told["machine"]["counts"]
    assert [(r["what"], r["mode"]) for r in told["results"]] == [
        ("world", "eager"),
        ("day", "eager"),
        ("agent", "eager"),
    ]
    page, day, _ = told["results"]
    assert 0 < day["night_share"] < 1 and page["night_share"] is None
    keys = {"what", "agent", "viewers", "slots", "mode", "impressions_per_s", "peak_mib"}
    assert all(keys | {"roofline_ratio"} <= set(r) for r in told["results"])
    assert all(r["impressions_per_s"] > 0 for r in told["results"])


SEAT = {"what", "seats", "world", "days", "slots", "steps_per_s", "spread", "peak_mib", "record_s"}


def test_seats_are_timed_alone_and_side_by_side(capsys, monkeypatch):
    small = {"TOGETHER": "nano", "DAYS": 2, "EPISODES": 2, "STEPS": 6}
    for name, value in small.items():
        monkeypatch.setattr(seat_bench, name, value)
    args = ["--viewers", "--agent", "--creators", "--seats", "1", "5", "--repeats", "2"]
    assert door.main([*args, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "pages of seats that are awake" in told["machine"]["counts"]
    rows = told["results"]
    assert [(r["what"], r["seats"], r["world"]) for r in rows] == [
        ("seat", 1, "nano"),
        ("seats", 5, "nano"),
    ]
    assert all(set(r) == SEAT and r["days"] == 2 and r["steps_per_s"] > 0 for r in rows)
    assert door.main(args) == 0
    assert "awake steps/s" in capsys.readouterr().out


def test_days_of_creators_are_counted_with_their_worlds(capsys, monkeypatch):
    for name, value in {"WARM_UP": 0, "STEPS": 2}.items():
        monkeypatch.setattr(creator_bench, name, value)
    args = ["--viewers", "--agent", "--seats", "--creators", "6", "--repeats", "2"]
    assert door.main([*args, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["results"]
    assert row["what"] == "creators" and row["seats"] == 6 and row["creator_days_per_min"] > 0
    assert row["worlds"] == creator_bench.cores() and row["world"] == "nano"


def test_creator_days_a_minute_are_days_times_seats_over_the_time(monkeypatch):
    class Lived:
        num_envs = 8

        def __init__(self):
            self.action_space, self.clock = self, 0.0

        def sample(self):
            return None

        def step(self, action):
            self.clock += 0.5

    envs = Lived()
    monkeypatch.setattr(creator_bench.time, "perf_counter", lambda: envs.clock)
    assert creator_bench._days(envs) == 60 * 8 / 0.5


class Played:
    """Episodes of five steps; of four seats side by side three are awake."""

    def __init__(self):
        self.action_space, self.steps = self, 0
        self.info = {"awake": np.array([True, True, False, True])}

    def sample(self, mask):
        return mask

    def reset(self):
        self.steps = 0
        return {"candidate_mask": 1}, self.info

    def step(self, action):
        self.steps += 1
        return {"candidate_mask": 1}, 0.0, False, self.steps == 5, self.info


def test_whole_episodes_count_with_their_resets_and_only_seats_awake(monkeypatch):
    """Whatever is timed takes half a second."""
    ticks = count(step=0.5)
    monkeypatch.setattr(seat_bench.time, "perf_counter", lambda: next(ticks))
    assert seat_bench._episodes(Played(), 4) == pytest.approx(4 * 5 / (4 * 6 * 0.5))
    assert seat_bench._rounds(Played(), 2) == pytest.approx([3 / 0.5] * 2)


def test_cuda_that_is_not_there_is_an_error_never_silent_cpu(capsys):
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    assert door.main(["--device", "cuda"]) == 2
    assert "--device cpu" in capsys.readouterr().err


def test_without_a_compiler_the_run_goes_on_eager_and_says_so(monkeypatch):
    monkeypatch.setattr(compiling.shutil, "which", lambda name: None)
    said: list[str] = []
    page, _ = compiling.page_and_day("cpu", True, said.append)
    assert page is swipe_through
    assert said == ["running eager: no C++ compiler was found (install g++ or clang++)"]


def test_on_a_gpu_the_page_is_a_graph_and_the_night_is_not():
    page, night = compiling.page_and_day("cuda", True)
    assert night is turn_day and page is not swipe_through
