"""open interest"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_interest",
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="as the exchange states it",
        ),
        sa.Column("amount_base", sa.Double(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount_base >= 0", name=op.f("ck_open_interest_amount_base")),
        sa.PrimaryKeyConstraint("exchange", "symbol", "seen_at", name=op.f("pk_open_interest")),
        comment="contracts open of a perpetual, in units of its base currency, at a moment",
    )


def downgrade() -> None:
    op.drop_table("open_interest")
