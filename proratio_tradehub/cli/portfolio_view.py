"""How `proratio portfolio` shows its results: documents for programs, tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from proratio_core.clock import from_ms
from proratio_core.errors import DataError
from proratio_core.values import Timeframe
from proratio_quantlab.inference import mean_interval
from proratio_tradehub.portfolio import (
    Allocation,
    Method,
    OutOfSample,
    Returns,
    Schedule,
    TailMethod,
    View,
    clusters,
    coverage_of,
    effective_bets,
    forecast_tails,
    tail_risk,
)

__all__ = [
    "allocation_document",
    "comparison_document",
    "print_allocation",
    "print_comparison",
    "print_risk",
    "risk_document",
]

_YEAR_MS = 365 * 86_400_000
_MISSING = "–"


def allocation_document(
    allocation: Allocation, returns: Returns, views: Sequence[View]
) -> dict[str, Any]:
    """Return an allocation as plain values."""
    return {
        **_span(returns),
        "method": allocation.method.value,
        "weights": dict(allocation.weights),
        "risk_shares": dict(allocation.risk_shares),
        "cash_frac": allocation.cash_frac,
        "turnover_frac": allocation.turnover_frac,
        "failure": allocation.failure,
        "views": [asdict(view) for view in views],
    }


def print_allocation(console: Console, document: Mapping[str, Any]) -> None:
    """Print the weights, what risk each carries, and what has to be traded."""
    console.print(_heading(document), highlight=False)
    if document["failure"]:
        console.print(
            f"[red]no weights were found, so nothing moves:[/] {escape(document['failure'])}",
            highlight=False,
        )
    table = Table()
    for name in ("asset", "weight", "share of risk"):
        table.add_column(name, justify="left" if name == "asset" else "right")
    for asset, weight in document["weights"].items():
        share = document["risk_shares"].get(asset)
        table.add_row(asset, _part(weight), _MISSING if share is None else _part(share))
    table.add_row("cash", _part(document["cash_frac"]), _part(0.0))
    console.print(table)
    console.print(f"To be traded: {_part(document['turnover_frac'])} of the capital.")
    if document["method"] == Method.BLACK_LITTERMAN:
        console.print(_views_line(document["views"]), highlight=False)


def comparison_document(
    records: Sequence[OutOfSample], returns: Returns, schedule: Schedule, timeframe: Timeframe
) -> dict[str, Any]:
    """Return the records of several methods as plain values, each against equal weights."""
    equal = next(record for record in records if record.method is Method.EQUAL)
    a_year = _YEAR_MS / timeframe.ms
    return {
        **_span(returns),
        **asdict(schedule),
        "methods": [_record(record, equal, a_year) for record in records],
    }


def _record(record: OutOfSample, equal: OutOfSample, a_year: float) -> dict[str, Any]:
    earned = record.returns_frac
    value = np.cumprod(1 + earned)
    spread = float(earned.std(ddof=1)) if len(earned) > 1 else 0.0
    difference = None if record is equal else mean_interval(earned - equal.returns_frac)
    return {
        "method": record.method.value,
        "candles": len(earned),
        "growth_a_year_frac": float(value[-1] ** (a_year / len(earned)) - 1),
        "volatility_a_year_frac": spread * a_year**0.5,
        "sharpe": float(earned.mean()) / spread * a_year**0.5 if spread > 0 else None,
        "max_drawdown_frac": float(1 - (value / np.maximum.accumulate(value)).min()),
        "turnover_frac": record.turnover_frac,
        "rebalancings": record.rebalancings,
        "failures": record.failures,
        "difference": None if difference is None else asdict(difference),
    }


def print_comparison(console: Console, document: Mapping[str, Any]) -> None:
    """Print what each method would have earned, and whether that differs from equal weights."""
    console.print(_heading(document), highlight=False)
    table = Table()
    table.add_column("method")
    for name in ("a year", "volatility", "Sharpe", "drawdown", "turnover"):
        table.add_column(name, justify="right")
    table.add_column("over equal weights, bps a candle", justify="right")
    for row in document["methods"]:
        table.add_row(
            row["method"],
            _signed(row["growth_a_year_frac"]),
            _part(row["volatility_a_year_frac"]),
            _MISSING if row["sharpe"] is None else f"{row['sharpe']:.2f}",
            _part(row["max_drawdown_frac"]),
            _MISSING if row["turnover_frac"] is None else _part(row["turnover_frac"]),
            _difference(row["difference"]),
        )
    console.print(table)
    console.print(
        f"Weights chosen every {document['every']} candles from the {document['window']} before; "
        f"{document['cost_frac']:.2%} a side. One path through one past.",
        highlight=False,
    )


def risk_document(
    returns: Returns, weights: Mapping[str, float], *, confidence_frac: float, window: int
) -> dict[str, Any]:
    """Return tail risks with their coverage, and clusters, as plain values.

    Raises
    ------
    DataError
        A weight is of an asset without returns, or there are too few returns.
    """
    unknown = sorted(set(weights) - set(returns.assets))
    if unknown:
        raise DataError(
            f"{', '.join(unknown)} is held but not among the pairs {', '.join(returns.assets)}"
        )
    held = np.array([weights.get(asset, 0.0) for asset in returns.assets])
    earned = returns.values @ held
    tails = []
    for method in TailMethod:
        risk = tail_risk(earned[-window:], method, confidence_frac=confidence_frac)
        forecasts = forecast_tails(earned, method, window=window, confidence_frac=confidence_frac)
        coverage = coverage_of(forecasts)
        tails.append(
            asdict(risk)
            | {"coverage": asdict(coverage) | {"exceeded_frac": coverage.exceeded_frac}}
        )
    return {
        **_span(returns),
        "confidence_frac": confidence_frac,
        "window": window,
        "weights": dict(weights),
        "tails": tails,
        "clusters": [asdict(cluster) for cluster in clusters(returns.rows(-window, len(returns)))],
        "effective_bets": effective_bets(returns.rows(-window, len(returns))),
    }


def print_risk(console: Console, document: Mapping[str, Any]) -> None:
    """Print what may be lost, how earlier forecasts did, and what moves together."""
    console.print(_heading(document), highlight=False)
    table = Table()
    table.add_column("method")
    expected = 1 - document["confidence_frac"]
    confidence = f"{document['confidence_frac']:.1%}"
    for name in (f"VaR {confidence}", "shortfall", f"exceeded ({expected:.1%} is right)"):
        table.add_column(name, justify="right")
    for name in ("p, count", "p, in a row", "loss / forecast"):
        table.add_column(name, justify="right")
    for row in document["tails"]:
        coverage = row["coverage"]
        table.add_row(
            row["method"],
            _part(row["var_frac"]),
            _part(row["cvar_frac"]),
            f"{coverage['exceeded']} of {coverage['forecasts']}, {coverage['exceeded_frac']:.1%}",
            _figure(coverage["unconditional_p"]),
            _figure(coverage["independence_p"]),
            _figure(coverage["shortfall_ratio"]),
        )
    console.print(table)
    for cluster in document["clusters"]:
        mean = cluster["mean_correlation"]
        told = "alone" if mean is None else f"mean correlation {mean:.2f}"
        console.print(f"{', '.join(cluster['assets'])}: {told}", highlight=False)
    console.print(
        f"{len(document['clusters'])} clusters; all together worth "
        f"{document['effective_bets']:.1f} independent bets.",
        highlight=False,
    )


def _span(returns: Returns) -> dict[str, Any]:
    return {
        "assets": list(returns.assets),
        "first": from_ms(int(returns.open_ms[0])),
        "last": from_ms(int(returns.open_ms[-1])),
        "returns": len(returns),
    }


def _heading(document: Mapping[str, Any]) -> str:
    assets = document["assets"]
    return escape(
        f"{len(assets)} assets, {document['returns']:,} returns from {document['first']:%Y-%m-%d} "
        f"to {document['last']:%Y-%m-%d}"
    )


def _views_line(views: Sequence[Mapping[str, Any]]) -> str:
    if not views:
        return "No view: no vote on the last candle acts, so these are the weights of the market."
    told = (
        f"{view['asset']} {view['return_frac']:+.3%} a candle, confidence {view['confidence']:.2f}"
        for view in views
    )
    return escape("Views of the consensus: " + "; ".join(told))


def _difference(interval: Mapping[str, float] | None) -> str:
    if interval is None:
        return _MISSING
    mean, low, high = (interval[name] * 1e4 for name in ("value", "low", "high"))
    clear = "" if low <= 0 <= high else " *"
    return f"{mean:+.2f} ({low:+.2f} to {high:+.2f}){clear}"


def _part(value: float) -> str:
    return f"{value:.1%}"


def _signed(value: float) -> str:
    return f"{value:+.1%}"


def _figure(value: float | None) -> str:
    return _MISSING if value is None else f"{value:.2f}"
