"""Many strategies in one table: what each did, gated and not, and what it risked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from proratio_quantlab.entry_drawdown import EntryDrawdown, entry_drawdown
from proratio_quantlab.results import BacktestResult

__all__ = ["SurveyRow", "survey_row", "survey_table"]

_HEADINGS = (
    *("strategy", "entries", "trades", "profit", "Sharpe", "max drawdown", "profit factor"),
    *("worst loss planned", "worst loss realised", "deepest entry", "past the limit", "refused"),
)
_LEFT = frozenset({"strategy", "entries", "refused"})
_SHOWN_REFUSALS = 4


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """One run of one strategy.

    Parameters
    ----------
    strategy, profile
        What was run, and who gated it; no profile is the ungated twin.
    trades, profit_frac, sharpe, max_drawdown_frac, profit_factor
        As in `Metrics`, all of the wallet and after costs.
    planned_frac, realised_frac
        The largest loss of a trade, as planned at its stop with costs and as it came, of the
        equity at its entry.
    entries
        Where the wallet stood when entries were made, against the profile's drawdown limit.
    limit_frac
        That limit.
    refusals
        Entries refused, by the rule that decided, the most frequent first.
    """

    strategy: str
    profile: str | None
    trades: int
    profit_frac: float
    sharpe: float | None
    max_drawdown_frac: float
    profit_factor: float | None
    planned_frac: float | None
    realised_frac: float | None
    entries: EntryDrawdown
    limit_frac: float
    refusals: Mapping[str, int]

    @property
    def keeps_limit(self) -> bool:
        """Whether no entry was made below the limit and the wallet fell no further than allowed.

        Allowed is the limit and what was open at that moment would lose at its stops; a gap
        through a stop is not.
        """
        deepest = self.entries.deepest_frac or 0.0
        return deepest <= self.limit_frac and self.entries.lowest_frac <= self.allowed_frac

    @property
    def allowed_frac(self) -> float:
        """The limit, and the stops of what was open when it was passed."""
        return self.limit_frac + self.entries.open_stops_frac


def survey_row(run: BacktestResult, *, limit_frac: float) -> SurveyRow:
    """Return the row of a run, given the drawdown at which its risk profile halts.

    Raises
    ------
    DataError
        The equity of the run does not keep its contract.
    """
    metrics, worst, asked = run.metrics, run.worst_losses, run.specification
    return SurveyRow(
        strategy=asked.strategy,
        profile=asked.profile,
        trades=metrics.trades,
        profit_frac=metrics.profit_frac,
        sharpe=metrics.sharpe,
        max_drawdown_frac=metrics.max_drawdown_frac,
        profit_factor=metrics.profit_factor,
        planned_frac=worst.planned_frac,
        realised_frac=worst.realised_frac,
        entries=entry_drawdown(
            run.trades,
            _timed(run),
            starting_balance=asked.starting_balance,
            cost_frac=asked.fee_frac + asked.slippage_frac,
            limit_frac=limit_frac,
        ),
        limit_frac=limit_frac,
        refusals=run.refusals,
    )


def survey_table(rows: Iterable[SurveyRow]) -> str:
    """Return the rows as a table in Markdown, in the order given."""
    rule = ("---" if heading in _LEFT else "---:" for heading in _HEADINGS)
    lines = [_HEADINGS, tuple(rule), *(_cells(row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _timed(run: BacktestResult) -> pd.DataFrame:
    """Return the equity, each row at the time it was observed.

    A curve finer than an hour is stored as the last value of each hour.
    """
    minutes = run.specification.timeframe.minutes
    late = pd.Timedelta(minutes=60 - minutes) if minutes < 60 else pd.Timedelta(0)
    return run.equity.assign(date=run.equity["date"] + late)


def _cells(row: SurveyRow) -> tuple[str, ...]:
    return (
        row.strategy,
        row.profile or "ungated",
        f"{row.trades:,}",
        f"{row.profit_frac:+.2%}",
        _number(row.sharpe),
        f"{row.max_drawdown_frac:.2%}",
        _number(row.profit_factor),
        _part(row.planned_frac),
        _part(row.realised_frac),
        _part(row.entries.deepest_frac),
        _after_halt(row),
        _refused(row.refusals),
    )


def _after_halt(row: SurveyRow) -> str:
    """Return how far the wallet fell beyond the limit, and how far it was allowed to."""
    if row.entries.passed_at is None:
        return "not passed"
    lowest, allowed = row.entries.lowest_frac, row.allowed_frac
    return f"{lowest:.2%} {'≤' if lowest <= allowed else '>'} {allowed:.2%}"


def _refused(refusals: Mapping[str, int]) -> str:
    if not refusals:
        return "none"
    shown = list(refusals.items())[:_SHOWN_REFUSALS]
    rest = sum(refusals.values()) - sum(count for _, count in shown)
    parts = [f"{count:,} {rule}" for rule, count in shown] + ([f"{rest:,} others"] if rest else [])
    return f"{sum(refusals.values()):,}: {', '.join(parts)}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _part(value: float | None) -> str:
    return "–" if value is None else f"{value:.2%}"
