"""What a file is, read off its name and its folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.candles.importers.naming import (
    ImportHints,
    binance_dump_key,
    freqtrade_key,
    is_binance_dump,
)
from proratio_core.errors import DataError
from proratio_core.values import Market, Pair, SeriesKind

NO_HINTS = ImportHints()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("binance/BTC_USDT-1h.feather", "binance BTC/USDT 1h"),
        ("okx/futures/BTC_USDT_USDT-5m-futures.feather", "okx BTC/USDT:USDT 5m"),
        ("binance/futures/BTC_USDT_USDT-1h-mark.feather", "binance BTC/USDT:USDT 1h mark"),
        (
            "binance/futures/BTC_USDT_USDT-1h-funding_rate.feather",
            "binance BTC/USDT:USDT 1h funding_rate",
        ),
        ("simulated/1000PEPE_USDT-1d.feather", "simulated 1000PEPE/USDT 1d"),
    ],
)
def test_freqtrade_file_names_its_series(name: str, expected: str) -> None:
    assert str(freqtrade_key(Path(name), NO_HINTS)) == expected


def test_exchange_given_outranks_the_folder() -> None:
    key = freqtrade_key(Path("somewhere/BTC_USDT-1h.feather"), ImportHints(exchange="kraken"))
    assert key.exchange == "kraken"


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("binance/BTC-1h.feather", r"not one of Freqtrade's.*expected e\.g\. BTC_USDT-1h.*rename"),
        ("binance/BTC_USDT-trades.feather", "not one of Freqtrade's"),
        ("binance/BTC_USDT_USDT-1h-index.feather", "not one of Freqtrade's"),
        ("binance/BTC_USDT-1w.feather", r"timeframe '1w' is not supported; use one of: 1m"),
        ("binance/BTC_USDT-1h-mark.feather", "a spot pair goes without a suffix"),
        ("binance/BTC_USDT_USDT-1h.feather", r"a perpetual with one of -futures, -mark"),
        ("downloads/BTC_USDT-1h.feather", r"folder 'downloads' does not name.*--exchange binance"),
    ],
)
def test_name_that_is_not_understood_says_what_was_expected(name: str, match: str) -> None:
    with pytest.raises(DataError, match=match) as caught:
        freqtrade_key(Path(name), NO_HINTS)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("spot/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-01.zip", "binance BTC/USDT 1h"),
        ("spot/daily/klines/ETHBTC/1d/ETHBTC-1d-2024-01-01.csv", "binance ETH/BTC 1d"),
        (
            "futures/um/monthly/klines/BTCUSDT/5m/BTCUSDT-5m-2024-01.zip",
            "binance BTC/USDT:USDT 5m",
        ),
        (
            "futures/um/monthly/markPriceKlines/BTCUSDC/1h/BTCUSDC-1h-2024-01.zip",
            "binance BTC/USDC:USDC 1h mark",
        ),
        ("anywhere/BTCUSDT-fundingRate-2024-01.zip", "binance BTC/USDT:USDT 1h funding_rate"),
    ],
)
def test_binance_dump_names_its_series(name: str, expected: str) -> None:
    assert is_binance_dump(Path(name))
    assert str(binance_dump_key(Path(name), NO_HINTS)) == expected


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        (ImportHints(market=Market.SPOT), "binance BTC/USDT 1h"),
        (ImportHints(market=Market.PERPETUAL), "binance BTC/USDT:USDT 1h"),
        (ImportHints(kind=SeriesKind.MARK), "binance BTC/USDT:USDT 1h mark"),
        (ImportHints(pair=Pair.parse("BTC/USDT:USDT")), "binance BTC/USDT:USDT 1h"),
    ],
)
def test_hints_say_what_the_path_does_not(hints: ImportHints, expected: str) -> None:
    assert str(binance_dump_key(Path("x/BTCUSDT-1h-2024-01.zip"), hints)) == expected


def test_pair_that_is_not_in_the_name_can_be_given() -> None:
    hints = ImportHints(pair=Pair.parse("FOO/BARX"))
    assert str(binance_dump_key(Path("x/FOOBARX-1h-2024-01.zip"), hints)) == "binance FOO/BARX 1h"


@pytest.mark.parametrize(
    ("name", "hints", "match"),
    [
        ("x/BTCUSDT-1h-2024-01.zip", NO_HINTS, "nothing tells spot from perpetual.*--market spot"),
        ("spot/BTCUSDT-1w-2024-01.zip", NO_HINTS, "timeframe '1w' is not supported"),
        ("spot/FOOBARX-1h-2024-01.zip", NO_HINTS, "does not end in a quote currency.*pass --pair"),
        ("spot/candles.csv", NO_HINTS, "not one of Binance's dumps; expected e.g. BTCUSDT-1h"),
        (
            "futures/um/monthly/premiumIndexKlines/BTCUSDT/1h/BTCUSDT-1h-2024-01.zip",
            NO_HINTS,
            "premiumIndexKlines are neither traded nor mark prices",
        ),
        (
            "spot/BTCUSDT-1h-2024-01.zip",
            ImportHints(pair=Pair.parse("ETH/USDT")),
            r"holds BTCUSDT \(spot\), not ETH/USDT",
        ),
        (
            "x/BTCUSDT-fundingRate-2024-01.zip",
            ImportHints(pair=Pair.parse("BTC/USDT")),
            r"holds BTCUSDT \(perpetual\), not BTC/USDT",
        ),
    ],
)
def test_dump_that_is_not_understood_names_the_remedy(
    name: str, hints: ImportHints, match: str
) -> None:
    with pytest.raises(DataError, match=match) as caught:
        binance_dump_key(Path(name), hints)
    assert name in str(caught.value)


def test_delivery_contract_is_not_taken_for_a_perpetual() -> None:
    assert not is_binance_dump(Path("futures/um/BTCUSDT_240329-1h-2024-01.zip"))
