"""A report as titled tables and sentences, before anybody decides how they look. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from proratio_quantlab.measures import Unit, format_value
from proratio_tradehub.marks import Mark
from proratio_tradehub.reports.account_period import AccountPeriod
from proratio_tradehub.reports.account_report import AccountReport
from proratio_tradehub.reports.tally import Tally

__all__ = ["Document", "Section", "document_of"]

_MOST_TRADES = 200
_MOST_INCIDENTS = 50


@dataclass(frozen=True, slots=True)
class Section:
    """A title, sentences, and a table; the first column names the row. All of it may be foreign."""

    title: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Parameters
    ----------
    mark, title, subtitle
        Whose money, what it is, and of whom.
    tiles
        The figures above everything: label, value, and a word on it.
    sections
        The rest, in order.
    picture_png
        Equity and drawdown; None where there is none.
    """

    mark: Mark
    title: str
    subtitle: str
    tiles: tuple[tuple[str, str, str], ...]
    sections: tuple[Section, ...]
    picture_png: bytes | None = None


def document_of(report: AccountReport) -> Document:
    """Return an account's report; sections without anything to say are left out."""
    found = report.found
    kind = "Daily report" if found.period.days == 1 else "Weekly report"
    sections = (
        _grouped("By strategy", found.by_strategy, found.quote),
        _grouped("By pair", found.by_pair, found.quote),
        _trades(found),
        _opinions(report),
        _comparison(report),
        _costs(found),
        _refused(found),
        _incidents(found),
    )
    return Document(
        found.mark,
        f"{kind}, {found.period}",
        found.account,
        tuple(_tiles(found)),
        tuple(section for section in sections if section.rows or section.lines),
        report.chart_png,
    )


def _tiles(found: AccountPeriod) -> Iterator[tuple[str, str, str]]:
    total, curve, quote = found.total, found.curve, found.quote
    yield (
        f"Profit, {quote}",
        f"{total.profit_quote:+,.2f}",
        f"{total.closed} closed, {total.won} won, after fees",
    )
    yield (
        f"Equity, {quote}",
        _number(curve.last_quote),
        f"{_percent(curve.change_frac, '+')} since the beginning",
    )
    yield (
        "Max drawdown",
        _percent(curve.largest_drawdown_frac),
        f"{_percent(curve.below_highest_frac)} below the highest ever at the end",
    )
    yield (
        "Positions",
        f"{len(found.opened)} opened",
        f"{len(found.still_open)} open at the end",
    )


def _grouped(title: str, tallies: Iterable[Tally], quote: str) -> Section:
    columns = ("", "Closed", "Won", f"Profit, {quote}", "Mean profit", f"Fees, {quote}")
    rows = [
        (
            one.name,
            str(one.closed),
            _percent(one.won_frac),
            f"{one.profit_quote:+,.2f}",
            _percent(one.profit_frac, "+"),
            f"{one.fees_quote:,.2f}",
        )
        for one in tallies
    ]
    return Section(title, columns=columns, rows=tuple(rows))


def _trades(found: AccountPeriod) -> Section:
    columns = (
        *("Pair", "Side", "Opened, UTC", "Closed, UTC", "Entry", "Exit"),
        *(f"Profit, {found.quote}", "Profit", "Reason"),
    )
    rows = [
        (
            one.symbol,
            one.side,
            f"{one.opened_at:%m-%d %H:%M}",
            "open" if one.closed_at is None else f"{one.closed_at:%m-%d %H:%M}",
            f"{one.open_rate:,.8g}",
            "–" if one.close_rate is None else f"{one.close_rate:,.8g}",
            "–" if one.profit_quote is None else f"{one.profit_quote:+,.2f}",
            _percent(one.profit_frac, "+"),
            one.exit_reason or "–",
        )
        for one in found.trades[:_MOST_TRADES]
    ]
    more = len(found.trades) - len(rows)
    lines = (f"{more} more trades are left out here.",) if more else ()
    return Section("Trades", lines, columns, tuple(rows))


def _opinions(report: AccountReport) -> Section:
    columns = (
        *("Voter", "Was for", "of those won", "mean profit"),
        *("Said otherwise", "mean profit of those", "Silent"),
    )
    rows = [
        (
            one.voter,
            str(one.backed),
            _percent(one.backed_won / one.backed if one.backed else None),
            _percent(one.backed_profit_frac, "+"),
            str(one.other),
            _percent(one.other_profit_frac, "+"),
            str(one.silent),
        )
        for one in report.voters
    ]
    without = report.found.total.closed - len(report.judged)
    said = "closed trade names" if without == 1 else "closed trades name"
    lines = (f"{without} {said} no vote, or the ledger lacks it.",) if without else ()
    return Section("Opinions against outcomes", lines, columns, tuple(rows))


def _comparison(report: AccountReport) -> Section:
    lines = tuple(line for one in report.comparisons for line in one.lines)
    return Section("Beside the backtest of the same days", lines)


def _costs(found: AccountPeriod) -> Section:
    total, advice = found.total, found.advice
    funding = sum(trade.funding_quote for trade in found.closed)
    degraded = "" if not advice.degraded else f", {advice.degraded} without every voter"
    lines = [f"Fees of closed trades: {total.fees_quote:,.2f} {found.quote}."]
    if funding:
        lines.append(f"Funding of closed trades: {funding:+,.2f} {found.quote}.")
    lines.append(
        f"{advice.votes} live votes on this market{degraded}: "
        f"{format_value(advice.cost_usd, Unit.USD)} USD."
    )
    return Section("Cost", tuple(lines))


def _refused(found: AccountPeriod) -> Section:
    rows = tuple((rule, str(count)) for rule, count in found.refused)
    return Section("Entries the risk rules refused", (), ("Rule", "Entries"), rows)


def _incidents(found: AccountPeriod) -> Section:
    newest = found.incidents[-_MOST_INCIDENTS:]
    rows = tuple((f"{one.at:%Y-%m-%d %H:%M}", one.what) for one in newest)
    more = len(found.incidents) - len(newest)
    lines = (f"{more} earlier ones are left out here.",) if more else ()
    return Section("Orders and incidents", lines, ("When, UTC", "What"), rows)


def _percent(value: float | None, sign: str = "") -> str:
    return "–" if value is None else f"{100 * value:{sign},.2f} %"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"
