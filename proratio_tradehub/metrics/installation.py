"""What no single process knows: the database, the disk, trades on record, backups."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

from proratio_core.database import Database, open_database
from proratio_core.errors import ProratioError
from proratio_core.settings import Settings
from proratio_tradehub.backups import backup_record_file, rehearsal_record_file
from proratio_tradehub.halts import halt_file
from proratio_tradehub.metrics.accounts import halt_samples
from proratio_tradehub.metrics.endpoint import Sources
from proratio_tradehub.metrics.families import Sample

__all__ = [
    "InstallationDatabase",
    "backup_samples",
    "disk_samples",
    "installation_sources",
    "trade_samples",
]

_STATEMENT_LIMIT_MS: Final = 2_000


class InstallationDatabase:
    """The database as long as it is looked at: opened when it is first there, asked at each scrape.

    Parameters
    ----------
    settings
        Where it is.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._resources = ExitStack()
        self._database: Database | None = None
        self._one_at_a_time = threading.Lock()

    def samples(self) -> Iterator[Sample]:
        """Yield whether PostgreSQL answers, its size, and the trades it has on record."""
        with self._one_at_a_time:
            try:
                found = [*_size_samples(self._opened()), *trade_samples(self._opened())]
            except ProratioError:
                yield "proratio_database_up", (), 0.0
                return
        yield "proratio_database_up", (), 1.0
        yield from found

    def close(self) -> None:
        """Let go of it."""
        self._resources.close()

    def _opened(self) -> Database:
        if self._database is None:
            self._database = self._resources.enter_context(
                open_database(self._settings, statement_timeout_ms=_STATEMENT_LIMIT_MS)
            )
        return self._database


def installation_sources(settings: Settings, database: InstallationDatabase) -> Sources:
    """Return what `proratio metrics serve` tells."""
    halts = halt_file(settings)
    return {
        "database": database.samples,
        "disk": lambda: disk_samples(settings),
        "backups": lambda: backup_samples(settings),
        "halts": lambda: halt_samples(halts.read),
    }


def trade_samples(database: Database) -> Iterator[Sample]:
    """Yield how many trades each account has on record, and what they came to."""
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT account, count(*) FILTER (WHERE is_open), "
            "count(*) FILTER (WHERE NOT is_open AND profit_quote > 0), "
            "count(*) FILTER (WHERE NOT is_open AND NOT profit_quote > 0), "
            "coalesce(sum(profit_quote) FILTER (WHERE NOT is_open), 0) "
            "FROM account_trade GROUP BY account ORDER BY account"
        )
        for account, opened, won, lost, profit in cursor.fetchall():
            yield "proratio_trades_open", (account,), float(opened)
            yield "proratio_trades_closed", (account, "won"), float(won)
            yield "proratio_trades_closed", (account, "lost"), float(lost)
            yield "proratio_trades_profit_quote", (account,), float(profit)


def disk_samples(settings: Settings) -> Iterator[Sample]:
    """Yield the free space where user_data is."""
    yield "proratio_disk_free_bytes", (), float(shutil.disk_usage(settings.user_data).free)


def backup_samples(settings: Settings) -> Iterator[Sample]:
    """Yield when a backup was made and when one was proved."""
    made, tried = backup_record_file(settings).read(), rehearsal_record_file(settings).read()
    if made is not None:
        yield "proratio_backup_timestamp_seconds", (), made.made_at.timestamp()
        yield "proratio_backup_size_bytes", (), float(made.size_bytes)
    if tried is not None and tried.succeeded_at is not None:
        at_s = tried.succeeded_at.timestamp()
        yield "proratio_rehearsal_success_timestamp_seconds", (), at_s


def _size_samples(database: Database) -> Iterator[Sample]:
    with database.transaction() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone() or (0,)
    yield "proratio_database_size_bytes", (), float(size)
