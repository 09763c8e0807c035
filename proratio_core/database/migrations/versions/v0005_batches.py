"""batches"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="sent along, to find it again"),
        sa.Column("profile_hash", sa.Text(), nullable=False),
        sa.Column("voter", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="whose money and whose prices"),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "sent_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="just before it was sent; null: nobody ever saw it",
        ),
        sa.Column(
            "remote_id",
            sa.Text(),
            nullable=True,
            comment="the provider's name for it; null until its reply came",
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when all its calls were settled",
        ),
        sa.Column("detail", sa.Text(), nullable=True, comment="how it ended"),
        sa.CheckConstraint("calls > 0", name=op.f("ck_batch_calls")),
        sa.CheckConstraint("remote_id is null or sent_at is not null", name=op.f("ck_batch_sent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("name", name=op.f("uq_batch_name")),
        comment="calls handed to a provider together; each is a row of spending",
    )
    op.create_index(
        op.f("ix_batch_profile_hash_ended_at"), "batch", ["profile_hash", "ended_at"], unique=False
    )
    op.add_column(
        "spending",
        sa.Column("batch_id", sa.BigInteger(), nullable=True, comment="null for a call of its own"),
    )
    op.create_foreign_key(op.f("fk_spending_batch_id"), "spending", "batch", ["batch_id"], ["id"])
    op.create_index(
        op.f("ix_spending_batch_id"),
        "spending",
        ["batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id is not null"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_spending_batch_id"), table_name="spending")
    op.drop_constraint(op.f("fk_spending_batch_id"), "spending", type_="foreignkey")
    op.drop_column("spending", "batch_id")
    op.drop_index(op.f("ix_batch_profile_hash_ended_at"), table_name="batch")
    op.drop_table("batch")
