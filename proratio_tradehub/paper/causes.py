"""Why a session and its backtest differ, computed from the candles and from what was held. Pure.

A backtest sees a candle's four prices at once and fills at the level they reached. A bot looks at
the price every so many seconds and fills at the book it finds then. What follows from that can be
told by looking at what the bot saw; what cannot is called unexplained, and never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from proratio_core.clock import from_ms, to_ms
from proratio_core.errors import DataError
from proratio_core.replay import RecordedMarket
from proratio_core.replay.ladder import ladder
from proratio_quantlab.reconciliation import Difference, MatchedTrade
from proratio_quantlab.results import Trade
from proratio_tradehub.paper.plan import ReplayPlan

__all__ = ["AT_THE_END", "STOPS", "Cause", "Explained", "explain_alone", "explain_match"]

STOPS: Final = frozenset({"stop_loss", "trailing_stop_loss"})
_TARGET: Final = "roi"

AT_THE_END: Final = "force_exit"
"""What Freqtrade's engine calls the exit of what is still open when its candles end."""


class Cause(StrEnum):
    """What makes a difference."""

    BETWEEN_LOOPS = "the level was reached between two loops only"
    SEEN_EARLIER = "the bot saw the level while the candle was running"
    BOOK = "the bot fills at the book of its loop, the backtest at the level"
    STOP_LIMIT = "the price went through the limit of the stop, and on paper that fills"
    HELD = "the two held other positions then"
    COUNTED = "the two had made other entries that day"
    STOPPED = "the session was stopped within a candle, the backtest ends with the one before"
    ROUNDED = "the amount was rounded to another step of the exchange"
    EQUITY = "the two accounts had come to differ"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Explained:
    """One difference and its cause.

    Parameters
    ----------
    pair, at
        Of the trade: what, and when it was opened.
    what
        What differs.
    cause, detail
        Why, and the figures that show it.
    """

    pair: str
    at: datetime
    what: str
    cause: Cause
    detail: str

    def __str__(self) -> str:
        return f"{self.pair} {self.at:%Y-%m-%d %H:%M}, {self.what}: {self.cause}; {self.detail}"


def explain_match(
    match: MatchedTrade,
    market: RecordedMarket,
    plan: ReplayPlan,
    *,
    sides: tuple[Sequence[Trade], Sequence[Trade]],
) -> Iterator[Explained]:
    """Yield why a trade that both made is not the same.

    Parameters
    ----------
    match
        The trade on both sides.
    market
        The candles of its pair, as the session saw them.
    plan
        The session.
    sides
        All trades on paper and in the backtest.
    """
    for difference in match.differences:
        if difference is Difference.STAKE:
            cause, detail = _staked(match, sides, step=market.rules.amount_step)
        else:
            cause, detail = _cause(difference, match, market, plan)
        yield Explained(match.paper.pair, match.paper.opened_at, difference, cause, detail)


def explain_alone(
    trade: Trade, ours: Sequence[Trade], theirs: Sequence[Trade], *, what: str
) -> Explained:
    """Return why one side made a trade that the other did not.

    Parameters
    ----------
    trade
        The trade.
    ours, theirs
        All trades of the side that made it, and of the other one.
    what
        How to call it.
    """
    held, held_there = (_held(side, trade) for side in (ours, theirs))
    made, made_there = (_made(side, trade) for side in (ours, theirs))
    if held != held_there:
        detail = f"this side held {_listed(held)}, the other {_listed(held_there)}"
        cause = Cause.HELD
    elif made != made_there:
        detail = f"this side had entered {len(made)} times since midnight, the other "
        detail += f"{len(made_there)} times"
        cause = Cause.COUNTED
    else:
        cause, detail = Cause.UNEXPLAINED, "both held the same and had entered the same"
    return Explained(trade.pair, trade.opened_at, what, cause, detail)


def _cause(
    difference: Difference, match: MatchedTrade, market: RecordedMarket, plan: ReplayPlan
) -> tuple[Cause, str]:
    paper, backtest = match.paper, match.backtest
    if difference is Difference.ENTRY_PRICE:
        return _filled(market, paper.opened_at, paper.open_rate, backtest.open_rate, side=1)
    if backtest.exit_reason in STOPS or backtest.exit_reason == _TARGET:
        missed = _missed(match, market, plan)
        if missed is not None:
            return Cause.BETWEEN_LOOPS, missed
    is_level = paper.exit_reason in STOPS or paper.exit_reason == _TARGET
    if is_level and paper.closed_at < backtest.closed_at:
        seen = _bid(market, paper.closed_at)
        return (
            Cause.SEEN_EARLIER,
            f"at {paper.closed_at:%H:%M:%S} the bid was {seen:g}, which is its {paper.exit_reason}",
        )
    if difference is Difference.EXIT_PRICE:
        return _sold(match, market, plan)
    return Cause.UNEXPLAINED, f"{paper.exit_reason} against {backtest.exit_reason}"


