"""Dates are read in one order for the whole column, found from all of it, or refused by name."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from made_logs import plain, plays

from sim.calibration.cleaning import Cleaner
from sim.calibration.collect import survey
from sim.calibration.dates import Dates
from sim.calibration.logs import BadLog, find
from sim.calibration.moments import Clock


def read(column: list | pa.Array, order: str = "") -> list[str]:
    """ISO days, None where there is none, as they are read eight hours ahead of UTC."""
    array = column if isinstance(column, pa.Array) else pa.array(column)
    days = Dates(lambda: [array], 8.0, order).days(array)
    return [str(np.datetime64(int(d // 1), "D")) if np.isfinite(d) else None for d in days]


@pytest.mark.parametrize(
    ("column", "days"),
    [
        (["09/03/2024", "13/03/2024"], ["2024-03-09", "2024-03-13"]),
        (["09/03/2024", "03/13/2024"], ["2024-09-03", "2024-03-13"]),
        (["13.3.2024 14:05", "1.3.2024 0:00"], ["2024-03-13", "2024-03-01"]),
        (["2023年11月08日", "2023年1月8日"], ["2023-11-08", "2023-01-08"]),
        (["2023年11月8日12时30分15秒", "2023年11月8日 下午3:05"], ["2023-11-08"] * 2),
        (["2023年11月8日 星期三", "2023-11-09"], ["2023-11-08", "2023-11-09"]),
        (["2024-03-09", "2024/3/9", "20240309", "20240309.0", "2024.03.09"], ["2024-03-09"] * 5),
        (["2024-03-09T10:11:12", "2024-03-09 10:11:12.5"], ["2024-03-09"] * 2),
        (["2024-03-09T20:00:00Z", "2024-03-10 01:00 +09:00"], ["2024-03-10", "2024-03-10"]),
        (["20240309101112", "202403091011", "20240309T101112"], ["2024-03-09"] * 3),
        (
            ["8 Nov 2023", "November 9, 2023", "10-Nov-2023"],
            [f"2023-11-{d}" for d in ("08", "09", 10)],
        ),
        (["1699401600", "1699488000"], ["2023-11-08", "2023-11-09"]),
        ([1699401600000, None], ["2023-11-08", None]),
        ([1699401600000000], ["2023-11-08"]),
        (["1699401600000000000"], ["2023-11-08"]),
        ([20240309, 20240310], ["2024-03-09", "2024-03-10"]),
        ([20240309.0, None], ["2024-03-09", None]),
        ([datetime.date(2024, 3, 9)], ["2024-03-09"]),
        ([datetime.datetime(2024, 3, 9, 23)], ["2024-03-09"]),
        (pa.array([pd.Timestamp("2024-03-09T23", tz="UTC")]), ["2024-03-10"]),
        (["2024-02-29", "2024-02-30", "0000-00-00", "", None], ["2024-02-29"] + [None] * 4),
        (["03/03/2024", "04/04/2024"], ["2024-03-03", "2024-04-04"]),
        (["2024-03-09", "-1", "0"], ["2024-03-09", None, None]),
    ],
)
def test_a_column_is_read_in_its_own_order(column, days):
    assert read(column) == days


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (["09/03/2024", "10/03/2024"], "some date shows .* got '09/03/2024'.*--date-order"),
        (["13/03/2024", "03/13/2024"], "13/03/2024, the day first and 03/13/2024, the month first"),
        (["2024-03-09", "13/03/2024"], "2024-03-09, the year first and 13/03/2024, the year last"),
        ([1699401600, 1699401600000], "seconds since 1970 and .* milliseconds since 1970"),
        ([20240309, 1699401600], "the year first and .* seconds since 1970"),
        (["09/03/24"], "got '09/03/24'"),
        (["2024-W10-6"], "got '2024-W10-6'"),
        (["2024-03-09 soon"], "got '2024-03-09 soon'"),
        (["gestern"], "got 'gestern'"),
        (["2024/09/03", "2024/13/03"], "the year first and 2024/13/03, the day before the month"),
        (["2024-03-09T10:00:00Z", "2024-03-09T11:00:00"], "say their time zone, or none; got"),
        (["9 March 2024 8:00", "2024-03-09 08:00 +09:00"], "have one order for the whole column"),
    ],
)
def test_dates_without_one_sure_order_are_refused_by_the_value(column, said):
    with pytest.raises(BadLog, match=said):
        read(column)


def test_the_order_can_be_told_but_not_against_the_column():
    assert read(["09/03/2024", "10/03/2024"], "day") == ["2024-03-09", "2024-03-10"]
    assert read(["09/03/2024", "10/03/2024"], "month") == ["2024-09-03", "2024-10-03"]
    with pytest.raises(BadLog, match="where the month first was asked for"):
        read(["13/03/2024"], "month")


def written(table: pd.DataFrame, form: str) -> pd.DataFrame:
    """Plays whose only time is a date."""
    local = pd.to_datetime(table["time_ms"] + 8 * 3_600_000, unit="ms")
    return plain(table).drop(columns="time_ms").assign(date=local.dt.strftime(form).to_numpy())


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y", "%Y年%m月%d日", "%Y%m%d", "%d %B %Y"])
def test_days_are_those_of_the_clock_however_dates_are_written(tmp_path, form):
    table = plays(4000, days=9)  # 25 April to 3 May: the order shows late in the file
    table = pd.concat([table[table["date"] > 20220430], table[table["date"] <= 20220430]])
    plain(table).to_csv(tmp_path / "clock.csv", index=False)
    written(table, form).to_csv(tmp_path / "dates.csv", index=False)
    clock, dates = (
        survey(find(tmp_path / f"{name}.csv", {}), 8, 0, lambda _: None).days
        for name in ("clock", "dates")
    )
    assert dates == clock


def test_the_order_is_found_from_all_files(tmp_path):
    table = written(plays(3000, days=9), "%d/%m/%Y")
    early = table["date"].str.endswith("/05/2022")  # 1 to 3 May: either order
    table[early].to_csv(tmp_path / "a.csv", index=False)
    table[~early].to_csv(tmp_path / "b.csv", index=False)
    days = survey(find(tmp_path, {}), 8, 0, lambda _: None).days
    assert (min(days), max(days)) == (19107, 19115)


def test_hours_come_from_dates_that_tell_them(tmp_path):
    table = plays(1000)
    local = pd.to_datetime(table["time_ms"] + 8 * 3_600_000, unit="ms")
    plain(table).drop(columns="time_ms").assign(date=local).to_parquet(tmp_path / "mine.parquet")
    rows = next(iter(Cleaner(find(tmp_path, {}), 8)))
    assert (rows.hour == local.dt.hour.to_numpy()).all()


def test_days_that_cannot_be_are_dropped_and_counted(tmp_path):
    table = written(plays(1000), "%Y-%m-%d")
    table.loc[:9, "date"] = "9999-12-31"
    table.loc[10:14, "date"] = "0000-00-00"
    table.loc[15:17, "date"] = ""
    table.to_csv(tmp_path / "mine.csv", index=False)
    cleaner = Cleaner(find(tmp_path, {}), 8)
    assert sum(len(rows) for rows in cleaner) == 1000 - 18
    why = {w: n for w, n in cleaner.dropped.items() if n}
    assert why == {"day_out_of_range": 10, "no_such_day": 5, "null": 3}


def test_a_day_years_from_the_others_is_a_mark_and_no_day(tmp_path):
    table = written(plays(1000), "%Y-%m-%d")
    table.loc[:49, "date"] = "2099-12-31"
    table.to_csv(tmp_path / "mine.csv", index=False)
    log = find(tmp_path, {})
    clock = Clock(log, 8)
    found = survey(log, 8, 0, lambda _: None, (), clock)
    assert (len(found.days), found.empty_days) == (6, 0)
    cleaner = Cleaner(log, 8, clock=clock)
    assert sum(len(rows) for rows in cleaner) == 950
    assert cleaner.dropped["day_out_of_range"] == 50


def test_the_number_that_a_spreadsheet_gives_a_day_is_named(tmp_path):
    plain(plays(500)).drop(columns="time_ms").assign(date=45_000).to_csv(
        tmp_path / "mine.csv", index=False
    )
    with pytest.raises(BadLog, match=r"such as 45000.*spreadsheet"):
        survey(find(tmp_path, {}), 8, 0, lambda _: None)


def test_rows_whose_date_is_not_that_of_their_moment_are_dropped_and_counted(tmp_path):
    table = plain(plays(1000))
    local = pd.to_datetime(table["time_ms"] + 8 * 3_600_000, unit="ms")
    for late, days, good in ((10, 400, 990), (10, 1, 1000), (1000, 400, None)):
        away = pd.to_timedelta(np.where(np.arange(1000) < late, days, 0), "D")
        table.assign(date=(local + away).dt.strftime("%Y-%m-%d")).to_csv(tmp_path / "mine.csv")
        cleaner = Cleaner(find(tmp_path, {}), 8, twins=False)
        if good is None:
            with pytest.raises(BadLog, match="0 usable, 1,000 date_not_that_of_time"):
                survey(find(tmp_path, {}), 8, 0, lambda _: None)
        else:
            assert sum(map(len, cleaner)) == good
            assert cleaner.dropped["date_not_that_of_time"] == 1000 - good
