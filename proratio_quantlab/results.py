"""What a backtest returned, as frozen values, and where it is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import from_ms, to_ms
from proratio_core.database import Database
from proratio_quantlab.metrics import Metrics, compute_metrics
from proratio_quantlab.specification import Specification
from proratio_quantlab.trade_losses import WorstLosses, worst_losses
from proratio_quantlab.wallet import daily_returns

__all__ = ["BacktestResult", "ResultStore", "Trade"]

_DOLLARS = frozenset({"USD", "USDT", "USDC", "FDUSD", "TUSD", "BUSD", "USDP", "DAI"})
"""Quote currencies worth a dollar, within a fraction of a percent on ordinary days."""

_SELECT = (  # rows of earlier versions do not have the cost
    "SELECT specification, trades, equity, coalesce((metrics->>'llm_cost_usd')::float8, 0), "
    "refusals FROM backtest_run"
)


@dataclass(frozen=True, slots=True)
class Trade:
    """One closed trade.

    Parameters
    ----------
    pair
        In ccxt's notation.
    opened_at, closed_at
        Fill times, UTC.
    open_rate, close_rate
        Fill prices, quote currency, slippage included.
    amount
        Units of the base currency.
    stake_quote
        What was put in, quote currency.
    profit_quote, profit_frac
        Profit after fees, in quote currency and as a fraction of the stake.
    fees_quote
        Fees of both sides, quote currency.
    exit_reason, enter_tag
        Why it was left; what allowed it in (the id of the vote, when one did).
    risk_quote
        What its first stop would have lost, quote currency, before fees; None where no stop was
        recorded.
    """

    pair: str
    opened_at: datetime
    closed_at: datetime
    open_rate: float
    close_rate: float
    amount: float
    stake_quote: float
    profit_quote: float
    profit_frac: float
    fees_quote: float
    exit_reason: str
    enter_tag: str
    risk_quote: float | None = None


@dataclass(frozen=True)
class BacktestResult:
    """One backtest: what was asked, what happened, what it was worth.

    Parameters
    ----------
    specification
        What was run.
    trades
        Closed trades, by opening time.
    equity
        Columns `date` (datetime64[ms, UTC], ascending) and `equity_quote` (wallet with open
        positions at market value, quote currency), one row a day or finer.
    metrics
        The figures of `trades` and `equity`.
    simulated
        Whether no real market ever printed the candles.
    refusals
        Entries the risk profile refused, by the rule that decided, the most frequent first.
    """

    specification: Specification
    trades: tuple[Trade, ...]
    equity: pd.DataFrame
    metrics: Metrics
    simulated: bool
    refusals: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        specification: Specification,
        trades: Sequence[Trade],
        equity: pd.DataFrame,
        *,
        llm_cost_usd: float = 0.0,
        refusals: Mapping[str, int] | None = None,
    ) -> BacktestResult:
        """Return the result of a run, its figures computed from what happened.

        What the votes cost is part of the figures, not of the hash: the same trades are the same
        outcome, whoever was paid.

        Raises
        ------
        DataError
            The equity does not keep its contract.
        """
        ordered = tuple(sorted(trades, key=lambda t: (t.opened_at, t.pair, t.closed_at)))
        balance = specification.starting_balance
        return cls(
            specification=specification,
            trades=ordered,
            equity=equity,
            metrics=compute_metrics(
                ordered,
                equity,
                starting_balance=balance,
                llm_cost_usd=llm_cost_usd,
                in_dollars=all(pair.quote in _DOLLARS for pair in specification.pairs),
            ),
            simulated=specification.is_simulated,
            refusals=dict(sorted((refusals or {}).items(), key=_frequency)),
        )

    @cached_property
    def trades_text(self) -> str:
        """The trades as JSON, as they are hashed and stored."""
        return _compact([_trade_to_json(trade) for trade in self.trades])

    @cached_property
    def equity_text(self) -> str:
        """The equity as JSON, as it is hashed and stored."""
        return _compact(_equity_to_json(self.equity))

    @cached_property
    def run_hash(self) -> str:
        """SHA-256 of trades and equity: equal hashes are equal outcomes, to the last bit."""
        return hashlib.sha256(f"[{self.trades_text},{self.equity_text}]".encode()).hexdigest()

    def charged(self, llm_cost_usd: float) -> BacktestResult:
        """Return the same run, its votes charged with `llm_cost_usd`."""
        if llm_cost_usd == self.metrics.llm_cost_usd:
            return self  # most runs cost nothing, and their figures take a tenth of a run
        return self.of(
            self.specification,
            self.trades,
            self.equity,
            llm_cost_usd=llm_cost_usd,
            refusals=self.refusals,
        )

    @property
    def worst_losses(self) -> WorstLosses:
        """The largest planned and the largest realised loss of a trade, of equity at its entry."""
        asked = self.specification
        return worst_losses(
            self.trades,
            self.equity,
            cost_frac=asked.fee_frac + asked.slippage_frac,
            starting_balance=asked.starting_balance,
        )


class ResultStore:
    """Keeps results in PostgreSQL, one for each specification.

    Parameters
    ----------
    database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, result: BacktestResult) -> None:
        """Keep `result`, in place of an earlier one of the same specification."""
        specification = result.specification
        with self._database.transaction() as cursor:
            cursor.execute(
                "INSERT INTO backtest_run (specification_hash, strategy, simulated, specification,"
                " metrics, trades, equity, family, timerange, outcome_hash, sharpe, daily_returns,"
                " refusals) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
                "ON CONFLICT (specification_hash) DO UPDATE SET created_at = now(), "
                "metrics = excluded.metrics, trades = excluded.trades, equity = excluded.equity, "
                "outcome_hash = excluded.outcome_hash, sharpe = excluded.sharpe, "
                "daily_returns = excluded.daily_returns, refusals = excluded.refusals",
                (
                    specification.hash,
                    specification.strategy,
                    result.simulated,
                    json.dumps(specification.to_json(), allow_nan=False),
                    json.dumps(asdict(result.metrics), allow_nan=False),
                    result.trades_text,
                    result.equity_text,
                    specification.family,
                    str(specification.timerange),
                    result.run_hash,
                    result.metrics.sharpe,
                    _daily_bytes(result),
                    json.dumps(result.refusals),
                ),
            )
            cursor.execute(
                "DELETE FROM backtest_failure WHERE specification_hash = %s", (specification.hash,)
            )

    def find(self, specification_hash: str) -> BacktestResult | None:
        """Return the result of exactly this specification; None when it was never run."""
        found = self._read("WHERE specification_hash = %s", (specification_hash,))
        return found[0] if found else None

    def recent(self, limit: int = 10) -> tuple[BacktestResult, ...]:
        """Return the last `limit` results, newest first."""
        return self._read("ORDER BY created_at DESC, id DESC LIMIT %s", (limit,))

    def _read(self, clause: str, parameters: tuple[object, ...]) -> tuple[BacktestResult, ...]:
        with self._database.transaction() as cursor:
            cursor.execute(
                f"{_SELECT} {clause}",  # a literal of this class
                parameters,
            )
            rows = cursor.fetchall()
        return tuple(
            BacktestResult.of(
                Specification.from_json(specification),
                [_trade_from_json(trade) for trade in trades],
                _equity_from_json(equity),
                llm_cost_usd=llm_cost_usd,
                refusals=refusals,
            )
            for specification, trades, equity, llm_cost_usd, refusals in rows
        )


