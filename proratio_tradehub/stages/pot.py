"""An account of real money as its stage shows it: a pot of its own inside the wallet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from proratio_tradehub.desk import Account, OpenTrade
from proratio_tradehub.risk import EntryIntent, PortfolioState
from proratio_tradehub.risk.rules.room import stake_within
from proratio_tradehub.risk.verdict import Finding
from proratio_tradehub.stages.gate import StageGate

__all__ = ["Purse", "StageRule", "StagedAccount"]


class Purse(Account, Protocol):
    """An account that knows what it realised when."""

    def realised_since(self, moment: datetime) -> float:
        """Return the profit of trades closed after `moment`, after costs."""
        ...


class StagedAccount:
    """An account whose equity is what its stage allows, and what came of that since.

    So a loss counts against the money of the stage, however much more lies in the wallet. Where no
    stage holds it is the account as it is, and `StageRule` leaves nothing for an entry.

    Parameters
    ----------
    purse
        The account as it is.
    gate
        Knows the stage.
    """

    def __init__(self, purse: Purse, gate: StageGate) -> None:
        self._purse = purse
        self._gate = gate
        self._capital_quote = purse.free_quote + self._tied_up_quote()
        self._before_quote: float | None = None

    @property
    def most_quote(self) -> float:
        """What may be in positions at once; 0 while nothing is allowed."""
        stage = self._gate.stage
        return 0.0 if stage is None or self._gate.doubt else stage.most_of(self._capital_quote)

    @property
    def start_quote(self) -> float:
        """The money of the stage."""
        stage = self._gate.stage
        return self._purse.start_quote if stage is None else stage.most_of(self._capital_quote)

    @property
    def free_quote(self) -> float:
        """What is left of the pot, and never more than is free in the wallet."""
        if self._gate.stage is None:
            return self._purse.free_quote
        pot = self.start_quote + self._realised_quote() - self._tied_up_quote()
        return max(0.0, min(self._purse.free_quote, pot))

    @property
    def realised_profit_quote(self) -> float:
        """Profit of what was closed since the stage began."""
        return self._realised_quote()

    @property
    def clock_skew_s(self) -> float:
        """This machine's clock less the exchange's."""
        return self._purse.clock_skew_s

    def open_trades(self) -> Sequence[OpenTrade]:
        """Return everything held, and entries whose order is open."""
        return self._purse.open_trades()

    def tied_up_quote(self, trade: OpenTrade) -> float:
        """Return what a trade keeps from being free."""
        return self._purse.tied_up_quote(trade)

    def entries_since(self, moment: datetime) -> Sequence[datetime]:
        """Return when each entry after `moment` was made."""
        return self._purse.entries_since(moment)

    def mark_price(self, pair: str, now_ms: int) -> float:
        """Return the last price of `pair`."""
        return self._purse.mark_price(pair, now_ms)

    def _tied_up_quote(self) -> float:
        return sum(self._purse.tied_up_quote(trade) for trade in self._purse.open_trades())

    def _realised_quote(self) -> float:
        since = self._gate.since
        if since is None:
            return self._purse.realised_profit_quote
        if self._before_quote is None:  # once: it reads every trade of the stage
            now = self._purse.realised_profit_quote
            self._before_quote = now - self._purse.realised_since(since)
        return self._purse.realised_profit_quote - self._before_quote


@dataclass(frozen=True, slots=True)
class StageRule:
    """Cap the stakes of all positions together at what the stage allows."""

    account: StagedAccount
    name: ClassVar[str] = "stage"

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Cap the stake, or refuse when nothing is left."""
        return stake_within(
            intent,
            rule=self.name,
            used_quote=sum(position.stake_quote for position in state.positions),
            limit_quote=self.account.most_quote,
            per_stake_frac=1.0,
        )
