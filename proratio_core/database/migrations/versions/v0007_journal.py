"""journal"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column(
            "account",
            sa.Text(),
            nullable=False,
            comment="whose bot: name, mode, source and market",
        ),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it happened"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("symbol", sa.Text()),
        sa.Column("signal_id", sa.Text(), comment="Freqtrade's enter_tag"),
        sa.Column(
            "trade_id",
            sa.BigInteger(),
            comment="Freqtrade's; a new database of trades begins anew",
        ),
        sa.Column("order_id", sa.Text(), comment="the exchange's"),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "kind in ('candidate', 'vote', 'verdict', 'intent', 'order', 'fill', 'cancel', "
            "'exit', 'stop', 'incident', 'reconciled')",
            name=op.f("ck_journal_entry_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("event_id", name=op.f("uq_journal_entry_event_id")),
        comment="append-only; what a trading bot saw, decided and did, each once",
    )
    op.create_index(
        op.f("ix_journal_entry_account_at"), "journal_entry", ["account", "at"], unique=False
    )
    op.create_index(
        op.f("ix_journal_entry_account_trade_id"),
        "journal_entry",
        ["account", "trade_id"],
        unique=False,
        postgresql_where=sa.text("trade_id is not null"),
    )
    op.create_index(
        op.f("ix_journal_entry_signal_id"),
        "journal_entry",
        ["signal_id"],
        unique=False,
        postgresql_where=sa.text("signal_id is not null"),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.create_table(
        "account_trade",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("entry_order_id", sa.Text(), nullable=False, comment="of its first order"),
        sa.Column(
            "trade_id",
            sa.BigInteger(),
            nullable=False,
            comment="Freqtrade's; see entry_order_id",
        ),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("open_rate", sa.Double(), nullable=False),
        sa.Column("close_rate", sa.Double()),
        sa.Column("amount", sa.Double(), nullable=False),
        sa.Column("stake_quote", sa.Double(), nullable=False),
        sa.Column("leverage", sa.Double(), nullable=False),
        sa.Column("stop_price", sa.Double()),
        sa.Column("enter_tag", sa.Text()),
        sa.Column("exit_reason", sa.Text()),
        sa.Column("fee_open_quote", sa.Double(), nullable=False),
        sa.Column("fee_close_quote", sa.Double()),
        sa.Column(
            "funding_quote",
            sa.Double(),
            nullable=False,
            comment="received; negative when paid",
        ),
        sa.Column("profit_quote", sa.Double(), comment="after fees and funding"),
        sa.Column("profit_frac", sa.Double()),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("side in ('long', 'short')", name=op.f("ck_account_trade_side")),
        sa.CheckConstraint("is_open = (closed_at is null)", name=op.f("ck_account_trade_closed")),
        sa.PrimaryKeyConstraint(
            "account", "symbol", "entry_order_id", name=op.f("pk_account_trade")
        ),
        comment="what Freqtrade's own database says of each trade that was ever filled",
    )
    op.create_index(
        op.f("ix_account_trade_account_trade_id"),
        "account_trade",
        ["account", "trade_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_account_trade_closed_at"), "account_trade", ["closed_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_account_trade_closed_at"), table_name="account_trade")
    op.drop_index(op.f("ix_account_trade_account_trade_id"), table_name="account_trade")
    op.drop_table("account_trade")
    op.drop_index(op.f("ix_journal_entry_signal_id"), table_name="journal_entry")
    op.drop_index(op.f("ix_journal_entry_account_trade_id"), table_name="journal_entry")
    op.drop_index(op.f("ix_journal_entry_account_at"), table_name="journal_entry")
    op.drop_table("journal_entry")
