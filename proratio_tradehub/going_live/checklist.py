"""Evidence against what is needed, line by line; what is not on record is not passed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from proratio_tradehub.going_live.evidence import Evidence
from proratio_tradehub.stages import Needed, Stage

__all__ = ["Checklist", "Line", "checklist_of"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Parameters
    ----------
    name
        What is looked at.
    passed
        Whether it suffices.
    figure, needed
        What was found, and what has to be.
    source
        Where the figure comes from.
    """

    name: str
    passed: bool
    figure: str
    needed: str
    source: str


@dataclass(frozen=True)
class Checklist:
    """Every line of one account and stage."""

    account: str
    stage: Stage
    lines: tuple[Line, ...]

    @property
    def passed(self) -> bool:
        """Whether every line is passed."""
        return bool(self.lines) and all(line.passed for line in self.lines)

    @property
    def open_lines(self) -> tuple[Line, ...]:
        """Those that are not passed."""
        return tuple(line for line in self.lines if not line.passed)

    @property
    def documents(self) -> tuple[dict[str, Any], ...]:
        """The lines as they are put on record."""
        return tuple(asdict(line) for line in self.lines)


def checklist_of(evidence: Evidence, needed: Needed, stage: Stage) -> Checklist:
    """Return what `evidence` shows for leaving `stage` for the next one."""
    lines = (*_trading(evidence, needed, stage), *_operation(evidence, needed))
    return Checklist(evidence.account, stage, lines)


def _trading(found: Evidence, needed: Needed, stage: Stage) -> Iterator[Line]:
    days = found.presence.days
    yield Line(
        "days at work", days >= stage.days, f"{days}", f"{stage.days} or more", "equity_mark"
    )
    yield Line(
        "closed trades",
        found.trades >= stage.trades,
        f"{found.trades}",
        f"{stage.trades} or more",
        "account_trade",
    )
    sharpe, least = found.sharpe, needed.sharpe_low
    yield Line(
        "Sharpe ratio, 95 %",
        sharpe is not None and sharpe.low > least,
        "fewer than 20 days with returns"
        if sharpe is None
        else f"{sharpe.value:.2f}, from {sharpe.low:.2f} to {sharpe.high:.2f}",
        f"lower end above {least:.2f}",
        "equity_mark, daily",
    )
    most = needed.drawdown_share * found.limit_frac
    drawdown = found.drawdown_frac
    yield Line(
        "max drawdown",
        drawdown is not None and drawdown <= most,
        _percent(drawdown),
        f"at most {most:.2%}, {needed.drawdown_share:.0%} of the profile's halt",
        "equity_mark",
    )
    yield _beside_backtest(found, needed)
    yield _consensus(found, needed)


def _beside_backtest(found: Evidence, needed: Needed) -> Line:
    apart = {one.strategy: one.deviation_frac for one in found.comparisons}
    passed = bool(apart) and all(
        one is not None and one <= needed.deviation_frac for one in apart.values()
    )
    said = ", ".join(
        f"{name} {'no backtest' if one is None else f'{one:.0%} apart'}"
        for name, one in apart.items()
    )
    return Line(
        "beside the backtest",
        passed,
        said or "no trade to compare",
        f"profit within {needed.deviation_frac:.0%} of the same days' backtest",
        "account_trade, backtest_run",
    )


def _consensus(found: Evidence, needed: Needed) -> Line:
    most = f"at most {needed.degraded_frac:.0%}"
    if found.trades and not found.voted:
        is_ruled, figure = True, "no entry rests on a vote"
        return Line("votes without every voter", is_ruled, figure, most, "vote")
    share = found.degraded_frac
    passed = bool(found.trades) and share is not None and share <= needed.degraded_frac
    figure = "no votes" if share is None else f"{share:.1%} of {found.votes}"
    return Line("votes without every voter", passed, figure, most, "vote")


def _operation(found: Evidence, needed: Needed) -> Iterator[Line]:
    uptime, went_on = found.presence.uptime_frac, found.presence.interruptions
    yield Line(
        "uptime",
        uptime is not None and uptime >= needed.uptime_frac,
        _percent(uptime),
        f"{needed.uptime_frac:.1%} or more",
        "equity_mark, gaps above 3 min",
    )
    yield Line(
        "interruptions survived",
        went_on >= needed.interruptions,
        f"{went_on}",
        f"{needed.interruptions} or more",
        "equity_mark, gaps above 3 min",
    )
    yield Line(
        "no halt",
        not found.held_back,
        found.held_back or "nothing holds entries back",
        "nothing holds entries back",
        "halt_event and the halt file",
    )
    failing = ", ".join(found.failing)
    yield Line(
        "doctor", not failing, failing or "nothing failed", "nothing failed", "proratio doctor"
    )
    at = found.rehearsed_at
    is_recent = at is not None and found.now - at <= timedelta(days=needed.rehearsal_days)
    yield Line(
        "backup restored",
        is_recent,
        "never" if at is None else f"{at:%Y-%m-%d %H:%M} UTC",
        f"within {needed.rehearsal_days:g} days",
        "proratio restore --rehearse",
    )


def _percent(value: float | None) -> str:
    return "nothing on record" if value is None else f"{value:.2%}"