def _frequency(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]


def _daily_bytes(result: BacktestResult) -> bytes:
    balance = result.specification.starting_balance
    returns = daily_returns(result.equity, starting_balance=balance)
    return returns.astype("<f8").tobytes()


def _compact(document: Any) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _trade_to_json(trade: Trade) -> dict[str, Any]:
    times = {"opened_at": to_ms(trade.opened_at), "closed_at": to_ms(trade.closed_at)}
    return asdict(trade) | times


def _trade_from_json(document: dict[str, Any]) -> Trade:
    times = {name: from_ms(document[name]) for name in ("opened_at", "closed_at")}
    return Trade(**(document | times))


def _equity_to_json(equity: pd.DataFrame) -> dict[str, list[Any]]:
    return {
        "date_ms": open_times_ms(equity).tolist(),
        "equity_quote": equity["equity_quote"].to_numpy(np.float64).tolist(),
    }


def _equity_from_json(document: dict[str, list[Any]]) -> pd.DataFrame:
    times = np.asarray(document["date_ms"], np.int64).view("datetime64[ms]")
    wallet = np.asarray(document["equity_quote"], np.float64)
    return pd.DataFrame(
        {"date": pd.DatetimeIndex(times, tz="UTC"), "equity_quote": wallet}, copy=False
    )
