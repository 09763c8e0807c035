"""The nouns of the market, frozen: pair, timeframe, kind of series, and the key that names one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property

from proratio_core.errors import DataError

__all__ = [
    "REPLAY",
    "SIMULATED",
    "Market",
    "Pair",
    "SeriesKey",
    "SeriesKind",
    "Timeframe",
    "Timerange",
]

REPLAY = "replay"
"""The exchange name of what is filed while a recorded market is played back, votes above all."""

SIMULATED = "simulated"
"""The exchange name of every series that no market ever printed."""

_MINUTE_MS = 60_000
_PAIR = re.compile(r"^([A-Z0-9]{1,20})/([A-Z0-9]{2,10})(?::([A-Z0-9]{2,10}))?$")
_EXCHANGE = re.compile(r"^[a-z0-9_]{2,40}$")


class Market(StrEnum):
    """Where a pair trades."""

    SPOT = "spot"
    PERPETUAL = "perpetual"


class SeriesKind(StrEnum):
    """What a series records."""

    CANDLE = "candle"
    MARK = "mark"
    FUNDING = "funding_rate"


class Timeframe(StrEnum):
    """The length of a candle.

    Examples
    --------
    >>> Timeframe.parse("1h").minutes
    60
    """

    M1 = "1m"
    M3 = "3m"
    M5 = "5m"
    M15 = "15m"
    M30 = "30m"
    H1 = "1h"
    H2 = "2h"
    H4 = "4h"
    H6 = "6h"
    H8 = "8h"
    H12 = "12h"
    D1 = "1d"

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return int(self.value[:-1]) * {"m": 1, "h": 60, "d": 1440}[self.value[-1]]

    @property
    def ms(self) -> int:
        """Length in milliseconds."""
        return self.minutes * _MINUTE_MS

    @classmethod
    def parse(cls, text: str) -> Timeframe:
        """Return the timeframe `text` names.

        Raises
        ------
        DataError
            `text` is none of the supported timeframes.
        """
        try:
            return cls(text)
        except ValueError as error:
            known = " ".join(cls)
            raise DataError(f"timeframe {text!r} is not supported; use one of: {known}") from error


@dataclass(frozen=True, slots=True)
class Pair:
    """A market's symbol in ccxt's notation: `BTC/USDT` is spot, `BTC/USDT:USDT` a perpetual.

    Examples
    --------
    >>> Pair.parse("BTC/USDT:USDT").market.value
    'perpetual'
    """

    base: str
    quote: str
    settle: str | None = None

    @classmethod
    def parse(cls, text: str) -> Pair:
        """Return the pair `text` names.

        Raises
        ------
        DataError
            `text` is not in ccxt's notation.
        """
        match = _PAIR.match(text)
        if match is None:
            raise DataError(
                f"pair {text!r} is not understood; write BASE/QUOTE for spot (BTC/USDT) "
                "or BASE/QUOTE:SETTLE for perpetuals (BTC/USDT:USDT)"
            )
        return cls(*match.groups())

    def __lt__(self, other: Pair) -> bool:
        """Order by symbol, so that a perpetual follows its spot pair."""
        return str(self) < str(other)

    @property
    def market(self) -> Market:
        """Spot, or perpetual when a settlement currency is named."""
        return Market.SPOT if self.settle is None else Market.PERPETUAL

    @property
    def file_stem(self) -> str:
        """The pair as Freqtrade writes it in file names, e.g. `BTC_USDT_USDT`."""
        return str(self).replace("/", "_").replace(":", "_")

    @property
    def exchange_id(self) -> str:
        """The pair as Binance writes it, e.g. `BTCUSDT`."""
        return self.base + self.quote

    def __str__(self) -> str:
        suffix = "" if self.settle is None else f":{self.settle}"
        return f"{self.base}/{self.quote}{suffix}"


@dataclass(frozen=True)
class SeriesKey:
    """The name of one stored series.

    Parameters
    ----------
    exchange
        Lower-case ccxt id, or `simulated`.
    pair
        What is traded.
    timeframe
        Length of a candle; for funding rates the grid they are published on.
    kind
        Traded candles, mark price candles or funding rates.
    """

    exchange: str
    pair: Pair
    timeframe: Timeframe
    kind: SeriesKind = SeriesKind.CANDLE

    def __post_init__(self) -> None:
        if not _EXCHANGE.match(self.exchange):
            raise DataError(
                f"exchange {self.exchange!r} is not understood; use a lower-case ccxt id (binance)"
            )
        if self.kind is not SeriesKind.CANDLE and self.pair.market is Market.SPOT:
            raise DataError(
                f"{self.pair} is a spot pair and has no {self.kind} series; "
                f"name the perpetual, e.g. {self.pair}:{self.pair.quote}"
            )

    @property
    def market(self) -> Market:
        """Where the pair trades."""
        return self.pair.market

    @property
    def is_simulated(self) -> bool:
        """Whether no real market ever printed this series."""
        return self.exchange == SIMULATED

    @cached_property
    def file_name(self) -> str:
        """Path of the series inside Freqtrade's data directory, e.g. `BTC_USDT-1h.feather`."""
        stem = f"{self.pair.file_stem}-{self.timeframe}"
        if self.market is Market.SPOT:
            return f"{stem}.feather"
        suffix = "futures" if self.kind is SeriesKind.CANDLE else self.kind.value
        return f"futures/{stem}-{suffix}.feather"

    def __str__(self) -> str:
        kind = "" if self.kind is SeriesKind.CANDLE else f" {self.kind}"
        return f"{self.exchange} {self.pair} {self.timeframe}{kind}"


@dataclass(frozen=True, slots=True)
class Timerange:
    """A half-open span of candle open times, `start <= open time < end`; None is unbounded.

    Examples
    --------
    >>> str(Timerange.parse("20240101-20250101"))
    '20240101-20250101'
    """

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise DataError(f"timerange {self} ends before it starts; write the earlier date first")

    @classmethod
    def parse(cls, text: str) -> Timerange:
        """Return the span `text` names, in Freqtrade's notation (`20240101-20250101`, `20240101-`).

        Raises
        ------
        DataError
            `text` is not such a span, or ends before it starts.
        """
        parts = text.split("-")
        try:
            if len(parts) != 2 or not any(parts):
                raise ValueError("two dates are needed")
            start, end = (_parse_moment(part) if part else None for part in parts)
        except ValueError as error:
            raise DataError(
                f"timerange {text!r} is not understood; write YYYYMMDD-YYYYMMDD, "
                "YYYYMMDD- or -YYYYMMDD"
            ) from error
        return cls(start, end)

    def __str__(self) -> str:
        return "-".join("" if m is None else _format_moment(m) for m in (self.start, self.end))


def _parse_moment(text: str) -> datetime:
    """Return midnight UTC of a YYYYMMDD date, or the moment of a 10-digit Unix time."""
    if len(text) == 8:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC)
    if len(text) == 10:
        return datetime.fromtimestamp(int(text), tz=UTC)
    raise ValueError(f"{text!r} is neither a date nor a Unix time")


def _format_moment(moment: datetime) -> str:
    """Return the shortest notation that parses back to `moment`."""
    if moment.time() == datetime.min.time():
        return moment.strftime("%Y%m%d")
    return str(int(moment.timestamp()))
