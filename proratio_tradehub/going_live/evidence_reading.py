"""Gathers the evidence for an account from PostgreSQL and the files of the installation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.errors import ProratioError
from proratio_core.settings import Settings
from proratio_tradehub.account_name import AccountName
from proratio_tradehub.backups import rehearsal_record_file
from proratio_tradehub.going_live.evidence import Evidence, presence_of, sharpe_of
from proratio_tradehub.halts import HaltLedger, Halts, halt_file
from proratio_tradehub.installation import Finding, Verdict
from proratio_tradehub.journal import read_trades
from proratio_tradehub.reports import Period, read_comparisons, read_curve
from proratio_tradehub.reports.advice import read_advice
from proratio_tradehub.risk import load_risk_profile

__all__ = ["read_evidence"]

_BEGINNING = datetime(2009, 1, 3, tzinfo=UTC)
"""No account is older than the first block."""


def read_evidence(
    database: Database,
    settings: Settings,
    account: str,
    *,
    since: datetime | None,
    findings: Iterable[Finding],
    clock: Clock,
) -> Evidence:
    """Return what is on record of an account since `since`.

    Parameters
    ----------
    database, settings
        Where it is on record.
    account
        Whose.
    since
        From when on, UTC; None for all there is.
    findings
        What `proratio doctor` found.
    clock
        The time it is.

    Raises
    ------
    TransientError
        The database is away.
    """
    now, began = clock.now(), since or _BEGINNING
    curve = read_curve(database, account, since=began, until=now)
    trades = [
        trade
        for trade in read_trades(database, account, since=began, until=now, is_open=False)
        if trade.opened_at >= began
    ]
    first = trades[0].opened_at if trades else now
    period = Period(first.date(), now.date())
    advice = read_advice(database, AccountName.parse(account).source, period)
    halts = Halts(halt_file(settings), HaltLedger(database), clock=clock)
    profile = load_risk_profile(settings.risk_profile, settings.user_data / "risk")
    return Evidence(
        account,
        since,
        now,
        presence=presence_of(curve, now=now),
        trades=len(trades),
        voted=sum("@" in (trade.enter_tag or "") for trade in trades),
        sharpe=sharpe_of(curve),
        drawdown_frac=curve.largest_drawdown_frac,
        limit_frac=profile.max_drawdown_frac,
        comparisons=read_comparisons(database, account, trades, period),
        votes=advice.votes,
        degraded_frac=advice.degraded_frac,
        held_back=halts.standing().why,
        failing=tuple(one.name for one in findings if one.verdict is Verdict.FAILED),
        rehearsed_at=_rehearsed_at(settings),
    )


def _rehearsed_at(settings: Settings) -> datetime | None:
    """Return when a backup last proved good; a record that is not readable proves nothing."""
    try:
        record = rehearsal_record_file(settings).read()
    except ProratioError:
        return None
    return None if record is None else record.succeeded_at
