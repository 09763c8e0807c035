"""Draws the values of the page Data as markup. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from proratio_tradehub.dashboard.data.coverage import Freshness, KnownGap, SeriesCoverage
from proratio_tradehub.dashboard.look import (
    Cell,
    Html,
    Tone,
    card,
    formats,
    note,
    table,
    tile,
    tiles,
)

__all__ = ["coverage_tiles", "gaps_card", "series_card"]

_TONES = {
    Freshness.CURRENT: ("● current", Tone.GOOD),
    Freshness.BEHIND: ("▲ behind", Tone.WARN),
    Freshness.ENDED: ("○ ended", Tone.MUTED),
    Freshness.EMPTY: ("○ empty", Tone.MUTED),
}


def coverage_tiles(shown: Sequence[SeriesCoverage], now: datetime) -> Html:
    """Return how much is stored, what is missing, and how old the newest candle is."""
    return tiles(*_tiles(shown, now))


def _tiles(shown: Sequence[SeriesCoverage], now: datetime) -> Iterator[Html]:
    total, missing = sum(one.rows for one in shown), sum(one.missing for one in shown)
    pairs = len({one.stored.key.pair for one in shown})
    yield tile("Series", formats.count(len(shown)), f"of {pairs} pairs")
    yield tile("Rows", formats.count(total), "candles, mark prices and funding rates")
    due = total + missing
    yield tile(
        "Missing",
        formats.count(missing),
        f"{formats.percent(missing / due, 4)} of what should be there" if due else "",
        Tone.WARN if missing else Tone.PLAIN,
    )
    newest = max((one.last_close for one in shown if one.last_close), default=None)
    states = [one.freshness(now) for one in shown]
    current = sum(state is Freshness.CURRENT for state in states)
    yield tile("Newest candle", formats.age(newest, now), f"{current} of {len(shown)} are current")


def series_card(
    shown: Sequence[SeriesCoverage], exported: Mapping[int, int | None], now: datetime
) -> Html:
    """Return a line for each series: its span, what is missing, its age, Freqtrade's file.

    Parameters
    ----------
    shown
        The series.
    exported
        Number of the series -> the version that Freqtrade's file has; None without a file.
    now
        The time it is.
    """
    rows = [
        (
            str(one.stored.key),
            formats.count(one.rows),
            formats.day(one.months[0].first_open_time if one.months else None),
            formats.day(one.last_close),
            Cell(formats.count(one.missing), Tone.WARN if one.missing else Tone.PLAIN),
            _state(one, now),
            _file(one, exported.get(one.stored.id)),
        )
        for one in shown
    ]
    columns = ("Series", "Rows", "From", "Until", "Missing", "State", "Freqtrade's file")
    listed = table(columns, rows, caption="Stored series", text_columns=(0, 5, 6))
    return card("Series", listed)


def _state(one: SeriesCoverage, now: datetime) -> Cell:
    word, tone = _TONES[one.freshness(now)]
    return Cell(word, tone)


def _file(one: SeriesCoverage, version: int | None) -> Cell:
    if version is None:
        return Cell("none", Tone.MUTED)
    if version == one.stored.version:
        return Cell("up to date", Tone.GOOD)
    return Cell("older: proratio data export", Tone.WARN)


def gaps_card(gaps: Sequence[KnownGap], most: int) -> Html:
    """Return the gaps a source has confirmed, the newest first."""
    if not gaps:
        return card("Gaps with a reason", note("No source has confirmed a gap in these series."))
    rows = [
        (
            gap.series,
            formats.moment(gap.first_open_time),
            formats.moment(gap.last_open_time),
            gap.reason,
        )
        for gap in gaps
    ]
    columns = ("Series", "First missing", "Last missing", "Reason")
    aside = f"the newest {most}" if len(gaps) == most else None
    listed = table(columns, rows, caption="Confirmed gaps", text_columns=(0, 1, 2, 3))
    return card("Gaps with a reason", listed, aside=aside)
