"""Who can read the secrets, what holds entries back, what waits, how old the last backup is."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from proratio_core.clock import Clock
from proratio_core.database import open_database
from proratio_core.errors import ProratioError
from proratio_core.settings import Settings
from proratio_tradehub.backups import backup_record_file, rehearsal_record_file
from proratio_tradehub.backups.belongings import blank_secrets
from proratio_tradehub.findings import Finding, Verdict
from proratio_tradehub.halts import HaltLedger, Halts, halt_file
from proratio_tradehub.journal import Unwritten, unwritten
from proratio_tradehub.journal.spool import Backlog

__all__ = ["check_backups", "check_halts", "check_journal", "check_permissions"]

_SECRET: Final = re.compile(r"KEY|TOKEN|PASSWORD|SECRET|HASH|_URL$")
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE: Final = stat.S_IWOTH
_BACKUP_AGE: Final = timedelta(days=2)
_JOURNAL_AGE: Final = timedelta(minutes=2)
"""A running bot stores what it noted within seconds."""
_REHEARSAL_AGE: Final = timedelta(days=30)


def check_permissions(settings: Settings, env_file: Path = Path(".env")) -> Iterator[Finding]:
    """Say which files with secrets others can read; user_data must not be open to all."""
    holders = [path for path in _holders(settings, env_file) if path.stat().st_mode & _OTHERS]
    for path in holders:
        yield Finding(
            "files",
            Verdict.FAILED,
            f"{path} holds secrets and can be read by others on this machine",
            f"chmod 600 {path}",
        )
    folder = settings.user_data
    if folder.is_dir() and folder.stat().st_mode & _OTHERS_WRITE:
        detail = f"everybody on this machine can write to {folder}, strategies included"
        yield Finding("files", Verdict.FAILED, detail, f"chmod o-w {folder}")
    elif not holders:
        yield Finding("files", Verdict.OK, "no secret can be read by others on this machine")


def check_halts(settings: Settings, clock: Clock) -> Finding:
    """Say what holds entries back; the halt file tells where PostgreSQL is away."""
    try:
        with open_database(settings) as database:
            standing = _halts(settings, HaltLedger(database), clock).standing()
    except ProratioError as error:
        standing = _halts(settings, error, clock).standing()
    if standing.allows_entries:
        return Finding("halts", Verdict.OK, "nothing holds entries back")
    if not standing.restraints:
        return Finding("halts", Verdict.NOTE, standing.why, "no entries until it is known")
    remedy = "`proratio risk status` says more; `proratio risk resume --reason ...` lifts it"
    return Finding("halts", Verdict.NOTE, f"entries are held back: {standing.why}", remedy)


def check_journal(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Say whose journal has not reached PostgreSQL; nothing where no bot ever wrote one."""
    try:
        found = unwritten(settings)
    except ProratioError as error:
        yield Finding("journal", Verdict.NOTE, str(error), "make it readable")
        return
    problems = [problem for one in found for problem in _problems(one, clock.now())]
    yield from problems
    if found and not problems:
        yield Finding("journal", Verdict.OK, "everything the bots noted is in PostgreSQL")


def _problems(one: Unwritten, now: datetime) -> Iterator[Finding]:
    if one.refused.lines:
        detail = f"{one.folder / 'refused'} holds {_amount(one.refused)} that could not be stored"
        yield Finding("journal", Verdict.NOTE, detail, "the log of the bot says why")
    since = one.waiting.since
    if since is not None and now - since > _JOURNAL_AGE:
        detail = f"{_amount(one.waiting)} in {one.folder} wait for PostgreSQL, {_ago(now - since)}"
        remedy = "a bot of that account writes them as soon as it runs and PostgreSQL answers"
        yield Finding("journal", Verdict.NOTE, detail, remedy)


def _amount(backlog: Backlog) -> str:
    return f"{backlog.lines:,} lines ({backlog.size_bytes / 1e6:,.1f} MB)"


def check_backups(settings: Settings, clock: Clock) -> Finding:
    """Say how old the last backup is and when one was last proved; only trading needs them."""
    make, prove = "proratio backup FOLDER --keep 14", "proratio restore FOLDER --rehearse"
    try:
        made, tried = backup_record_file(settings).read(), rehearsal_record_file(settings).read()
    except ProratioError as error:
        return Finding("backups", Verdict.NOTE, str(error), make)
    if made is None:
        detail = "no backup was ever made; who trades wants one a day"
        return Finding("backups", Verdict.OK, detail)
    age, now = clock.now() - made.made_at, clock.now()
    detail = f"last one {_ago(age)} ago, {made.size_bytes / 1e6:,.1f} MB"
    proved_at = None if tried is None else tried.succeeded_at
    proof = "never proved" if proved_at is None else f"last proved {_ago(now - proved_at)} ago"
    detail = f"{detail}, {proof}"
    if age > _BACKUP_AGE:
        return Finding("backups", Verdict.NOTE, detail, make)
    if tried is not None and tried.failure:
        failed = f"{detail}; the last rehearsal failed: {tried.failure}"
        return Finding("backups", Verdict.FAILED, failed, prove)
    if proved_at is None or now - proved_at > _REHEARSAL_AGE:
        return Finding("backups", Verdict.NOTE, detail, prove)
    return Finding("backups", Verdict.OK, detail)


def _holders(settings: Settings, env_file: Path) -> Iterator[Path]:
    """Yield the files in which a secret stands."""
    if env_file.is_file():
        values = dotenv_values(env_file)
        if any(value and _SECRET.search(name) for name, value in values.items()):
            yield env_file
    for path in sorted(settings.user_data.glob("*.json")):
        if blank_secrets(path.read_text(encoding="utf-8", errors="replace"))[1]:
            yield path


def _halts(settings: Settings, ledger: HaltLedger | ProratioError, clock: Clock) -> Halts:
    return Halts(halt_file(settings), ledger, clock=clock)


def _ago(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.0f} days"
