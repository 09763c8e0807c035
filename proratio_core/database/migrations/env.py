"""What Alembic runs around each migration."""

from __future__ import annotations

from alembic import context

from proratio_core.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
