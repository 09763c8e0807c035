"""Candles, mark prices, funding rates and market rules from an exchange, through ccxt."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd

from proratio_core.candles.frame import columns_of, empty_frame, make_frame
from proratio_core.clock import Clock, to_ms
from proratio_core.derivatives import OpenInterest
from proratio_core.errors import DataError, RateLimitError, TransientError
from proratio_core.exchange.access import RECORD_HEADER, open_client, open_listening_client
from proratio_core.exchange.market_rules import MarketRules, rules_from_ccxt
from proratio_core.exchange.silence import Silence
from proratio_core.exchange.translation import translated
from proratio_core.values import REPLAY, Pair, SeriesKey, SeriesKind

__all__ = ["CcxtSource"]

_Answer = TypeVar("_Answer")
_GAP_SKIPPING: Final = frozenset({"binance", "binanceus", "binanceusdm"})
_FEATURE: Final = {SeriesKind.MARK: "fetchMarkOHLCV", SeriesKind.FUNDING: "fetchFundingRateHistory"}


class CcxtSource:
    """An exchange as the collector sees it. Asks nothing while the exchange wants silence.

    Parameters
    ----------
    exchange
        Lower-case ccxt id; with a `url` also `simulated`, or `replay` for whatever it plays back.
    clock
        Measures bans.
    url
        See `open_client`.
    timeout_s
        How long one request may take.

    Raises
    ------
    ConfigurationError
        There is no such exchange.
    """

    def __init__(
        self, exchange: str, *, clock: Clock, url: str | None = None, timeout_s: float = 10.0
    ) -> None:
        self._exchange = exchange
        self._clock, self._url = clock, url
        self._client = open_client(exchange, url=url, timeout_s=timeout_s)
        self.silence = Silence(exchange, clock)

    @property
    def skips_gaps(self) -> bool:
        """Whether a page starts at the next candle there is, however far away that lies."""
        return self._client.id in _GAP_SKIPPING

    def now_ms(self) -> int:
        """Return the exchange's time, or this machine's when the exchange does not tell.

        Raises
        ------
        TransientError
            The exchange does not answer.
        """
        if not self._client.has.get("fetchTime"):
            return to_ms(self._clock.now())
        return int(self._ask("the time", self._client.fetch_time))

    def fetch(self, key: SeriesKey, since_ms: int, limit: int) -> pd.DataFrame:
        """Return rows as the exchange gives them: perhaps fewer, double, or one still unfinished.

        Parameters
        ----------
        key
            The series.
        since_ms
            Earliest open time wanted.
        limit
            At most so many rows.

        Raises
        ------
        DataError
            The exchange does not have this series.
        RateLimitError
            The exchange wants silence; nothing was sent if it said so before.
        TransientError
            The exchange does not answer, or unreadably.
        """
        self._require(key)
        symbol, timeframe = str(key.pair), key.timeframe.value
        if key.kind is SeriesKind.FUNDING:
            call = partial(self._client.fetch_funding_rate_history, symbol, since_ms, limit)
            rates = self._ask(str(key), call)
            rows = [(rate["timestamp"], rate["fundingRate"]) for rate in rates]
        else:
            params = {"price": "mark"} if key.kind is SeriesKind.MARK else {}
            call = partial(
                self._client.fetch_ohlcv, symbol, timeframe, since_ms, limit, params=params
            )
            rows = self._ask(str(key), call)
        return _frame(rows, key)

    def open_interest(self, pair: Pair) -> OpenInterest:
        """Return how much of a perpetual is open now.

        Raises
        ------
        DataError
            The exchange does not trade the pair, or does not tell.
        TransientError
            The exchange does not answer, or unreadably.
        """
        market = self._market(pair)
        if pair.settle is None or not self._client.has.get("fetchOpenInterest"):
            raise DataError(f"{self._exchange} does not tell the open interest of {pair}")
        call = partial(self._client.fetch_open_interest, str(pair))
        stated = self._ask(f"the open interest of {pair}", call)
        try:
            contracts = float(stated["openInterestAmount"])
        except (KeyError, TypeError, ValueError) as error:
            raise TransientError(
                f"{self._exchange} stated no open interest of {pair}; try again"
            ) from error
        seen_ms = stated.get("timestamp") or to_ms(self._clock.now())
        return OpenInterest(pair, int(seen_ms), contracts * float(market["contractSize"] or 1.0))

    def rules(self, pairs: Iterable[Pair]) -> dict[Pair, MarketRules]:
        """Return what the exchange accepts as an order; pairs without stated rules are left out.

        Raises
        ------
        DataError
            A pair is not traded there.
        TransientError
            The exchange does not answer.
        """
        stated = {pair: rules_from_ccxt(self._market(pair)) for pair in pairs}
        return {pair: rules for pair, rules in stated.items() if rules is not None}

    def require(self, key: SeriesKey) -> None:
        """Return when the exchange has a series.

        Raises
        ------
        DataError
            It does not; the message says what it has.
        TransientError
            The exchange does not answer.
        """
        self._require(key)

    def listening_client(self) -> Any:
        """Return a client of its WebSockets that knows the markets and keeps the same silence.

        Raises
        ------
        ConfigurationError
            Its WebSockets are not supported.
        """
        client = open_listening_client(self._exchange, url=self._url)
        if self._client.markets:
            client.set_markets_from_exchange(self._client)
        send = client.fetch

        async def fetch_unless_silent(*args: Any, **kwargs: Any) -> Any:
            self.silence.refuse()
            return await send(*args, **kwargs)

        client.fetch = fetch_unless_silent
        return client

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _require(self, key: SeriesKey) -> None:
        self._market(key.pair)
        feature = _FEATURE.get(key.kind)
        if feature is not None and not self._client.has.get(feature):
            raise DataError(f"{self._exchange} has no history of {key.kind}; leave {key} out")
        known = self._client.timeframes
        if key.kind is not SeriesKind.FUNDING and known and key.timeframe not in known:
            raise DataError(
                f"{self._exchange} has no {key.timeframe} candles; use one of {' '.join(known)}"
            )

    def _market(self, pair: Pair) -> dict[str, Any]:
        if not self._client.markets:
            self._ask("its markets", self._client.load_markets)
        markets = self._client.markets
        if str(pair) not in markets:
            close = difflib.get_close_matches(str(pair), list(markets), n=3)
            hint = f"did you mean {' or '.join(close)}?" if close else "check the pair's name"
            raise DataError(f"{self._exchange} does not trade {pair}; {hint}")
        return dict(markets[str(pair)])

    def _ask(self, what: str, call: Callable[[], _Answer]) -> _Answer:
        """Call the exchange unless it wants silence; remember when it does."""
        self.silence.refuse()
        try:
            with translated(self._client, what, clock=self._clock):
                answer = call()
        except RateLimitError as error:
            self.silence.keep(error)
            raise
        self._refuse_foreign_record()
        return answer

    def _refuse_foreign_record(self) -> None:
        record = (self._client.last_response_headers or {}).get(RECORD_HEADER)
        if self._exchange == REPLAY and record is None:
            raise DataError(
                "the server at PRORATIO_EXCHANGE_URL plays no record back, and what it says must "
                "not be kept as a replay's; ask for --exchange binance"
            )
        if self._exchange != REPLAY and record not in {None, self._exchange}:
            whose = str(record)
            is_moved = whose.endswith(" moved")
            remedy = f"ask for --exchange {REPLAY if is_moved else whose}"
            remedy += ", serve it without --as-now" if is_moved else ""
            raise DataError(
                f"the server at PRORATIO_EXCHANGE_URL replays candles of {record!r}, which must "
                f"not be kept as {self._exchange}'s; {remedy}, or unset PRORATIO_EXCHANGE_URL"
            )


def _frame(rows: list[Any], key: SeriesKey) -> pd.DataFrame:
    """Return rows of time and values as a candle frame; funding times settle on their grid."""
    if not rows:
        return empty_frame(key.kind)
    columns = columns_of(key.kind)
    try:
        table = np.array(rows, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TransientError(
            f"{key}: the exchange sent rows that cannot be read; try again"
        ) from error
    if table.ndim != 2 or table.shape[1] != len(columns) + 1 or not np.isfinite(table).all():
        raise TransientError(
            f"{key}: the exchange sent rows with missing values, expected a time and "
            f"{', '.join(columns)}; try again"
        )
    times = table[:, 0].astype(np.int64)
    if key.kind is SeriesKind.FUNDING:  # published some milliseconds after the settlement
        times -= times % key.timeframe.ms
    return make_frame(times, {name: table[:, i].copy() for i, name in enumerate(columns, start=1)})
