"""`proratio backup`: one file with all that must not be lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proratio_tradehub.cli.session import open_session, print_json, progress_bar

if TYPE_CHECKING:
    from proratio_tradehub.backups import Backup

__all__ = ["backup"]


def backup(
    target: Annotated[Path, typer.Argument(help="A folder, or a file that ends in .zip.")] = Path(
        "backups"
    ),
    *,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="How many backups stay in the folder; default: all."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
) -> None:
    """Write the database, as it is at one moment, and the files of user_data to one file.

    Bots and services go on meanwhile. Taken along: every table; configurations, strategies,
    profiles, Freqtrade's trades, halts. Left out: .env and every secret that stands in a
    configuration, exported candles, results, logs, and Redis, which is a cache.

    Examples: [bold]proratio backup[/], [bold]proratio backup /mnt/backups --keep 14[/]
    """
    from proratio_tradehub.backups import make_backup

    with open_session() as session, progress_bar() as bar:
        task = bar.add_task("copying", total=None)
        made = make_backup(
            session.settings,
            session.database,
            target,
            clock=session.clock,
            keep=keep,
            progress=lambda table, done, total: bar.update(
                task, description=table, completed=done, total=total
            ),
        )
    if json:
        print_json(_document(made))
        return
    for line in _lines(made):
        session.console.print(line, highlight=False, markup=False, soft_wrap=True)


def _document(made: Backup) -> dict[str, Any]:
    manifest = made.manifest
    return {
        "file": made.path,
        "bytes": made.bytes,
        "made_at": manifest.made_at,
        "schema": manifest.schema,
        "rows": {table.name: table.rows for table in manifest.tables},
        "files": [file.path for file in manifest.files],
        "blanked": {file.path: file.blanked for file in manifest.files if file.blanked},
        "removed": made.removed,
    }


def _lines(made: Backup) -> list[str]:
    manifest = made.manifest
    full = sum(table.rows > 0 for table in manifest.tables)
    lines = [
        f"{made.path}: {made.bytes / 1e6:,.1f} MB",
        f"{manifest.rows:,} rows of {full} tables, schema {manifest.schema}; "
        f"{len(manifest.files)} files; no .env and no secret",
    ]
    lines += [
        f"left empty in {file.path}: {', '.join(file.blanked)}"
        for file in manifest.files
        if file.blanked
    ]
    lines += [f"removed {path}" for path in made.removed]
    return [*lines, f"to prove it: proratio restore {made.path} --rehearse"]
