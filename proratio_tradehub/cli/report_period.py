"""The reports of `proratio report daily` and `weekly`."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proratio_tradehub.cli.session import Session
    from proratio_tradehub.reports import AccountReport, Period

__all__ = ["write_reports"]


def write_reports(  # the options of the command
    session: Session,
    kind: str,
    *,
    account: str | None,
    day: str | None,
    html: Path | None,
    markdown: Path | None,
) -> None:
    """Write the report of each account to the files that are named, else to the terminal.

    With several accounts, a file's name gets a number for each.

    Raises
    ------
    ConfigurationError
        The day is no date, nobody has that account, or a file cannot be written.
    """
    from proratio_tradehub.reports import read_report

    period = _period(kind, day, today=session.clock.now().date())
    names = _accounts(session, account)
    reports = [read_report(session.database, name, period) for name in names]
    if account is None:
        reports = [one for one in reports if not one.found.is_empty] or reports[:1]
    for number, one in enumerate(reports, start=1):
        which = 0 if len(reports) == 1 else number
        _write(session, one, _numbered(html, which), _numbered(markdown, which))


def _period(kind: str, day: str | None, *, today: date) -> Period:
    from proratio_core.errors import ConfigurationError
    from proratio_tradehub.reports import Period

    if day is None:
        yesterday = Period.day(today - timedelta(days=1))
        return yesterday if kind == "daily" else Period.week_ended_before(today)
    try:
        named = date.fromisoformat(day)
    except ValueError as error:
        raise ConfigurationError(f"--day {day!r} is no date; write YYYY-MM-DD") from error
    if named > today:
        raise ConfigurationError(f"--day {day} has not begun; today is {today}, UTC")
    return Period.day(named) if kind == "daily" else Period.week_of(named)


def _accounts(session: Session, account: str | None) -> tuple[str, ...]:
    from proratio_core.errors import ConfigurationError
    from proratio_tradehub.cli.known_accounts import check_account
    from proratio_tradehub.journal import accounts

    known = accounts(session.database)
    if not known:
        raise ConfigurationError(
            "no bot has traded here yet; start one: freqtrade trade, or proratio paper"
        )
    check_account(session.database, account)
    return known if account is None else (account,)


def _write(
    session: Session, report: AccountReport, html: Path | None, markdown: Path | None
) -> None:
    from proratio_quantlab.report.document import write_document
    from proratio_tradehub.reports.document import document_of
    from proratio_tradehub.reports.markdown import markdown_of
    from proratio_tradehub.reports.page import render_page

    document, now = document_of(report), session.clock.now()
    if html is not None:
        write_document(html, render_page(document, generated_at=now), option="--html")
        session.console.print(f"Report: {html}", markup=False)
    if markdown is not None:
        write_document(markdown, markdown_of(document, generated_at=now), option="--markdown")
        session.console.print(f"Report: {markdown}", markup=False)
    if html is None and markdown is None:
        text = markdown_of(document, generated_at=now)
        session.console.print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)


def _numbered(path: Path | None, number: int) -> Path | None:
    """Return a file's name with a number, unless there is only one."""
    if path is None or not number:
        return path
    return path.with_name(f"{path.stem}-{number}{path.suffix}")
