import json

import pytest

from sim import bench as door
from sim.lab.run import compiling
from sim.world.page import swipe_through


def test_bench_tells_what_it_counts_and_how_fast(capsys):
    args = ["--viewers", "500", "--agent", "random", "--world", "nano", "--repeats", "2", "--json"]
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
