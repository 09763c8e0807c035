"""Every table, in SQLAlchemy Core. Alembic's migrations build exactly this; a test compares them.

Times are timezone-aware and UTC. Candles and votes are keyed by small integers so that the bulk
paths can move them as fixed-width binary rows.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from proratio_core.database.declarations import MOMENT, metadata
from proratio_core.database.trading_tables import journal_entry  # noqa: F401  # declares the rest

__all__ = ["HEAD", "metadata"]

HEAD = "0009"
"""The newest migration; what this version of the program expects."""

series = Table(
    "series",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("exchange", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("timeframe", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", BigInteger, nullable=False, server_default=text("0")),
    Column("rewritten_version", BigInteger, nullable=False, server_default=text("0")),
    UniqueConstraint("exchange", "symbol", "timeframe", "kind"),
    comment="version counts the writes that changed anything; rewritten_version is the version "
    "of the last one that did more than append",
)

candle = Table(
    "candle",
    metadata,
    Column("series_id", Integer, primary_key=True, autoincrement=False),
    Column("open_time", MOMENT, primary_key=True),
    Column("open", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("low", Double, nullable=False),
    Column("close", Double, nullable=False),
    Column("volume", Double, nullable=False),
    comment="no foreign key: its check would halve the speed of COPY, and only the store writes "
    "here, holding the lock of a series that exists",
)

funding_rate = Table(
    "funding_rate",
    metadata,
    Column("series_id", Integer, primary_key=True, autoincrement=False),
    Column("open_time", MOMENT, primary_key=True),
    Column("rate_frac", Double, nullable=False),
    comment="what longs pay shorts at open_time, as a fraction of the position",
)

open_interest = Table(
    "open_interest",
    metadata,
    Column("exchange", Text, primary_key=True),
    Column("symbol", Text, primary_key=True),
    Column("seen_at", MOMENT, primary_key=True, comment="as the exchange states it"),
    Column("amount_base", Double, nullable=False),
    Column("recorded_at", MOMENT, nullable=False, server_default=text("now()")),
    CheckConstraint("amount_base >= 0", name="amount_base"),
    comment="contracts open of a perpetual, in units of its base currency, at a moment",
)

gap = Table(
    "gap",
    metadata,
    Column("series_id", Integer, ForeignKey("series.id"), primary_key=True),
    Column("first_open_time", MOMENT, primary_key=True),
    Column("last_open_time", MOMENT, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", MOMENT, nullable=False, server_default=text("now()")),
    CheckConstraint("first_open_time <= last_open_time", name="order"),
    comment="candles the source was asked for and does not have",
)

market_rule = Table(
    "market_rule",
    metadata,
    Column("exchange", Text, primary_key=True),
    Column("symbol", Text, primary_key=True),
    Column("price_tick", Double, nullable=False),
    Column("amount_step", Double, nullable=False),
    Column("min_amount", Double, nullable=False),
    Column("min_cost", Double, nullable=False),
    Column("recorded_at", MOMENT, nullable=False, server_default=text("now()")),
    comment="what the exchange accepts as an order, as it said when last asked",
)

profile = Table(
    "profile",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("document", JSONB, nullable=False),
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("document", JSONB, nullable=False),
)

vote = Table(
    "vote",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("series_id", Integer, ForeignKey("series.id"), nullable=False),
    Column("profile_id", Integer, ForeignKey("profile.id"), nullable=False),
    Column("as_of", MOMENT, nullable=False),
    Column("attempt", SmallInteger, nullable=False, server_default=text("1")),
    Column("available_at", MOMENT, nullable=False),
    Column("recorded_at", MOMENT, nullable=False, server_default=text("now()")),
    Column("origin", Text, nullable=False),
    Column("action", SmallInteger, nullable=False),
    Column("score", Double, nullable=False),
    Column("dissent", Double, nullable=False),
    Column("participation", Double, nullable=False),
    Column("degraded", Boolean, nullable=False),
    Column("snapshot_hash", Text, ForeignKey("snapshot.hash"), nullable=False),
    UniqueConstraint("series_id", "profile_id", "as_of", "attempt"),
    CheckConstraint("available_at >= as_of", name="causal"),
    CheckConstraint("origin in ('live', 'backfill')", name="origin"),
    CheckConstraint("action between -1 and 1", name="action"),
    CheckConstraint("score between 0 and 1", name="score"),
    CheckConstraint("dissent between 0 and 1", name="dissent"),
    CheckConstraint("participation between 0 and 1", name="participation"),
    comment="append-only; as_of is the close of the candle that was judged, available_at when the "
    "answer could be used",
)

opinion = Table(
    "opinion",
    metadata,
    Column("vote_id", BigInteger, ForeignKey("vote.id"), primary_key=True),
    Column("voter", Text, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("weight", Double, nullable=False),
    Column("model", Text, nullable=False),
    Column("served_model", Text, nullable=False),
    Column("prompt_hash", Text, nullable=False),
    Column("action", SmallInteger, comment="null when the voter abstained"),
    Column("confidence", Double),
    Column("expected_return_frac", Double),
    Column("horizon_candles", Integer),
    Column("reasoning", Text),
    Column("factors", JSONB),
    Column("risks", JSONB),
    Column("abstention", Text, comment="the kind of abstention; null when there is an opinion"),
    Column("detail", Text, comment="why the voter abstained"),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("cost_usd", Double),
    Column("latency_s", Double, nullable=False),
    CheckConstraint("(action is null) <> (abstention is null)", name="one_answer"),
    CheckConstraint("confidence between 0 and 1", name="confidence"),
    Index(None, "provider", "model"),
    comment="append-only",
)

question = Table(
    "question",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("series_id", Integer, ForeignKey("series.id"), nullable=False),
    Column("profile_id", Integer, ForeignKey("profile.id"), nullable=False),
    Column("as_of", MOMENT, nullable=False),
    Column("snapshot_hash", Text, nullable=False),
    Column("candles", LargeBinary, nullable=False, comment="the window the asker saw, float64"),
    Column("valid_until", MOMENT, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    Column("asked_at", MOMENT, nullable=False, server_default=text("now()")),
    Column("claimed_at", MOMENT),
    Column("claimed_by", Integer, comment="advisory lock the claiming process holds while alive"),
    Column("settled_at", MOMENT),
    Column("detail", Text, comment="why it expired or failed"),
    UniqueConstraint("series_id", "profile_id", "as_of", "snapshot_hash"),
    CheckConstraint("valid_until > as_of", name="validity"),
    CheckConstraint("state in ('open', 'claimed', 'answered', 'expired', 'failed')", name="state"),
    CheckConstraint("state <> 'claimed' or claimed_by is not null", name="claim"),
    Index(None, "profile_id", "state", "as_of"),
    Index(None, "profile_id", "settled_at"),
    comment="what a trading process wants to know about the candles it saw; the answer is a row "
    "of vote with the same snapshot",
)

batch = Table(
    "batch",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False, unique=True, comment="sent along, to find it again"),
    Column("profile_hash", Text, nullable=False),
    Column("voter", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("day", Date, nullable=False, comment="whose money and whose prices"),
    Column("calls", Integer, nullable=False),
    Column("prepared_at", MOMENT, nullable=False),
    Column("sent_at", MOMENT, comment="just before it was sent; null: nobody ever saw it"),
    Column("remote_id", Text, comment="the provider's name for it; null until its reply came"),
    Column("ended_at", MOMENT, comment="when all its calls were settled"),
    Column("detail", Text, comment="how it ended"),
    CheckConstraint("remote_id is null or sent_at is not null", name="sent"),
    CheckConstraint("calls > 0", name="calls"),
    Index(None, "profile_hash", "ended_at"),
    comment="calls handed to a provider together; each is a row of spending",
)

spending = Table(
    "spending",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("call_key", Text, nullable=False, comment="hash of voter, prompt, snapshot, profile"),
    Column("attempt", SmallInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("profile_hash", Text, nullable=False),
    Column("reserved_usd", Double, nullable=False),
    Column("settled_usd", Double, comment="null while the call is under way, or its process died"),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("outcome", Text, comment="OPINION or the kind of abstention; null until settled"),
    Column("answer", JSONB, comment="what was paid for, so that nobody pays for it again"),
    Column("reserved_at", MOMENT, nullable=False),
    Column("lease_until", MOMENT, nullable=False, comment="until then somebody may be asking"),
    Column("settled_at", MOMENT),
    Column("batch_id", BigInteger, ForeignKey("batch.id"), comment="null for a call of its own"),
    UniqueConstraint("call_key", "attempt"),
    CheckConstraint("reserved_usd >= 0", name="reserved"),
    CheckConstraint("settled_usd >= 0", name="settled"),
    CheckConstraint("(settled_usd is null) = (settled_at is null)", name="settlement"),
    Index(None, "day", "provider", "profile_hash"),
    Index(None, "provider", "settled_at"),
    Index(None, "batch_id", postgresql_where=text("batch_id is not null")),
    comment="money for calls, reserved from the worst case before each and settled after it",
)

backtest_run = Table(
    "backtest_run",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("specification_hash", Text, nullable=False, unique=True),
    Column("created_at", MOMENT, nullable=False, server_default=text("now()")),
    Column("strategy", Text, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("specification", JSONB, nullable=False),
    Column("metrics", JSONB, nullable=False),
    Column("trades", JSONB, nullable=False),
    Column("equity", JSONB, nullable=False),
    Column(
        "refusals",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="rule -> how many entries it refused",
    ),
    Column("family", Text, nullable=False, comment="strategy, exchange, candle length, pairs"),
    Column("timerange", Text, nullable=False),
    Column("outcome_hash", Text, comment="equal ones are equal outcomes; null in old rows"),
    Column("sharpe", Double, comment="as in metrics; null where the run does not define it"),
    Column("daily_returns", LargeBinary, comment="of the wallet, float64; null in old rows"),
    Index(None, "created_at", "id"),
    Index(None, "family", "timerange"),
    comment="trades and equity are large and stored apart: what lists runs does not read them",
)

backtest_failure = Table(
    "backtest_failure",
    metadata,
    Column("specification_hash", Text, primary_key=True),
    Column("failed_at", MOMENT, nullable=False, server_default=text("now()")),
    Column("family", Text, nullable=False),
    Column("specification", JSONB, nullable=False),
    Column("error", Text, nullable=False),
    comment="runs that raised and would raise again: neither the code nor the data has changed",
)

tape = Table(
    "tape",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("exchange", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    UniqueConstraint("exchange", "symbol"),
    comment="markets whose trades or books are kept",
)

public_trade = Table(
    "public_trade",
    metadata,
    Column("tape_id", Integer, ForeignKey("tape.id"), primary_key=True),
    Column("trade_id", BigInteger, primary_key=True),
    Column("traded_at", MOMENT, nullable=False),
    Column("price", Double, nullable=False),
    Column("amount", Double, nullable=False),
    Column("is_sell", Boolean, nullable=False, comment="whether the one in a hurry sold"),
    Index(None, "traded_at"),
    comment="trades between others, as the exchange streamed them; old ones are deleted",
)

book_snapshot = Table(
    "book_snapshot",
    metadata,
    Column("tape_id", Integer, ForeignKey("tape.id"), primary_key=True),
    Column("seen_at", MOMENT, primary_key=True),
    Column("bid_prices", ARRAY(Double), nullable=False, comment="best first, as all four"),
    Column("bid_amounts", ARRAY(Double), nullable=False),
    Column("ask_prices", ARRAY(Double), nullable=False),
    Column("ask_amounts", ARRAY(Double), nullable=False),
    Index(None, "seen_at"),
    comment="the best 20 levels of a book at a moment; old ones are deleted",
)
