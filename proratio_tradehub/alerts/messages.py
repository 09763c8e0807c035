"""News in words: one message each, a pure function of it.

Telegram takes 4,096 characters, 1,024 below a picture. Every part that somebody else wrote is cut,
so that no message can be longer than that; nothing is ever cut at the end, where tags may be open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from proratio_tradehub.alerts.markup import bold, plain, quoted
from proratio_tradehub.alerts.news import (
    DailySummary,
    DegradedVotes,
    DriftAlarm,
    Entered,
    Exited,
    Failure,
    Figures,
    Forecast,
    Incidents,
    ManyTrades,
    News,
    Orders,
    Refusals,
    Silence,
    Undelivered,
    Urgency,
    Voice,
    WeeklyReport,
)
from proratio_tradehub.halts.events import Action, HaltEvent
from proratio_tradehub.marks import Mark

__all__ = ["MOST_CAPTION_CHARS", "MOST_CHARS", "Message", "message_of"]

MOST_CHARS: Final = 4096
"""Telegram's limit for a message, counted without tags."""
MOST_CAPTION_CHARS: Final = 1024
"""The same below a picture."""

_HEADS: Final = {
    Mark.LIVE: "🔴 <b>LIVE</b> · real money",
    Mark.PAPER: "📝 <b>PAPER</b> · no real money",
    Mark.SIMULATED: "🎲 <b>SIMULATED</b> · no market, no money",
    Mark.EVERY_BOT: "🌐 <b>EVERY BOT</b> of this installation",
}
_MOST_VOICES: Final = 5
_MOST_EVENTS: Final = 6
_MOST_ROWS: Final = 4
_NAME: Final = 40
_SENTENCE: Final = 100
_INCIDENT: Final = 70
_REASON: Final = 240
_LARGEST: Final = 1e12

