"""What the stream of real-time data tells: lines, and how fresh each series is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from proratio_core.streaming import SeriesFreshness, StreamHealth
from proratio_tradehub.metrics.families import Sample

__all__ = ["stream_samples"]


def stream_samples(health: StreamHealth | None, now: datetime) -> Iterator[Sample]:
    """Yield what a report says; nothing before the first."""
    if health is None:
        return
    exchange = (health.exchange,)
    yield "proratio_stream_report_timestamp_seconds", exchange, health.updated_at.timestamp()
    yield "proratio_stream_lines_lost_total", exchange, float(health.losses)
    for series in health.series:
        yield from _series_samples(series, now)


def _series_samples(series: SeriesFreshness, now: datetime) -> Iterator[Sample]:
    name = (series.series,)
    yield "proratio_stream_connected", name, float(series.is_connected)
    yield "proratio_stream_candles_corrected_total", name, float(series.corrected)
    if series.delay_s is not None:
        yield "proratio_candle_delay_seconds", name, series.delay_s
    newest = series.newest_open_time
    if newest is not None:
        yield "proratio_candle_newest_open_timestamp_seconds", name, newest.timestamp()
        due = newest + timedelta(seconds=2 * series.step_s)
        yield "proratio_candle_lateness_seconds", name, max((now - due).total_seconds(), 0.0)
