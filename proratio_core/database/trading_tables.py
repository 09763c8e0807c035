"""The tables of whoever trades: halts, refusals, equity, the journal and its trades."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    Identity,
    Index,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from proratio_core.database.declarations import MOMENT, metadata

__all__ = ["account_trade", "equity_mark", "halt_event", "journal_entry", "refusal", "stage_step"]

halt_event = Table(
    "halt_event",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("action", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", MOMENT, nullable=False),
    Column("recorded_at", MOMENT, nullable=False, server_default=text("now()")),
    Column("lifts", ARRAY(Text), nullable=False, comment="event_id of each restraint it ends"),
    CheckConstraint(
        "action in ('halt', 'reduce-only', 'safe-mode', 'resume', 'liquidate')", name="action"
    ),
    CheckConstraint("reason <> ''", name="reason"),
    comment="append-only; a restraint holds until a resumption names it, and the halt file of "
    "each machine has the same rows",
)

refusal = Table(
    "refusal",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("account", Text, nullable=False, comment="whose bot: name, mode and exchange"),
    Column("strategy", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("candle_open_time", MOMENT, nullable=False),
    Column("rule", Text, nullable=False, comment="the first rule that refused"),
    Column("reasons", JSONB, nullable=False, comment="every rule that refused, and why"),
    Column("refused_at", MOMENT, nullable=False),
    Column("recorded_at", MOMENT, nullable=False, server_default=text("now()")),
    UniqueConstraint("account", "strategy", "symbol", "candle_open_time", "rule"),
    Index(None, "account", "refused_at"),
    comment="append-only; entries that were not made, one row a candle, pair and rule",
)

equity_mark = Table(
    "equity_mark",
    metadata,
    Column("account", Text, primary_key=True),
    Column("observed_at", MOMENT, primary_key=True),
    Column("equity_quote", Double, nullable=False),
    CheckConstraint("equity_quote >= 0", name="equity"),
    comment="append-only; equity with open positions at market value, as a trading bot saw it",
)

journal_entry = Table(
    "journal_entry",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False, comment="whose bot: name, mode, source and market"),
    Column("strategy", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", MOMENT, nullable=False, comment="when it happened"),
    Column("recorded_at", MOMENT, nullable=False, server_default=text("now()")),
    Column("symbol", Text),
    Column("signal_id", Text, comment="Freqtrade's enter_tag"),
    Column("trade_id", BigInteger, comment="Freqtrade's; a new database of trades begins anew"),
    Column("order_id", Text, comment="the exchange's"),
    Column("document", JSONB, nullable=False),
    CheckConstraint(
        "kind in ('candidate', 'vote', 'verdict', 'intent', 'order', 'fill', 'cancel', 'exit', "
        "'stop', 'incident', 'reconciled')",
        name="kind",
    ),
    Index(None, "account", "at"),
    Index(None, "account", "trade_id", postgresql_where=text("trade_id is not null")),
    Index(None, "signal_id", postgresql_where=text("signal_id is not null")),
    comment="append-only; what a trading bot saw, decided and did, each once",
)

account_trade = Table(
    "account_trade",
    metadata,
    Column("account", Text, primary_key=True),
    Column("symbol", Text, primary_key=True),
    Column("entry_order_id", Text, primary_key=True, comment="of its first order"),
    Column("trade_id", BigInteger, nullable=False, comment="Freqtrade's; see entry_order_id"),
    Column("strategy", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("opened_at", MOMENT, nullable=False),
    Column("closed_at", MOMENT),
    Column("open_rate", Double, nullable=False),
    Column("close_rate", Double),
    Column("amount", Double, nullable=False),
    Column("stake_quote", Double, nullable=False),
    Column("leverage", Double, nullable=False),
    Column("stop_price", Double),
    Column("enter_tag", Text),
    Column("exit_reason", Text),
    Column("fee_open_quote", Double, nullable=False),
    Column("fee_close_quote", Double),
    Column("funding_quote", Double, nullable=False, comment="received; negative when paid"),
    Column("profit_quote", Double, comment="after fees and funding"),
    Column("profit_frac", Double),
    Column("updated_at", MOMENT, nullable=False, server_default=text("now()")),
    CheckConstraint("side in ('long', 'short')", name="side"),
    CheckConstraint("is_open = (closed_at is null)", name="closed"),
    Index(None, "account", "trade_id"),
    Index(None, "closed_at"),
    comment="what Freqtrade's own database says of each trade that was ever filled",
)

stage_step = Table(
    "stage_step",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False, comment="in the mode live"),
    Column("stage", SmallInteger, nullable=False, comment="0 is paper"),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", MOMENT, nullable=False),
    Column("recorded_at", MOMENT, nullable=False, server_default=text("now()")),
    Column("plan_hash", Text, nullable=False, comment="the plan it was taken by"),
    Column("checklist", JSONB, nullable=False, comment="every line as it was shown"),
    CheckConstraint("reason <> ''", name="reason"),
    CheckConstraint("stage >= 0", name="stage"),
    Index(None, "account", "id"),
    comment="append-only; the last step of an account says how much money it may use",
)