_TITLES: Final = {
    Action.HALT: "⛔ HALT: no entries until a person resumes",
    Action.REDUCE_ONLY: "⛔ REDUCE-ONLY: no entries, no additions",
    Action.SAFE_MODE: "⛔ SAFE MODE: no entries after repeated failures",
    Action.LIQUIDATE: "⛔ LIQUIDATION: every position is being closed",
    Action.RESUME: "▶ RESUMED: restraints are lifted",
}


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent.

    Parameters
    ----------
    mark, title, urgency
        Of the news; the title is plain text of one line.
    html
        The message with its head, in the HTML that Telegram takes.
    picture_png
        What is shown above it, if anything.
    """

    mark: Mark
    title: str
    urgency: Urgency
    html: str
    picture_png: bytes | None = None

    @property
    def subject(self) -> str:
        """The mark and the title: the subject of an e-mail, the line of a log."""
        return f"[{self.mark}] {self.title}"

    @property
    def text(self) -> str:
        """The message without markup."""
        return plain(self.html)


def message_of(news: News) -> Message:
    """Return the message that tells `news`."""
    title, lines = _told(news)
    head = [_HEADS[news.mark], bold(title)]
    html = "\n".join([*head, *lines, f"<i>{_moment(news.at)}</i>"])
    picture = news.chart_png if isinstance(news, WeeklyReport) else None
    return Message(news.mark, plain(bold(title)), news.urgency, html, picture)


def _told(news: News) -> tuple[str, list[str]]:
    """Return title and lines."""
    match news:
        case Entered():
            title, lines = f"Entered {news.side} {news.pair}", _entered(news)
        case Exited():
            title, lines = f"Exited {news.side} {news.pair}", _exited(news)
        case ManyTrades():
            title, lines = f"{news.opened} opened, {news.closed} closed", _many(news)
        case DailySummary():
            title, lines = _day_title(news), _figures(news.account, news.figures)
        case WeeklyReport():
            title, lines = f"Week {news.since:%F} to {news.until:%F}", _week(news)
        case _:
            title, lines = _trouble(news)
    return title, lines


def _trouble(
    news: Orders
    | DegradedVotes
    | Refusals
    | Incidents
    | Silence
    | DriftAlarm
    | Failure
    | Undelivered,
) -> tuple[str, list[str]]:
    match news:
        case Orders():
            title, lines = _TITLES[news.gravest], _orders(news.events)
        case DegradedVotes():
            title, lines = "⚠ Degraded consensus", _degraded(news)
        case Refusals():
            title, lines = _refusal_title(news), _refused(news)
        case Incidents():
            title, lines = f"⚠ {_counted(news.count, 'incident')} in trading", _incidents(news)
        case Silence():
            title, lines = _silence_title(news), _silent(news)
        case DriftAlarm():
            title, lines = "⚠ A voter has changed", [quoted(news.alarm, limit_chars=_REASON)]
        case Failure():
            title, lines = f"⚠ Failure in {news.where}", _failed(news)
        case Undelivered():
            title, lines = "⚠ Messages are missing", _undelivered(news)
    return title, lines


def _entered(news: Entered) -> list[str]:
    stop = "no stop" if news.stop_price is None else f"stop {_price(news.stop_price)}"
    lines = [
        f"{_price(news.price)}, {stop}, stake {_money(news.stake_quote, news.quote)}, "
        f"{_name(news.strategy)}"
    ]
    if news.score is not None and news.threshold is not None:
        passed = f"{_fixed(news.score)} (entry above {_fixed(news.threshold)})"
        lines.append(f"Vote {passed}: {_said(news.voices)}")
        lines.append(_why(news.voices))
    if news.forecast is not None:
        lines.append(f"Expected {_forecast(news.forecast, 'within')}")
    return lines


def _exited(news: Exited) -> list[str]:
    expected = "nothing was predicted"
    if news.forecast is not None:
        expected = f"predicted {_forecast(news.forecast, 'within')}"
    held = _duration(news.held)
    if news.held_candles is not None:
        held = _counted(news.held_candles, "candle")
    return [
        f"{_money(news.profit_quote, news.quote, '+')} "
        f"({_percent(news.profit_frac)}) at {_price(news.price)}, {_name(news.reason)}, "
        f"{_name(news.strategy)}",
        f"Price {_percent(news.moved_frac)} after {held}; {expected}",
    ]


def _many(news: ManyTrades) -> list[str]:
    return [
        quoted(news.account, limit_chars=_SENTENCE),
        f"{_money(news.profit_quote, news.quote, '+')} from {news.closed} closed "
        f"({news.won} won), since {_moment(news.since)}",
    ]


def _orders(events: Sequence[HaltEvent]) -> list[str]:
    shown = [
        f"{event.action} by {_name(event.by)} at {event.at:%H:%M:%S}: "
        f"{quoted(event.reason, limit_chars=_REASON)}"
        for event in events[-_MOST_EVENTS:]
    ]
    more = len(events) - len(shown)
    return [*([f"{more} earlier orders: proratio risk history"] if more else []), *shown]


def _degraded(news: DegradedVotes) -> list[str]:
    rows = ", ".join(
        f"{_name(voter)} {_name(kind)} × {count}"
        for voter, kind, count in news.absences[:_MOST_ROWS]
    )
    return [
        f"{news.votes} live votes without every voter since {_moment(news.since)}; "
        f"{news.without_entry} came to no action",
        *([rows] if rows else []),
        *([quoted(news.example, limit_chars=_REASON)] if news.example else []),
    ]


def _refusal_title(news: Refusals) -> str:
    count = sum(number for _, number in news.by_rule)
    return f"{count} {'entry' if count == 1 else 'entries'} refused for risk"


def _refused(news: Refusals) -> list[str]:
    return [
        f"{quoted(news.account, limit_chars=_SENTENCE)}, since {_moment(news.since)}",
        _rules(news.by_rule),
        *([quoted(news.example, limit_chars=_REASON)] if news.example else []),
    ]


def _incidents(news: Incidents) -> list[str]:
    newest = news.newest[-_MOST_ROWS:]
    return [
        f"{quoted(news.account, limit_chars=_SENTENCE)}, since {_moment(news.since)}",
        *(quoted(line, limit_chars=_REASON) for line in newest),
        *([f"and {news.count - len(newest)} before"] if news.count > len(newest) else []),
    ]


def _silence_title(news: Silence) -> str:
    return "▶ A bot reports again" if news.is_over else "⚠ A bot is silent"


def _silent(news: Silence) -> list[str]:
    account = quoted(news.account, limit_chars=_SENTENCE)
    if news.is_over:
        return [f"{account}: at {_moment(news.heard_at)}"]
    held = f"It held {_counted(news.positions, 'position')}; " if news.positions else ""
    return [
        f"{account}: nothing since {_moment(news.heard_at)}",
        f"{held}it was stopped, was killed or hangs. See its log, and `proratio risk status`",
    ]


def _failed(news: Failure) -> list[str]:
    remedy = quoted(news.remedy, limit_chars=_REASON)
    return [quoted(news.what, limit_chars=_REASON), *([remedy] if remedy else [])]


def _undelivered(news: Undelivered) -> list[str]:
    return [f"{news.count} could not be sent or gave way to more urgent ones; see the log"]


def _day_title(news: DailySummary) -> str:
    return f"Day {news.day:%F}" if news.days == 1 else f"{news.days} days to {news.day:%F}"


def _figures(account: str, figures: Figures) -> list[str]:
    one = figures
    equity = "Equity was not recorded"
    if one.equity_quote is not None:
        below = f"{_fixed(100 * one.drawdown_frac)} % below its highest"
        equity = f"Equity {_money(one.equity_quote, one.quote)}, {below}"
    lines = [
        quoted(account, limit_chars=_INCIDENT),
        f"{_money(one.profit_quote, one.quote, '+')} from {one.closed} closed "
        f"({one.won} won), {one.opened} opened, {one.still_open} still open",
        equity,
        f"{one.votes} votes ({one.degraded_votes} degraded), {_fixed(one.llm_cost_usd)} USD",
    ]
    if one.refusals:
        lines.append(f"Refused: {_rules(one.refusals)}")
    lines += [quoted(line, limit_chars=_INCIDENT) for line in one.incidents[:_MOST_ROWS]]
    if len(one.incidents) > _MOST_ROWS:
        lines.append(f"and {len(one.incidents) - _MOST_ROWS} more incidents")
    return lines


def _week(news: WeeklyReport) -> list[str]:
    lines = _figures(news.account, news.figures)
    if news.chartless:
        lines.append(f"No chart: {quoted(news.chartless, limit_chars=_SENTENCE)}")
    return lines


def _said(voices: Sequence[Voice]) -> str:
    return " · ".join(
        f"{_name(voice.voter)} {_name(voice.said)}"
        + (
            ""
            if voice.confidence_frac is None
            else f" {_fixed(100 * voice.confidence_frac, digits=0)} %"
        )
        for voice in voices[:_MOST_VOICES]
    )


def _why(voices: Sequence[Voice]) -> str:
    return " · ".join(
        f"<i>{_name(voice.voter)}:</i> {quoted(voice.because, limit_chars=_SENTENCE)}"
        for voice in voices[:_MOST_VOICES]
    )


def _rules(rows: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{_name(rule)} × {count}" for rule, count in tuple(rows)[:_MOST_ROWS])


def _forecast(forecast: Forecast, when: str) -> str:
    return f"{_percent(forecast.return_frac)} {when} {_counted(forecast.horizon_candles, 'candle')}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _duration(held: timedelta) -> str:
    hours, minutes = divmod(int(held.total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _name(text: str) -> str:
    return quoted(text, limit_chars=_NAME)


def _percent(frac: float) -> str:
    return f"{_fixed(100 * frac, sign='+')} %"


def _price(value: float) -> str:
    """Return a price: cheap coins need more digits than dear ones."""
    return _fixed(value) if abs(value) >= 100 else f"{value:.5g}"


def _money(value: float, quote: str, sign: str = "") -> str:
    """Return an amount with its currency: cents, or what there is below one unit."""
    is_small = 0 < abs(value) < 1
    return f"{format(value, f'{sign}.3g') if is_small else _fixed(value, sign=sign)} {_name(quote)}"


def _fixed(value: float, *, digits: int = 2, sign: str = "") -> str:
    """Return a number with `digits` decimals; one no account can hold takes no page."""
    is_sane = abs(value) < _LARGEST
    return format(value, f"{sign},.{digits}f" if is_sane else f"{sign}.3g")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
