"""How fresh each streamed series is, as samples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proratio_core.streaming import SeriesFreshness, StreamHealth
from proratio_tradehub.metrics.streams import stream_samples

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SERIES = ("binance BTC/USDT 1m",)


def _told(*, newest_age_s: float | None, delay_s: float | None = 0.2) -> dict[str, float]:
    newest = None if newest_age_s is None else NOW - timedelta(seconds=newest_age_s)
    series = SeriesFreshness(
        series=SERIES[0],
        step_s=60.0,
        is_connected=True,
        newest_open_time=newest,
        delay_s=delay_s,
        corrected=3,
    )
    health = StreamHealth("binance", 1, NOW, NOW, 5, (series,))
    return {name: value for name, _, value in stream_samples(health, NOW)}


@pytest.mark.parametrize(("newest_age_s", "lateness_s"), [(60.0, 0.0), (119.0, 0.0), (180.0, 60.0)])
def test_a_candle_is_late_once_the_next_one_has_closed(
    newest_age_s: float, lateness_s: float
) -> None:
    told = _told(newest_age_s=newest_age_s)
    assert told["proratio_candle_lateness_seconds"] == lateness_s
    assert told["proratio_candle_delay_seconds"] == 0.2
    assert told["proratio_stream_lines_lost_total"] == 5.0
    assert told["proratio_stream_candles_corrected_total"] == 3.0
    assert told["proratio_stream_connected"] == 1.0


def test_what_is_not_known_yet_is_not_told() -> None:
    told = _told(newest_age_s=None, delay_s=None)
    assert not [name for name in told if name.startswith("proratio_candle_")]
    assert list(stream_samples(None, NOW)) == []