def _sold(match: MatchedTrade, market: RecordedMarket, plan: ReplayPlan) -> tuple[Cause, str]:
    """Return why the two were left at different prices."""
    paper, backtest = match.paper, match.backtest
    both_end = paper.exit_reason == backtest.exit_reason == AT_THE_END
    if both_end and to_ms(paper.closed_at) % plan.timeframe.ms:
        apart = f"{paper.close_rate:g} at {paper.closed_at:%H:%M:%S}"
        return Cause.STOPPED, f"{apart} against {backtest.close_rate:g}"
    limited = _limited(match, market)
    if limited is not None:
        return Cause.STOP_LIMIT, limited
    return _filled(market, paper.closed_at, paper.close_rate, backtest.close_rate, side=-1)


def _staked(
    match: MatchedTrade, sides: tuple[Sequence[Trade], Sequence[Trade]], *, step: float
) -> tuple[Cause, str]:
    """Return whether one step of the amount is the difference, else what each side had earned."""
    both = (match.paper, match.backtest)
    if abs(abs(both[0].amount - both[1].amount) - step) < step * 1e-6:
        amounts = f"{both[0].amount:g} against {both[1].amount:g}"
        return Cause.ROUNDED, f"{amounts} at a step of {step:g}"
    ours, theirs = (
        sum(t.profit_quote for t in side if t.closed_at <= trade.opened_at)
        for side, trade in zip(sides, both, strict=True)
    )
    detail = f"{both[0].stake_quote:.2f} against {both[1].stake_quote:.2f}"
    if ours == theirs:
        return Cause.UNEXPLAINED, f"{detail}; both had earned {ours:+.2f}"
    return Cause.EQUITY, f"{detail}; {ours:+.2f} had been earned on paper, {theirs:+.2f} there"


def _missed(match: MatchedTrade, market: RecordedMarket, plan: ReplayPlan) -> str | None:
    """Return the figures of a level that the candle reached and no loop saw; None when one did."""
    level, falling = match.backtest.close_rate, match.backtest.exit_reason in STOPS
    open_ms = to_ms(match.backtest.closed_at) // plan.timeframe.ms * plan.timeframe.ms
    moments = (
        from_ms(open_ms + (1 + offset_s) * 1000)
        for offset_s in range(0, plan.timeframe.ms // 1000, plan.step_s)
    )
    bids = [_bid(market, moment) for moment in moments if moment > match.paper.opened_at]
    if not bids:
        return None
    best = min(bids) if falling else max(bids)
    if (best <= level) if falling else (best >= level):
        return None
    word = "lowest" if falling else "highest"
    return (
        f"the candle of {from_ms(open_ms):%Y-%m-%d %H:%M} reached {level:g}, the {word} bid at the "
        f"{len(bids)} loops in it was {best:g}"
    )


def _limited(match: MatchedTrade, market: RecordedMarket) -> str | None:
    """Return the figures of a stop that filled at its limit, above the book; None where none did.

    A stop on a spot exchange is a limit order at a part of the stop, as Freqtrade places it, and
    its dry run fills it there. A real one would rest until the price comes back.
    """
    if match.backtest.exit_reason not in STOPS:
        return None
    sold, limit = match.paper.close_rate, match.backtest.close_rate * _LIMIT_RATIO
    bid = _bid(market, match.paper.closed_at)
    if bid >= sold or abs(sold / limit - 1.0) >= _SAME_FRAC:
        return None
    return (
        f"{sold:g} is the limit of a stop at {match.backtest.close_rate:g}; at "
        f"{match.paper.closed_at:%H:%M:%S} the bid was {bid:g}"
    )


def _filled(
    market: RecordedMarket, moment: datetime, paper: float, backtest: float, *, side: int
) -> tuple[Cause, str]:
    """Return what the book says about a price that differs; a price not in the book is unknown."""
    quoted = _quote(market, moment, side=side)
    apart = f"{paper:g} against {backtest:g}"
    if abs(paper / quoted - 1.0) < _SAME_FRAC:
        return Cause.BOOK, f"{apart}; the book stood at {quoted:g} at {moment:%H:%M:%S}"
    return Cause.UNEXPLAINED, f"{apart}; the book stood at {quoted:g} at {moment:%H:%M:%S}"


def _bid(market: RecordedMarket, moment: datetime) -> float:
    return _quote(market, moment, side=-1)


def _quote(market: RecordedMarket, moment: datetime, *, side: int) -> float:
    price = market.price(to_ms(moment))
    if price is None:
        raise DataError(f"{market.pair} had no price at {moment}, and yet it was traded")
    return ladder(market.rules, price, side=side, levels=1)[0].price


def _held(trades: Sequence[Trade], trade: Trade) -> frozenset[str]:
    moment = trade.opened_at
    return frozenset(t.pair for t in trades if t.opened_at < moment < t.closed_at)


def _made(trades: Sequence[Trade], trade: Trade) -> frozenset[tuple[str, datetime]]:
    midnight = trade.opened_at.replace(hour=0, minute=0, second=0, microsecond=0)
    return frozenset(
        (t.pair, t.opened_at.replace(second=0, microsecond=0))
        for t in trades
        if midnight <= t.opened_at < trade.opened_at
    )


def _listed(pairs: frozenset[str]) -> str:
    return ", ".join(sorted(pairs)) or "nothing"


_LIMIT_RATIO: Final = 0.99
"""Freqtrade's `stoploss_on_exchange_limit_ratio` where nobody sets another."""

_SAME_FRAC: Final = 2e-4
"""An order of a small account takes the first level of the book, or a part of the second."""
