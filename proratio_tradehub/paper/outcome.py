"""What a session came to, and the fingerprint of its trades. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from proratio_quantlab.results import Trade
from proratio_tradehub.paper.plan import ReplayPlan

__all__ = ["Outcome", "table_hash", "trade_table"]

_COLUMNS = (
    *("pair", "opened_at", "closed_at", "open_rate", "close_rate", "amount", "stake_quote"),
    *("profit_quote", "exit_reason", "enter_tag"),
)


@dataclass(frozen=True)
class Outcome:
    """A finished session.

    Parameters
    ----------
    plan
        What was run.
    trades
        Closed trades, and open ones as if sold at the last price (`force_exit`).
    until
        The virtual time it reached.
    loops
        Loops of the bot.
    wall_s, cpu_s
        What they took.
    start_quote
        The wallet at the start.
    refusals
        Entries the risk profile refused, by rule.
    voters
        Who gated the entries, marked RULE-BASED where no language model did.
    interrupted
        Whether Ctrl-C ended it.
    """

    plan: ReplayPlan
    trades: tuple[Trade, ...]
    until: datetime
    loops: int
    wall_s: float
    cpu_s: float
    start_quote: float
    refusals: Mapping[str, int] = field(default_factory=dict)
    voters: str = "nobody"
    interrupted: bool = False

    @property
    def profit_quote(self) -> float:
        """Profit of all trades after costs."""
        return sum(trade.profit_quote for trade in self.trades)

    @property
    def profit_frac(self) -> float:
        """The same as a fraction of the wallet at the start."""
        return self.profit_quote / self.start_quote

    @property
    def speed(self) -> float:
        """Virtual seconds in a second of the wall's."""
        return self._virtual_s / self.wall_s

    @property
    def cpu_speed(self) -> float:
        """Virtual seconds in a second of the processor's, whoever else it works for."""
        return self._virtual_s / self.cpu_s

    @property
    def hash(self) -> str:
        """SHA-256 of the trade table."""
        return table_hash(self.trades)

    @property
    def _virtual_s(self) -> float:
        return (self.until - self.plan.start).total_seconds()


def trade_table(trades: Iterable[Trade]) -> str:
    """Return the trades as text, a line each; equal sessions give equal bytes."""
    lines = [",".join(_COLUMNS)]
    for trade in trades:
        values = (getattr(trade, column) for column in _COLUMNS)
        lines.append(
            ",".join(v.isoformat() if isinstance(v, datetime) else _text(v) for v in values)
        )
    return "\n".join(lines) + "\n"


def table_hash(trades: Iterable[Trade]) -> str:
    """Return the SHA-256 of `trade_table`."""
    return hashlib.sha256(trade_table(trades).encode()).hexdigest()


def _text(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)
