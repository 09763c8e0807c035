"""stages of capital"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stage_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False, comment="in the mode live"),
        sa.Column("stage", sa.SmallInteger(), nullable=False, comment="0 is paper"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("plan_hash", sa.Text(), nullable=False, comment="the plan it was taken by"),
        sa.Column(
            "checklist",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="every line as it was shown",
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_stage_step_reason")),
        sa.CheckConstraint("stage >= 0", name=op.f("ck_stage_step_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_step")),
        sa.UniqueConstraint("event_id", name=op.f("uq_stage_step_event_id")),
        comment="append-only; the last step of an account says how much money it may use",
    )
    op.create_index(op.f("ix_stage_step_account_id"), "stage_step", ["account", "id"], unique=False)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stage_step "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_stage_step_account_id"), table_name="stage_step")
    op.drop_table("stage_step")
