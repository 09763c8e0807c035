"""tapes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tape",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tape")),
        sa.UniqueConstraint("exchange", "symbol", name=op.f("uq_tape_exchange_symbol")),
        comment="markets whose trades or books are kept",
    )
    op.create_table(
        "public_trade",
        sa.Column("tape_id", sa.Integer(), nullable=False),
        sa.Column("trade_id", sa.BigInteger(), nullable=False),
        sa.Column("traded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price", sa.Double(), nullable=False),
        sa.Column("amount", sa.Double(), nullable=False),
        sa.Column(
            "is_sell", sa.Boolean(), nullable=False, comment="whether the one in a hurry sold"
        ),
        sa.ForeignKeyConstraint(["tape_id"], ["tape.id"], name=op.f("fk_public_trade_tape_id")),
        sa.PrimaryKeyConstraint("tape_id", "trade_id", name=op.f("pk_public_trade")),
        comment="trades between others, as the exchange streamed them; old ones are deleted",
    )
    op.create_index(op.f("ix_public_trade_traded_at"), "public_trade", ["traded_at"], unique=False)
    op.create_table(
        "book_snapshot",
        sa.Column("tape_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "bid_prices",
            sa.ARRAY(sa.Double()),
            nullable=False,
            comment="best first, as all four",
        ),
        sa.Column("bid_amounts", sa.ARRAY(sa.Double()), nullable=False),
        sa.Column("ask_prices", sa.ARRAY(sa.Double()), nullable=False),
        sa.Column("ask_amounts", sa.ARRAY(sa.Double()), nullable=False),
        sa.ForeignKeyConstraint(["tape_id"], ["tape.id"], name=op.f("fk_book_snapshot_tape_id")),
        sa.PrimaryKeyConstraint("tape_id", "seen_at", name=op.f("pk_book_snapshot")),
        comment="the best 20 levels of a book at a moment; old ones are deleted",
    )
    op.create_index(op.f("ix_book_snapshot_seen_at"), "book_snapshot", ["seen_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_book_snapshot_seen_at"), table_name="book_snapshot")
    op.drop_table("book_snapshot")
    op.drop_index(op.f("ix_public_trade_traded_at"), table_name="public_trade")
    op.drop_table("public_trade")
    op.drop_table("tape")
