"""`proratio export`: what is stored, as a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from proratio_tradehub.cli.session import open_session

__all__ = ["export", "moment_of"]

_DAY = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


def export(
    table: Annotated[
        str,
        typer.Argument(
            help="trades (the trade journal), journal, equity, refusals, votes, opinions, "
            "spending, halts or runs.",
            show_default=False,
        ),
    ],
    *,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="File; its ending says what: .csv .parquet .json .html."
        ),
    ],
    account: Annotated[str | None, typer.Option(help="Only this account's rows.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="From this UTC day or minute on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Before this UTC day or minute.")
    ] = None,
) -> None:
    """Write a table to a file for a spreadsheet, a notebook or an accountant.

    Times are UTC. Candles have their own way out: proratio data export. The whole ledger of votes,
    to carry elsewhere: proratio signals export.

    Example: [bold]proratio export trades -o trades.csv --since 2026-01-01[/]
    """
    from proratio_core.atomic_file import replacing
    from proratio_tradehub.exports import TABLES, Format, encode_table, read_table

    wanted = Format.of(output)
    with open_session() as session:
        frame = read_table(
            session.database,
            table,
            account=account,
            since=moment_of(since),
            until=moment_of(until),
        )
        content = encode_table(
            frame, wanted, title=f"Proratio: {table}", note=f"A row is {TABLES[table].says}."
        )
        with replacing(output) as file:
            file.write_bytes(content)
        session.console.print(f"{len(frame):,} rows of {table}: {output}", markup=False)


def moment_of(given: datetime | None) -> datetime | None:
    """Return what was given on the command line as a moment in UTC."""
    return None if given is None else given.replace(tzinfo=UTC)
