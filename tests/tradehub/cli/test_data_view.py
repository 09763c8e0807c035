"""What `proratio data` prints: whole lines, no markup from data, plain documents."""

from __future__ import annotations

import io
import json
from pathlib import Path

from rich.console import Console

from proratio_core.candles import ExportReport, Extent, StoredSeries, WriteResult
from proratio_core.candles.feather import ExportedFile, ExportStatus
from proratio_core.candles.gaps import Gap
from proratio_core.candles.health import ListedGap, SeriesHealth
from proratio_core.candles.importers import FileResult, ImportReport
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_tradehub.cli.data_view import (
    export_document,
    health_document,
    import_document,
    print_export,
    print_health,
    print_import,
    print_status,
    status_document,
)
from tests.core.candles.candle_frames import FUNDING, SPOT, START

SIMULATED = SeriesKey("simulated", Pair.parse("BTC/USDT"), Timeframe.H1)


def _console() -> Console:
    return Console(file=io.StringIO(), width=60)


def _text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_refused_files_are_listed_without_reading_markup_in_their_names() -> None:
    console = _console()
    refused = FileResult(Path("[bold]x"), error="[bold]x: broken")
    stored = FileResult(Path("a"), SPOT, WriteResult(1000, 200, 3, 1))
    print_import(console, ImportReport((stored, refused, refused)))
    assert "1 files, 1 series: 1,200 rows changed, 3 unchanged" in _text(console)
    assert _text(console).count("refused: [bold]x: broken") == 2


def test_import_document_is_plain_json() -> None:
    report = ImportReport((FileResult(Path("a"), SPOT, WriteResult(1, 0, 2, 1)),))
    document = json.loads(json.dumps(import_document(report), default=str))
    assert document["files"][0]["series"] == "binance BTC/USDT 1h"
    assert document["unchanged_rows"] == 2


def test_export_is_summed_up_with_its_folders() -> None:
    console = _console()
    files = (
        ExportedFile(SPOT, Path("data/binance/a.feather"), ExportStatus.APPENDED, 1, 2),
        ExportedFile(SIMULATED, Path("data/simulated/a.feather"), ExportStatus.UNCHANGED, 0, 1),
    )
    print_export(console, ExportReport(files))
    assert "2 series: 1 unchanged, 1 appended, 0 rewritten, 0 empty" in _text(console)
    assert "in data/binance, data/simulated" in _text(console)
    assert [file["status"] for file in export_document(ExportReport(files))] == [
        "appended",
        "unchanged",
    ]


def test_status_stays_on_one_line_a_series_in_a_narrow_terminal() -> None:
    console = _console()
    stored = (StoredSeries(FUNDING, 1, 3, 0), StoredSeries(SIMULATED, 2, 0, 0))
    extents = {1: Extent(1234, START, START)}
    print_status(console, stored, extents)
    _, funding, simulated = _text(console).splitlines()
    assert "binance BTC/USDT:USDT 1h funding_rate" in funding
    assert "1,234" in funding
    assert simulated.startswith("SIMULATED simulated BTC/USDT 1h")
    first, second = status_document(stored, extents)
    assert (first["rows"], second["rows"], second["first_open_time"]) == (1234, 0, None)


def test_health_shows_totals_gaps_and_reasons() -> None:
    console = _console()
    gap = ListedGap(Gap(START, START, 1), "the exchange [was] down")
    health = (SeriesHealth(SPOT, 24, START, START, (gap,), ()),)
    print_health(console, health)
    assert "2024-01-01 00:00 (1 missing): the exchange [was] down" in _text(console)
    assert "1 series, 24 rows: 1 gaps with 1 missing candles, 0 errors" in _text(console)
    assert health_document(health)[0]["gaps"][0]["reason"] == "the exchange [was] down"
