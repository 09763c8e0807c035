"""run index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backtest_failure",
        sa.Column("specification_hash", sa.Text(), nullable=False),
        sa.Column(
            "failed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("specification", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("specification_hash", name=op.f("pk_backtest_failure")),
        comment="runs that raised and would raise again: neither the code nor the data has changed",
    )
    op.add_column(
        "backtest_run",
        sa.Column(
            "family",
            sa.Text(),
            nullable=True,
            comment="strategy, exchange, candle length, pairs",
        ),
    )
    op.add_column("backtest_run", sa.Column("timerange", sa.Text(), nullable=True))
    op.add_column(
        "backtest_run",
        sa.Column(
            "outcome_hash",
            sa.Text(),
            nullable=True,
            comment="equal ones are equal outcomes; null in old rows",
        ),
    )
    op.add_column(
        "backtest_run",
        sa.Column(
            "sharpe",
            sa.Double(),
            nullable=True,
            comment="as in metrics; null where the run does not define it",
        ),
    )
    op.add_column(
        "backtest_run",
        sa.Column(
            "daily_returns",
            sa.LargeBinary(),
            nullable=True,
            comment="of the wallet, float64; null in old rows",
        ),
    )
    op.execute(
        "UPDATE backtest_run SET timerange = specification->>'timerange', "
        "sharpe = (metrics->>'sharpe')::float8, "
        "family = concat_ws(' ', strategy, specification->>'exchange', "
        "specification->>'timeframe', (SELECT string_agg(pair, ',' ORDER BY place) "
        "FROM jsonb_array_elements_text(specification->'pairs') WITH ORDINALITY AS p(pair, place)))"
    )
    op.alter_column("backtest_run", "family", nullable=False)
    op.alter_column("backtest_run", "timerange", nullable=False)
    op.create_index(
        op.f("ix_backtest_run_created_at_id"), "backtest_run", ["created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_backtest_run_family_timerange"),
        "backtest_run",
        ["family", "timerange"],
        unique=False,
    )
    op.create_table_comment(
        "backtest_run",
        "trades and equity are large and stored apart: what lists runs does not read them",
        existing_comment=None,
    )


def downgrade() -> None:
    op.drop_table_comment("backtest_run")
    op.drop_index(op.f("ix_backtest_run_family_timerange"), table_name="backtest_run")
    op.drop_index(op.f("ix_backtest_run_created_at_id"), table_name="backtest_run")
    for column in ("daily_returns", "sharpe", "outcome_hash", "timerange", "family"):
        op.drop_column("backtest_run", column)
    op.drop_table("backtest_failure")
