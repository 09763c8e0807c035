"""Opinions against outcomes: what each voter said of the trades that were made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from proratio_core.database import Database
from proratio_signals.opinions import Action, Opinion
from proratio_tradehub.account_name import AccountName
from proratio_tradehub.journal import AccountTrade
from proratio_tradehub.reports.votes_behind import VoteBehind, vote_behind

__all__ = ["Judged", "VoterRecord", "read_judged", "voter_records"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A closed trade and the vote that allowed it."""

    trade: AccountTrade
    vote: VoteBehind

    @property
    def profit_frac(self) -> float:
        """What it gained after fees, as a fraction of the stake."""
        return self.trade.profit_frac or 0.0


@dataclass(frozen=True, slots=True)
class VoterRecord:
    """One voter's part in the trades of a period.

    Parameters
    ----------
    voter
        Its name.
    backed, backed_won
        Trades it was for, and how many of them gained after fees.
    backed_profit_frac, other_profit_frac
        Mean profit, as a fraction of the stake, of those it was for and of those it said something
        else of; None without one.
    other, silent
        Trades it said something else of, and those it did not answer about.
    """

    voter: str
    backed: int
    backed_won: int
    backed_profit_frac: float | None
    other: int
    other_profit_frac: float | None
    silent: int


def read_judged(database: Database, trades: Iterable[AccountTrade]) -> tuple[Judged, ...]:
    """Return the closed trades whose vote is in the ledger.

    Raises
    ------
    TransientError
        The database is away.
    """
    judged = []
    for trade in trades:
        vote = vote_behind(
            database,
            source=AccountName.parse(trade.account).source,
            symbol=trade.symbol,
            tag=trade.enter_tag,
            opened_at=trade.opened_at,
        )
        judged += [] if vote is None or trade.is_open else [Judged(trade, vote)]
    return tuple(judged)


def voter_records(judged: Iterable[Judged]) -> tuple[VoterRecord, ...]:
    """Return the record of each voter, by name. Pure."""
    said: dict[str, list[tuple[bool | None, float]]] = {}
    for one in judged:
        direction = Action.BUY if one.trade.side == "long" else Action.SELL
        for ballot in one.vote.ballots:
            result = ballot.answer.result
            is_for = result.action is direction if isinstance(result, Opinion) else None
            said.setdefault(ballot.voter.name, []).append((is_for, one.profit_frac))
    return tuple(_record(voter, said[voter]) for voter in sorted(said))


def _record(voter: str, said: list[tuple[bool | None, float]]) -> VoterRecord:
    backed = [profit for is_for, profit in said if is_for is True]
    other = [profit for is_for, profit in said if is_for is False]
    return VoterRecord(
        voter,
        backed=len(backed),
        backed_won=sum(profit > 0.0 for profit in backed),
        backed_profit_frac=_mean(backed),
        other=len(other),
        other_profit_frac=_mean(other),
        silent=len(said) - len(backed) - len(other),
    )


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
