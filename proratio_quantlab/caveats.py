"""What must be said beside a result, in plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proratio_quantlab.inference import Interval
from proratio_quantlab.results import BacktestResult

__all__ = ["caveats_of"]

_FEW_TRADES: Final = 30
_FEW_DAYS: Final = 90


def caveats_of(
    gated: BacktestResult,
    ungated: BacktestResult | None,
    *,
    rule_based: bool,
    difference: Interval | None,
) -> Iterator[str]:
    """Yield what a reader must know before believing the figures, most important first.

    Parameters
    ----------
    gated, ungated
        The two runs; `ungated` is None when only one was asked for.
    rule_based
        Whether the voters are fixed rules.
    difference
        Mean difference of the wallets' daily returns, as fractions.
    """
    if gated.simulated:
        yield (
            "SIMULATED: a random generator made these candles. No market ever printed them, and "
            "nothing here says how the strategy would do on one."
        )
    yield from _voter_caveats(gated, rule_based=rule_based)
    yield from _sample_caveats(gated, ungated)
    if ungated is not None:
        yield from _cost_caveat(gated, ungated)
    if difference is not None:
        yield _interval_caveat(difference)
    yield "One path through one past: another period may say something else."


def _voter_caveats(gated: BacktestResult, *, rule_based: bool) -> Iterator[str]:
    profile = gated.specification.profile
    if profile is None:
        yield "Ungated: no voter was asked."
    elif rule_based:
        yield (
            f"RULE-BASED: the voters of profile {profile} are fixed rules over past prices, not "
            "language models. This measures the plumbing, not artificial intelligence."
        )
    else:
        yield (
            f"The models of profile {profile} may have read about these dates in training: a vote "
            "on the past can be a memory instead of a judgement."
        )


def _sample_caveats(gated: BacktestResult, ungated: BacktestResult | None) -> Iterator[str]:
    for name, run in (("gated", gated), ("ungated", ungated)):
        if run is not None and run.metrics.trades < _FEW_TRADES:
            yield (
                f"Few trades: n = {run.metrics.trades} {name}. Below {_FEW_TRADES} a handful of "
                "lucky ones decides every figure."
            )
    days = (gated.equity["date"].iloc[-1] - gated.equity["date"].iloc[0]).days
    if days < _FEW_DAYS:
        yield f"Short: {days} days. Sharpe, Sortino and Calmar stretch them to a year."


def _cost_caveat(gated: BacktestResult, ungated: BacktestResult) -> Iterator[str]:
    """Say how much of the difference is nothing but trading less."""
    fewer = ungated.metrics.trades - gated.metrics.trades
    terms, quote = gated.specification, gated.specification.pairs[0].quote
    if fewer <= 0 or not terms.fee_frac:
        return
    cost_per_fee = (terms.fee_frac + terms.slippage_frac) / terms.fee_frac
    saved = (ungated.metrics.fees_quote - gated.metrics.fees_quote) * cost_per_fee
    gained = gated.metrics.profit_quote - ungated.metrics.profit_quote
    yield (
        f"Trading less is part of it: {fewer} fewer trades saved {saved:,.2f} {quote} "
        f"in fees and slippage, of a difference of {gained:+,.2f}. A gate that refuses at random "
        "saves that too."
    )


def _interval_caveat(difference: Interval) -> str:
    mean, low, high = (x * 10_000 for x in (difference.value, difference.low, difference.high))
    verdict = (
        "zero is inside, so the gate shows no effect that chance would not"
        if difference.includes_zero
        else "zero is outside, so chance alone is an unlikely explanation"
    )
    return (
        f"Gated minus ungated, daily return: {mean:+.2f} bps, 95 % interval {low:+.2f} to "
        f"{high:+.2f} bps over {difference.observations} days: {verdict}."
    )
