"""Equity read from marks and from backtests: its ends exact, between them as much as is drawn."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from proratio_core.database import Database
from proratio_quantlab.results import BacktestResult, ResultStore
from proratio_tradehub.dashboard.equity_reading import read_equity
from proratio_tradehub.dashboard.subject import Subject, account_subject, read_subjects
from proratio_tradehub.marks import Mark
from tests.quantlab.made import specification_of
from tests.tradehub.dashboard.drawing import NOW

ACCOUNT = "freqtrade dry_run binance spot"
SUBJECT = account_subject(ACCOUNT, NOW)


def _store(database: Database, minutes: int) -> None:
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO equity_mark SELECT %s, %s::timestamptz + i * interval '1 minute', 1000 + i"
            " FROM generate_series(0, %s) AS i",
            (ACCOUNT, NOW, minutes),
        )


def test_account_without_marks_has_no_curve(database: Database) -> None:
    assert read_equity(database, SUBJECT, span=None).at == ()


def test_curve_has_both_ends_and_few_points_between(database: Database) -> None:
    _store(database, 3_000)
    curve = read_equity(database, SUBJECT, span=None)
    assert (curve.equity_quote[0], curve.last_quote) == (1000.0, 4000.0)
    assert 290 < len(curve.at) <= 303
    assert list(curve.at) == sorted(set(curve.at))
    assert curve.day_start_quote == 1000.0 + 36 * 60 - 1


def test_span_is_counted_from_the_last_mark(database: Database) -> None:
    _store(database, 3_000)
    curve = read_equity(database, SUBJECT, span=timedelta(hours=1))
    assert curve.equity_quote[0] == 3940.0
    assert len(curve.at) == 61


def test_single_mark_is_a_curve(database: Database) -> None:
    _store(database, 0)
    curve = read_equity(database, SUBJECT, span=None)
    assert curve.equity_quote == (1000.0,)
    assert curve.day_start_quote == 1000.0


def test_backtest_has_a_curve_from_its_wallet(database: Database) -> None:
    days = pd.date_range("2024-01-01", periods=500, freq="h", tz="UTC").as_unit("ms")
    equity = pd.DataFrame({"date": days, "equity_quote": [1000.0 + i for i in range(500)]})
    ResultStore(database).save(BacktestResult.of(specification_of(), (), equity))
    (subject,) = read_subjects(database)
    assert subject.mark is Mark.SIMULATED
    assert subject.quote == "USDT"
    curve = read_equity(database, subject, span=None)
    assert curve.last_quote == 1499.0
    assert len(curve.at) <= 303
    short = read_equity(database, subject, span=timedelta(hours=5))
    assert short.equity_quote[0] == 1494.0
    assert (
        read_equity(database, Subject("run:9", "", Mark.SIMULATED, NOW, run_id=9), span=None).at
        == ()
    )
