"""The stream's health file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from proratio_core.settings import Settings
from proratio_core.streaming.health import (
    SeriesFreshness,
    StreamHealth,
    stream_health_file,
)

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def healthy(newest: datetime | None = NOON - timedelta(minutes=1)) -> StreamHealth:
    series = SeriesFreshness(
        series="binance BTC/USDT 1m",
        step_s=60,
        is_connected=True,
        newest_open_time=newest,
        delay_s=0.25,
        corrected=0,
    )
    return StreamHealth("binance", 7, NOON - timedelta(hours=1), NOON, 3, (series,))


def test_a_report_survives_the_file_and_ends_with_the_stream(tmp_path: Path) -> None:
    file = stream_health_file(Settings(PRORATIO_USER_DATA=tmp_path), "binance")
    assert file.read() is None
    file.write(healthy())
    assert file.read() == healthy()
    assert file.path == tmp_path / ".proratio" / "stream-binance.json"
    file.remove()
    assert file.read() is None


def test_a_report_is_fresh_for_twenty_seconds() -> None:
    assert healthy().is_fresh(NOON + timedelta(seconds=19))
    assert not healthy().is_fresh(NOON + timedelta(seconds=20))


def test_a_series_is_late_a_minute_after_its_candle_should_be_there() -> None:
    opened = NOON - timedelta(minutes=3)
    assert healthy(opened).late(NOON) == ()
    assert healthy(opened).late(NOON + timedelta(seconds=1)) == ("binance BTC/USDT 1m",)
    assert healthy(None).late(NOON) == ("binance BTC/USDT 1m",)


def test_it_says_in_a_line_how_the_stream_is() -> None:
    assert str(healthy()) == (
        "binance: 1 of 1 series connected, 3 lines lost, last closes stored within 0.25 s"
    )
