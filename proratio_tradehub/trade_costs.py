"""What the votes behind the trades of a backtest cost, trade by trade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Pair, SeriesKey
from proratio_quantlab.results import BacktestResult, ResultStore, Trade
from proratio_signals.ledger import Ledger
from proratio_signals.questions import Question
from proratio_signals.spending import break_even_edge_frac, cost_of_votes_usd
from proratio_tradehub.strategies.gate import judged_close_ms

__all__ = ["TradeCost", "newest_trade_costs", "trade_costs"]

_RECENT_RUNS = 100


@dataclass(frozen=True, slots=True)
class TradeCost:
    """A trade and what was paid for the decision to enter it.

    Parameters
    ----------
    pair, opened_at, stake_quote, profit_quote
        The trade; `profit_quote` is None while it is open.
    vote_id
        The vote that allowed it; None when the ledger no longer has it.
    vote_usd
        What that vote cost.
    share_usd
        The trade's equal share of what all votes cost, also of those that allowed
        nothing.
    """

    pair: str
    opened_at: datetime
    stake_quote: float
    profit_quote: float | None
    vote_id: int | None
    vote_usd: float
    share_usd: float

    @property
    def break_even_edge_frac(self) -> float:
        """Gain at which the trade has paid for its share of the votes, a fraction of the stake."""
        return break_even_edge_frac(self.share_usd, stake_usd=self.stake_quote)


def newest_trade_costs(database: Database) -> tuple[TradeCost, ...]:
    """Return the trades of the newest stored gated backtest; empty when there is none."""
    for result in ResultStore(database).recent(_RECENT_RUNS):
        if result.specification.is_gated:
            return trade_costs(database, result)
    return ()


def trade_costs(database: Database, result: BacktestResult) -> tuple[TradeCost, ...]:
    """Return what the votes behind each trade of `result` cost, by opening time."""
    if not result.trades:
        return ()
    votes = [_vote_id(database, result, trade) for trade in result.trades]
    costs = cost_of_votes_usd(database, [vote for vote in votes if vote is not None])
    share_usd = result.metrics.llm_cost_usd / len(result.trades)
    return tuple(
        TradeCost(
            trade.pair,
            trade.opened_at,
            trade.stake_quote,
            trade.profit_quote,
            vote_id=vote,
            vote_usd=0.0 if vote is None else costs.get(vote, 0.0),
            share_usd=share_usd,
        )
        for trade, vote in zip(result.trades, votes, strict=True)
    )


def _vote_id(database: Database, result: BacktestResult, trade: Trade) -> int | None:
    """Return the vote that a trade's tag names."""
    specification = result.specification
    key = SeriesKey(specification.exchange, Pair.parse(trade.pair), specification.timeframe)
    try:
        question = Question(key, from_ms(judged_close_ms(trade.enter_tag)))
    except DataError:
        return None
    vote = Ledger(database).find(question, specification.profile_hash)
    return None if vote is None else vote.id
