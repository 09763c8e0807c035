"""Candles: their shape, where they come from, where they are kept, and how they leave."""

from proratio_core.candles.feather import ExportReport, ExportStatus, export_series
from proratio_core.candles.gaps import Gap, GapLedger, RecordedGap, find_series_gaps
from proratio_core.candles.resampling import resample
from proratio_core.candles.simulation import store_scenario
from proratio_core.candles.store import CandleStore, Extent, StoredSeries, WriteResult
from proratio_core.candles.validation import Finding, Severity, check_frame, clean_frame

__all__ = [
    "CandleStore",
    "ExportReport",
    "ExportStatus",
    "Extent",
    "Finding",
    "Gap",
    "GapLedger",
    "RecordedGap",
    "Severity",
    "StoredSeries",
    "WriteResult",
    "check_frame",
    "clean_frame",
    "export_series",
    "find_series_gaps",
    "resample",
    "store_scenario",
]
