"""`proratio tax`: what trades realised in a year."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from proratio_tradehub.cli.session import open_session

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from proratio_tradehub.exports import Format
    from proratio_tradehub.tax import TaxReport

__all__ = ["tax"]

_Choice = TypeVar("_Choice", bound=StrEnum)


def tax(
    year: Annotated[int, typer.Argument(min=2009, max=9998, help="The calendar year.")],
    *,
    method: Annotated[
        str, typer.Option(help="Which coins a sale takes first: fifo, lifo or hifo.")
    ] = "fifo",
    pool: Annotated[
        str,
        typer.Option(help="account: those of the account that sold; all: of any such account."),
    ] = "account",
    zone: Annotated[str, typer.Option(help="Time zone of the year, as in Europe/Berlin.")] = "UTC",
    account: Annotated[str | None, typer.Option(help="Only this account's trades.")] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write each sale to this file; contracts and what is left go beside it. "
            ".csv .parquet .json .html",
        ),
    ] = None,
) -> None:
    """Show what trades realised in a year: sales of coins lot by lot, and closed contracts.

    Money is counted in each market's own quote currency; converting it, and what your law says of
    it, is yours. Deposits, withdrawals and trades made elsewhere are not known here. Paper and
    simulated accounts are marked: nothing of them is taxable.

    Example: [bold]proratio tax 2025 --method fifo --zone Europe/Berlin -o tax-2025.csv[/]
    """
    from proratio_tradehub.cli.tax_view import show_tax
    from proratio_tradehub.exports import Format
    from proratio_tradehub.journal import Kind, read_entries, read_trades
    from proratio_tradehub.tax import Method, Pool, tax_report

    kind = Format.of(output) if output is not None else None
    choices = _choice(Method, method, "--method"), _choice(Pool, pool, "--pool")
    where = _zone(zone)
    with open_session() as session:
        report = tax_report(
            read_trades(session.database, account),
            read_entries(session.database, account, kinds=[Kind.FILL]),
            year=year,
            zone=where,
            method=choices[0],
            pool=choices[1],
        )
        show_tax(session.console, report)
        if output is not None and kind is not None:
            for written in _write(report, output, kind):
                session.console.print(f"Written: {written}", markup=False)


def _choice(kind: type[_Choice], given: str, option: str) -> _Choice:
    from proratio_core.errors import ConfigurationError

    try:
        return kind(given.lower())
    except ValueError as error:
        known = ", ".join(member.value for member in kind)
        raise ConfigurationError(f"{option} is {given!r}; expected one of {known}") from error


def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    from proratio_core.errors import ConfigurationError

    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ConfigurationError(
            f"--zone is {name!r}; expected a name of the tz database, such as Europe/Berlin"
        ) from error


def _write(report: TaxReport, path: Path, kind: Format) -> Iterator[Path]:
    from proratio_core.atomic_file import replacing
    from proratio_tradehub.exports import encode_table
    from proratio_tradehub.tax import contracts_frame, lots_frame, realised_frame

    parts = (
        ("", "sales", realised_frame(report)),
        ("-contracts", "contracts", contracts_frame(report)),
        ("-lots", "coins left", lots_frame(report)),
    )
    for suffix, says, frame in parts:
        file = path.with_name(f"{path.stem}{suffix}{path.suffix}")
        title = f"{says} of {report.year}, {report.method.value}"
        with replacing(file) as partial:
            partial.write_bytes(encode_table(frame, kind, title=title))
        yield file
