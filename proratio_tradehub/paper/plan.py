"""What a session in virtual time replays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from proratio_core.clock import from_ms, to_ms
from proratio_core.errors import DataError
from proratio_core.values import Pair, SeriesKey, Timeframe, Timerange

__all__ = ["ReplayPlan", "parse_window"]


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """A session, before it is run.

    Parameters
    ----------
    strategy
        Class name in `user_data/strategies`.
    exchange
        Whose recorded candles.
    pairs, timeframe
        What may be traded, on candles of what length.
    start, end
        The virtual time; on the grid of the candles, UTC.
    step_s
        Virtual seconds between two loops of the bot.
    profile
        Who gates the entries; None is the installation's default, `none` is nobody.
    risk
        Which limits hold; None is what the configuration or else the settings say.

    Raises
    ------
    DataError
        Pairs or time make no session.
    """

    strategy: str
    exchange: str
    pairs: tuple[Pair, ...]
    timeframe: Timeframe
    start: datetime
    end: datetime
    step_s: int = 60
    profile: str | None = None
    risk: str | None = None

    def __post_init__(self) -> None:
        if not self.pairs or len({pair.market for pair in self.pairs}) > 1:
            raise DataError("a session trades one or more pairs of one market, spot or perpetual")
        if not 1 <= self.step_s <= self.timeframe.ms // 1000:
            raise DataError(
                f"a step of {self.step_s} s makes no session on {self.timeframe} candles; it lies "
                f"between 1 s and the length of a candle, {self.timeframe.ms // 1000} s"
            )
        if self.end <= self.start:
            raise DataError(
                f"the session would end on {self.end:%Y-%m-%d %H:%M}, not after its beginning on "
                f"{self.start:%Y-%m-%d %H:%M} UTC; write the earlier day first"
            )

    @property
    def series(self) -> tuple[SeriesKey, ...]:
        """The candle series that are traded on."""
        return tuple(SeriesKey(self.exchange, pair, self.timeframe) for pair in self.pairs)

    @property
    def candle(self) -> timedelta:
        """Length of a candle."""
        return timedelta(milliseconds=self.timeframe.ms)

    @property
    def span(self) -> timedelta:
        """How much virtual time it is."""
        return self.end - self.start

    def backtested(self, until: datetime) -> Timerange:
        """Return the candles of the backtest whose first entry can be where the session's is.

        Freqtrade's engine enters at a candle's open on what the candle before it said, and never
        at the first candle it is given.
        """
        grid_ms = self.timeframe.ms
        return Timerange(self.start - self.candle, from_ms(to_ms(until) // grid_ms * grid_ms))


def parse_window(text: str, timeframe: Timeframe) -> tuple[datetime, datetime]:
    """Return start and end of `2025-03-01..2025-03-14`; of a day alone that is an end, its end.

    Raises
    ------
    DataError
        The text is no such window, or lies between the candles.
    """
    first, separator, last = text.partition("..")
    try:
        start, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    except ValueError as error:
        raise _not_understood(text) from error
    if not separator:
        raise _not_understood(text)
    if _is_day(last):
        end += timedelta(days=1)
    start, end = (from_ms(to_ms(_aware(moment))) for moment in (start, end))
    if to_ms(start) % timeframe.ms or to_ms(end) % timeframe.ms:
        raise DataError(
            f"{text}: a session begins and ends where a {timeframe} candle does; write a time on "
            "that grid, UTC, or whole days"
        )
    return start, end


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _not_understood(text: str) -> DataError:
    return DataError(
        f"the window {text!r} is not understood; write 2025-03-01..2025-03-14 (both days whole) or "
        "2025-03-01T00:00..2025-03-14T12:00, UTC"
    )
