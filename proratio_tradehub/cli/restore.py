"""`proratio restore`: a backup put back, or proved without touching anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.session import open_session, progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from proratio_tradehub.backups import Rehearsal, Restoration
    from proratio_tradehub.cli.session import Session
    from proratio_tradehub.halts import WarrantFile

__all__ = ["found_lines", "restore"]

_COMMAND = "proratio restore FILE --replace"


def restore(
    file: Annotated[
        Path, typer.Argument(help="A backup, or a folder, of which the newest is taken.")
    ],
    *,
    rehearse: Annotated[
        bool,
        typer.Option(
            "--rehearse", help="Restore into a throw-away server and compare; changes nothing here."
        ),
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of what is stored, in two steps.")
    ] = False,
    confirm: Annotated[
        str | None, typer.Option(metavar="TOKEN", help="The token that --replace showed.")
    ] = None,
) -> None:
    """Put a backup back: into an empty database, every row compared before it counts.

    Files that are here already stay as they are. Halts are only ever added. With --replace it first
    shows what would be lost and a token that is valid for a minute; with the token, database and
    files become the backup's. Secrets were never in it: fill them in again.

    Examples: [bold]proratio restore backups --rehearse[/],
    [bold]proratio restore backups/proratio-20261127T060000Z.zip[/]
    """
    from proratio_tradehub.backups import newest_backup

    path = newest_backup(file) if file.is_dir() else file
    with open_session() as session:
        if rehearse:
            _rehearse(session, path)
        elif replace and confirm is None:
            _propose(session, path)
        else:
            _restore(session, path, confirm if replace else None)


def _rehearse(session: Session, path: Path) -> None:
    from proratio_tradehub.backups import rehearse

    with progress_bar() as bar:
        found = rehearse(
            session.settings,
            session.database,
            path,
            clock=session.clock,
            progress=_shown(bar),
        )
    for line in found_lines(found):
        _print(session, line)


def _propose(session: Session, path: Path) -> None:
    from proratio_core.database.transfer import count_rows

    held = count_rows(session.database)
    for name, count in held.items():
        _print(session, f"would be lost: {count:,} rows of {name}")
    if not held:
        _print(session, "the database is empty; nothing would be lost")
    warrant = _warrants(session).issue()
    _print(
        session,
        f"within a minute, to do it: proratio restore {path} --replace --confirm {warrant.token}",
    )


def _restore(session: Session, path: Path, token: str | None) -> None:
    from proratio_tradehub.backups import restore_backup

    if token is not None:
        _warrants(session).redeem(token)
    with progress_bar() as bar:
        done = restore_backup(
            session.settings,
            session.database,
            path,
            replace=token is not None,
            progress=_shown(bar),
        )
    for line in _restored(done):
        _print(session, line)


def _warrants(session: Session) -> WarrantFile:
    from proratio_tradehub.halts import WarrantFile

    path = session.settings.state_dir / "restore.json"
    return WarrantFile(path, clock=session.clock, command=_COMMAND)


def found_lines(found: Rehearsal) -> list[str]:
    """Return what to say of a rehearsal that succeeded."""
    record = found.record
    ledger = record.ledger_sha256 or "no votes"
    return [
        f"{record.path}: made {record.made_at:%Y-%m-%d %H:%M:%S} UTC, "
        f"restored in {record.took_s:.1f} s",
        f"rows        {record.rows:,}, every table's hash is that of the backup",
        f"data verify {found.series} series, {found.candles:,} rows, {found.gaps} gaps: "
        f"{_same(found.is_store_same)}",
        f"ledger      {ledger}: {_same(found.is_ledger_same)}",
    ]


def _same(is_same: bool | None) -> str:
    return "the same here" if is_same else "this installation has gone on since"


def _restored(done: Restoration) -> list[str]:
    manifest = done.manifest
    lines = [
        f"restored {manifest.rows:,} rows, every one compared; "
        f"made {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC by Proratio {manifest.program}"
    ]
    lines += [f"wrote {path}" for path in done.written]
    lines += [f"kept yours: {path} differs from the backup" for path in done.kept]
    lines += [f"fill in the secrets: {path}" for path in done.to_fill]
    return [*lines, "next: proratio doctor"]


def _shown(bar: Progress) -> Callable[[str, int, int], None]:
    task = bar.add_task("restoring", total=None)
    return lambda table, done, total: bar.update(
        task, description=table, completed=done, total=total
    )


def _print(session: Session, line: str) -> None:
    session.console.print(line, highlight=False, markup=False, soft_wrap=True)
