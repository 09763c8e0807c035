"""How `proratio data` shows its results: tables for people, documents for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

if TYPE_CHECKING:
    from datetime import datetime

    from proratio_core.candles import ExportReport, Extent, StoredSeries
    from proratio_core.candles.health import SeriesHealth
    from proratio_core.candles.importers import ImportReport
    from proratio_core.values import SeriesKey

__all__ = [
    "export_document",
    "health_document",
    "import_document",
    "print_export",
    "print_health",
    "print_import",
    "print_status",
    "status_document",
]

_MINUTE = "%Y-%m-%d %H:%M"
_WIDEST_TABLE = 1000


def print_import(console: Console, report: ImportReport) -> None:
    """Print what was stored, and each refused file with its reason when there are several."""
    console.print(
        f"{len(report.files) - len(report.refused)} files, {report.series} series: "
        f"{report.changed_rows:,} rows changed, {report.unchanged_rows:,} unchanged",
        highlight=False,
    )
    if len(report.refused) > 1:
        for file in report.refused:
            console.print(f"[red]refused:[/] {escape(file.error or '')}", highlight=False)


def import_document(report: ImportReport) -> dict[str, Any]:
    """Return an import as plain values."""
    return {
        "series": report.series,
        "changed_rows": report.changed_rows,
        "unchanged_rows": report.unchanged_rows,
        "files": [
            {
                "path": file.path,
                "series": None if file.key is None else str(file.key),
                "inserted": None if file.written is None else file.written.inserted,
                "updated": None if file.written is None else file.written.updated,
                "unchanged": None if file.written is None else file.written.unchanged,
                "error": file.error,
            }
            for file in report.files
        ],
    }


def print_export(console: Console, report: ExportReport) -> None:
    """Print how many files were written and where they are."""
    from proratio_core.candles import ExportStatus

    counts = ", ".join(f"{report.count(status)} {status}" for status in ExportStatus)
    folders = sorted({str(file.path.parent) for file in report.files})
    console.print(f"{len(report.files)} series: {counts}", highlight=False)
    console.print(f"in {', '.join(map(escape, folders))}", highlight=False, soft_wrap=True)


def export_document(report: ExportReport) -> list[dict[str, Any]]:
    """Return an export as plain values."""
    return [
        {
            "series": str(file.key),
            "path": file.path,
            "status": file.status.value,
            "rows_read": file.rows,
            "version": file.version,
        }
        for file in report.files
    ]


def print_status(
    console: Console, stored: Sequence[StoredSeries], extents: Mapping[int, Extent]
) -> None:
    """Print the stored series as a table."""
    table = _series_table("rows", "first open", "last open", "version")
    for series in stored:
        extent = extents.get(series.id)
        table.add_row(
            _name(series.key),
            f"{extent.rows:,}" if extent else "0",
            _shown(extent.first_open_time if extent else None),
            _shown(extent.last_open_time if extent else None),
            str(series.version),
        )
    _print_table(console, table)
    if not stored:
        console.print("nothing is stored yet; try: proratio data download BTC/USDT")


def status_document(
    stored: Sequence[StoredSeries], extents: Mapping[int, Extent]
) -> list[dict[str, Any]]:
    """Return the stored series as plain values."""
    return [
        {
            **_key_document(series.key),
            "rows": extent.rows if extent else 0,
            "first_open_time": extent.first_open_time.isoformat() if extent else None,
            "last_open_time": extent.last_open_time.isoformat() if extent else None,
            "version": series.version,
        }
        for series in stored
        for extent in (extents.get(series.id),)
    ]


def print_health(console: Console, health: Sequence[SeriesHealth]) -> None:
    """Print a line a series, then every gap and every finding."""
    table = _series_table("rows", "first open", "last open", "gaps", "missing", "errors")
    for one in health:
        table.add_row(
            _name(one.key),
            f"{one.rows:,}",
            _shown(one.first_open_time),
            _shown(one.last_open_time),
            str(len(one.gaps)),
            str(one.missing_candles),
            f"[red]{len(one.errors)}[/]" if one.errors else "0",
        )
    _print_table(console, table)
    for one in health:
        for listed in one.gaps:
            reason = listed.reason or "not asked for yet"
            text = escape(f"gap: {one.key}: {listed.gap}: {reason}")
            console.print(text, highlight=False, soft_wrap=True)
    for one in health:
        for finding in one.findings:
            text = escape(f"{finding.severity}: {one.key}: {finding.detail}")
            console.print(text, highlight=False, soft_wrap=True)
    _print_totals(console, health)


def _print_totals(console: Console, health: Sequence[SeriesHealth]) -> None:
    gaps = sum(len(one.gaps) for one in health)
    console.print(
        f"{len(health)} series, {sum(one.rows for one in health):,} rows: {gaps} gaps with "
        f"{sum(one.missing_candles for one in health)} missing candles, "
        f"{sum(len(one.errors) for one in health)} errors, "
        f"{sum(len(one.findings) - len(one.errors) for one in health)} warnings",
        highlight=False,
        soft_wrap=True,
    )


def health_document(health: Sequence[SeriesHealth]) -> list[dict[str, Any]]:
    """Return the health of series as plain values."""
    return [
        {
            **_key_document(one.key),
            "rows": one.rows,
            "first_open_time": one.first_open_time and one.first_open_time.isoformat(),
            "last_open_time": one.last_open_time and one.last_open_time.isoformat(),
            "gaps": [
                {
                    "first_open_time": listed.gap.first_open_time.isoformat(),
                    "last_open_time": listed.gap.last_open_time.isoformat(),
                    "candles": listed.gap.candles,
                    "reason": listed.reason,
                }
                for listed in one.gaps
            ],
            "findings": [
                {
                    "severity": finding.severity.value,
                    "code": finding.code,
                    "open_time": finding.open_time and finding.open_time.isoformat(),
                    "candles": finding.candles,
                    "detail": finding.detail,
                }
                for finding in one.findings
            ],
        }
        for one in health
    ]


def _series_table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("series", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _print_table(console: Console, table: Table) -> None:
    """Print whole lines, also where the terminal is narrow."""
    unlimited = console.options.update(max_width=_WIDEST_TABLE)
    table.width = Measurement.get(console, unlimited, table).maximum
    console.print(table, crop=False)


def _name(key: SeriesKey) -> str:
    name = escape(str(key))
    return f"[yellow]SIMULATED[/] {name}" if key.is_simulated else name


def _key_document(key: SeriesKey) -> dict[str, Any]:
    return {
        "exchange": key.exchange,
        "pair": str(key.pair),
        "timeframe": key.timeframe.value,
        "kind": key.kind.value,
        "simulated": key.is_simulated,
    }


def _shown(moment: datetime | None) -> str:
    return "-" if moment is None else moment.strftime(_MINUTE)
