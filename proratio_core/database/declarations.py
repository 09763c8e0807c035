"""What every table is declared with: how constraints are named, and how a time is stored."""

from __future__ import annotations

from typing import Final

from sqlalchemy import DateTime, MetaData

__all__ = ["MOMENT", "metadata"]

MOMENT: Final = DateTime(timezone=True)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
