"""The list of runs, read without what happened in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.values import Pair, Timeframe
from proratio_quantlab.results import ResultStore
from proratio_tradehub.dashboard.lab.queries import read_candles, read_days, read_runs
from tests.core.candles.candle_frames import FUNDING, SPOT, candles, funding
from tests.quantlab.made import result_of


def test_newest_runs_come_first_with_their_figures(database: Database) -> None:
    store = ResultStore(database)
    gated, ungated = result_of(), result_of(None, parameters=(("rsi_high", 70),))
    for run in (gated, ungated):
        store.save(run)
    newest, older = read_runs(database, {"offline": True}, most=5)
    assert (newest.profile, newest.rule_based, newest.parameters) == (None, False, {"rsi_high": 70})
    assert (older.hash, older.profile, older.rule_based) == (
        gated.specification.hash,
        "offline",
        True,
    )
    assert older.profit_frac == gated.metrics.profit_frac
    assert older.trades == 2
    assert older.sharpe_half is not None
    assert len(read_runs(database, {}, most=1)) == 1


def test_a_profile_that_is_gone_is_not_taken_for_rules(database: Database) -> None:
    ResultStore(database).save(result_of())
    (line,) = read_runs(database, {}, most=5)
    assert line.gate == "offline"


def test_candles_are_offered_with_the_whole_days_that_all_pairs_have(database: Database) -> None:
    store = CandleStore(database)
    other = replace(SPOT, pair=Pair.parse("ETH/USDT"))
    store.write(SPOT, candles(80, start=datetime(2024, 1, 1, tzinfo=UTC)))
    store.write(other, candles(80, start=datetime(2024, 1, 2, tzinfo=UTC)))
    store.write(FUNDING, funding())
    (offered,) = read_candles(database)
    assert (offered.exchange, offered.timeframe) == ("binance", Timeframe.H1)
    assert [str(pair) for pair in offered.pairs] == ["BTC/USDT", "ETH/USDT"]
    assert read_days(database, offered, offered.pairs) == (date(2024, 1, 2), date(2024, 1, 3))
    assert read_days(database, offered, ()) is None
