"""What a file is, read off its name and the folders it lies in (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proratio_core.errors import DataError
from proratio_core.values import SIMULATED, Market, Pair, SeriesKey, SeriesKind, Timeframe

__all__ = ["ImportHints", "binance_dump_key", "freqtrade_key", "is_binance_dump"]

_EXCHANGES: Final = frozenset(
    "binance binanceus bingx bitget bitmart bitvavo bybit coinbase cryptocom gate htx hyperliquid "
    f"kraken krakenfutures kucoin lbank okx {SIMULATED}".split()
)
_FREQTRADE: Final = re.compile(
    r"^(?P<pair>[A-Z0-9]+_[A-Z0-9]+(?:_[A-Z0-9]+)?)-(?P<timeframe>\d+[a-zA-Z]+)"
    r"(?:-(?P<kind>[A-Za-z_]+))?\.feather$"
)
_BINANCE: Final = re.compile(
    r"^(?P<symbol>[A-Z0-9]+)-(?P<timeframe>\d+[a-z]+|fundingRate)-\d{4}-\d{2}(?:-\d{2})?"
    r"\.(?:csv|zip)$"
)
_QUOTES: Final = ("FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD1", "DAI", "EUR", "TRY", "BRL")
_COIN_QUOTES: Final = ("BTC", "ETH", "BNB")
_KINDS: Final = {
    None: SeriesKind.CANDLE,
    "futures": SeriesKind.CANDLE,
    "mark": SeriesKind.MARK,
    "funding_rate": SeriesKind.FUNDING,
}


@dataclass(frozen=True, slots=True)
class ImportHints:
    """What the caller knows and the names need not say; None is read off the path.

    Parameters
    ----------
    exchange
        Whose prices a Freqtrade file holds.
    pair
        What a dump holds, in ccxt's notation; its market too.
    market
        Spot or perpetual, for a dump outside Binance's own folders.
    kind
        Traded candles or mark prices, likewise.
    """

    exchange: str | None = None
    pair: Pair | None = None
    market: Market | None = None
    kind: SeriesKind | None = None


def freqtrade_key(path: Path, hints: ImportHints) -> SeriesKey:
    """Return the series a file of Freqtrade's data folder holds.

    Raises
    ------
    DataError
        The name is not one of Freqtrade's, or nothing names the exchange.
    """
    match = _FREQTRADE.match(path.name)
    if match is None or match["kind"] not in _KINDS:
        raise DataError(
            f"{path}: the name is not one of Freqtrade's candle files; expected e.g. "
            "BTC_USDT-1h.feather or futures/BTC_USDT_USDT-1h-mark.feather: rename it"
        )
    base, quote, *settle = match["pair"].split("_")
    pair = Pair.parse(f"{base}/{quote}" + (f":{settle[0]}" if settle else ""))
    if (pair.market is Market.PERPETUAL) != (match["kind"] is not None):
        raise DataError(
            f"{path}: a spot pair goes without a suffix (BTC_USDT-1h.feather), a perpetual with "
            "one of -futures, -mark, -funding_rate (BTC_USDT_USDT-1h-futures.feather): rename it"
        )
    timeframe = _timeframe(path, match["timeframe"])
    return SeriesKey(_exchange(path, hints), pair, timeframe, _KINDS[match["kind"]])


def is_binance_dump(path: Path) -> bool:
    """Return whether a file is named like one of Binance's public dumps."""
    return _BINANCE.match(path.name) is not None


def binance_dump_key(path: Path, hints: ImportHints) -> SeriesKey:
    """Return the series one of Binance's public dumps holds.

    Raises
    ------
    DataError
        The name is not one of Binance's, or neither the path nor the hints tell spot from
        perpetual.
    """
    match = _BINANCE.match(path.name)
    if match is None:
        raise DataError(
            f"{path}: the name is not one of Binance's dumps; expected e.g. "
            "BTCUSDT-1h-2024-01.zip or BTCUSDT-fundingRate-2024-01.zip: rename it"
        )
    if match["timeframe"] == "fundingRate":
        pair = _pair(path, match["symbol"], Market.PERPETUAL, hints)
        return SeriesKey("binance", pair, Timeframe.H1, SeriesKind.FUNDING)
    kind = hints.kind or _kind(path)
    market = Market.PERPETUAL if kind is SeriesKind.MARK else _market(path, hints)
    pair = _pair(path, match["symbol"], market, hints)
    return SeriesKey("binance", pair, _timeframe(path, match["timeframe"]), kind)


def _timeframe(path: Path, text: str) -> Timeframe:
    try:
        return Timeframe.parse(text)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _exchange(path: Path, hints: ImportHints) -> str:
    if hints.exchange is not None:
        return hints.exchange
    folder = path.resolve().parent
    name = folder.parent.name if folder.name == "futures" else folder.name
    if name not in _EXCHANGES:
        raise DataError(
            f"{path}: the folder {name!r} does not name an exchange Freqtrade knows; put the file "
            "into e.g. binance/, or pass --exchange binance"
        )
    return name


def _kind(path: Path) -> SeriesKind:
    parts = path.resolve().parts
    for unsupported in ("indexPriceKlines", "premiumIndexKlines"):
        if unsupported in parts:
            raise DataError(
                f"{path}: {unsupported} are neither traded nor mark prices; import klines, "
                "markPriceKlines or fundingRate"
            )
    return SeriesKind.MARK if "markPriceKlines" in parts else SeriesKind.CANDLE


def _market(path: Path, hints: ImportHints) -> Market:
    if hints.pair is not None:
        return hints.pair.market
    if hints.market is not None:
        return hints.market
    parts = path.resolve().parts
    if "spot" in parts:
        return Market.SPOT
    if "futures" in parts and "um" in parts:
        return Market.PERPETUAL
    raise DataError(
        f"{path}: nothing tells spot from perpetual; keep Binance's folders (spot/ or "
        "futures/um/), or pass --market spot or --market perpetual"
    )


def _pair(path: Path, symbol: str, market: Market, hints: ImportHints) -> Pair:
    if hints.pair is not None:
        if hints.pair.exchange_id != symbol or hints.pair.market is not market:
            raise DataError(
                f"{path}: the file holds {symbol} ({market}), not {hints.pair}; name the pair it "
                "holds, or leave --pair out"
            )
        return hints.pair
    for quote in (*_QUOTES, *_COIN_QUOTES):
        if symbol.endswith(quote) and symbol != quote:
            base = symbol.removesuffix(quote)
            return Pair(base, quote, quote if market is Market.PERPETUAL else None)
    raise DataError(
        f"{path}: {symbol} does not end in a quote currency known here "
        f"({', '.join((*_QUOTES, *_COIN_QUOTES))}); pass --pair, e.g. --pair BASE/QUOTE"
    )
