"""The accounts a command may be asked about: those of which anything is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proratio_core.database import Database

__all__ = ["check_account"]


def check_account(database: Database, account: str | None) -> None:
    """Raise where an account is named and nothing is known of it.

    Raises
    ------
    ConfigurationError
        Nobody has that account; it names those that are known.
    """
    from proratio_core.errors import ConfigurationError
    from proratio_tradehub.journal import accounts

    if account is None:
        return
    known = accounts(database)
    if account not in known:
        raise ConfigurationError(
            f"no account {account!r}; known are {', '.join(known) or 'none yet'}"
        )
