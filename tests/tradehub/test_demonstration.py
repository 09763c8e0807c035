from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.scenario import assets_of, generate
from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.replay import RecordedMarket, ReplayServer
from proratio_core.settings import Settings
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_tradehub.demonstration import DemoMarket, Origin, demo_request, prepare_market
from tests.wire.markets import RULES

PAIRS = (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT"))
NOWHERE = "http://127.0.0.1:9"
"""The discard port: nobody listens."""


def prepare(
    database: Database, url: str, *, fresh: bool = False, heard: list[str] | None = None
) -> DemoMarket:
    stages = [] if heard is None else heard
    return prepare_market(
        Settings(PRORATIO_EXCHANGE_URL=url, PRORATIO_USER_DATA=Path("user_data")),
        database,
        clock=SystemClock(),
        fresh=fresh,
        progress=lambda stage, _part: stages.append(stage),
    )


def test_without_an_exchange_the_market_is_simulated_and_says_why(database: Database) -> None:
    heard: list[str] = []

    market = prepare(database, NOWHERE, heard=heard)

    assert market.exchange == "simulated"
    assert market.origin is Origin.GENERATED
    assert "cannot be reached" in market.reason
    assert "Generating the SIMULATED market" in heard
    assert {stored.key.exchange for stored in CandleStore(database).series()} == {"simulated"}


def test_a_simulated_market_is_kept_until_a_fresh_start(database: Database) -> None:
    prepare(database, NOWHERE)

    kept = prepare(database, NOWHERE, heard=(heard := []))
    fresh = prepare(database, NOWHERE, fresh=True)

    assert kept.origin is Origin.KEPT
    assert "--fresh tries again" in kept.reason
    assert heard == []
    assert fresh.origin is Origin.GENERATED


def test_an_exchange_that_answers_gives_real_candles_once(database: Database) -> None:
    recorded = recorded_markets()
    with ReplayServer(recorded, SystemClock(), record="binance") as server:
        first = prepare(database, server.url)
        asked = server.requests.total()
        again = prepare(database, server.url)
        assert server.requests.total() == asked > 0

    assert first == DemoMarket("binance", Origin.DOWNLOADED)
    assert again == DemoMarket("binance", Origin.KEPT)
    store = CandleStore(database)
    for market in recorded:
        real = store.read(SeriesKey("binance", market.pair, Timeframe.H1))
        assert real.equals(market.candles[Timeframe.H1])


def recorded_markets() -> list[RecordedMarket]:
    """Return a made-up market of the demo's pairs and time, for a replay to pass off as real."""
    start, hours = datetime(2023, 12, 1, tzinfo=UTC), 398 * 24
    made = generate(
        assets_of(PAIRS),
        Timeframe.H1,
        start=start,
        candles=hours,
        seed=5,
    )
    return [RecordedMarket(pair, RULES, {Timeframe.H1: frame}) for pair, frame in made.items()]


@pytest.mark.parametrize("exchange", ["binance", "simulated"])
def test_the_demo_compares_the_gated_strategy_with_its_twin(exchange: str) -> None:
    request = demo_request(DemoMarket(exchange, Origin.KEPT), profile="offline", fresh=False)

    assert request.exchange == exchange
    assert request.compare_ungated
    assert request.pairs == PAIRS
    assert str(request.timerange) == "20240101-20250101"
