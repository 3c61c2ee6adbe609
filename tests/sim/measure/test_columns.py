"""The table of event columns is whole, and a column is one entry in it."""

import re

import pytest
import torch

from sim.calibration.layouts import LAYOUTS
from sim.lab.run import events
from sim.lab.run.arm import Arm
from sim.lab.run.parts import Tale
from sim.measure.columns import COLUMNS, DTYPES, Column, columns
from sim.presets.config import resolve
from sim.world.state import EVENT_FLAGS


@pytest.mark.parametrize("column", COLUMNS, ids=lambda c: c.name)
def test_every_column_is_whole(column):
    assert column.kind in DTYPES and re.fullmatch("[a-z_]+", column.name)
    assert column.en and re.search("[一-鿿]", column.zh)
    assert (column.read is None) == (column.name in ("seed", "agent"))
    assert not column.names or column.kind == "name"


def test_no_two_columns_share_a_name_and_hidden_ones_come_last():
    names = [c.name for c in COLUMNS]
    assert len(set(names)) == len(names) and set(EVENT_FLAGS) <= set(names)
    hidden = [c.hidden for c in COLUMNS]
    assert hidden == sorted(hidden) and columns(False) == COLUMNS[: hidden.index(True)]


def test_calibration_reads_runs_by_the_names_that_runs_write():
    layout = next(each for each in LAYOUTS if each.name == "events")
    assert set(layout.names.values()) <= {c.name for c in COLUMNS}


def test_a_new_column_is_one_entry(monkeypatch):
    new = Column("twice", "float32", "s", "twice the length", "时长的两倍", lambda i: 2 * i.world
                 .videos.duration[i.video])  # fmt: skip
    odd = Column(
        "odd", "int64", "", "odd slots alone", "奇数位置", lambda i: i.slot % 2, missing=0.0
    )
    monkeypatch.setattr(events, "columns", lambda truth: (*COLUMNS, new, odd))
    day = Arm("popular", resolve("nano", settings=("size.viewers=40",)), 0).step()
    log = events.EventLog(10**6, truth=False)
    log.tales.append(Tale(0, "popular", None))
    log.add(log.tales[0], day)
    table = log.frame()
    assert list(table)[-2:] == ["twice", "odd"] and len(table) > 100
    assert torch.allclose(torch.tensor(table["twice"]), 2 * torch.tensor(table["duration_s"]))
    assert (table["odd"].isna() == (table["slot"] % 2 == 0)).all()
