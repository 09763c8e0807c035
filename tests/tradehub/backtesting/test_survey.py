"""The table of strategies says what the runs say, and whether limits were kept."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from proratio_quantlab.results import BacktestResult
from proratio_tradehub.backtesting import survey_row, survey_table
from tests.quantlab.made import equity_of, specification_of, trade_of


def run_of(
    wallet: list[float], *, refusals: Mapping[str, int] | None = None, day: float = 1
) -> BacktestResult:
    """Return a run with one trade that was open from `day` on, 20 at risk."""
    trade = trade_of(-15.0, day=day, days=9, risk_quote=20.0)
    return BacktestResult.of(
        specification_of("offline"), [trade], equity_of(wallet), refusals=refusals
    )


def test_row_has_the_figures_of_the_run_and_what_was_risked() -> None:
    row = survey_row(run_of([1_000.0, 1_000.0, 985.0, 985.0]), limit_frac=0.10)
    assert (row.strategy, row.profile, row.trades) == ("AIEnhancedTrend", "offline", 1)
    assert row.profit_frac == pytest.approx(-0.015)
    assert row.max_drawdown_frac == pytest.approx(0.015)
    assert row.realised_frac == pytest.approx(0.015)
    # planned: 20 at the stop, and 0.2% of 105 in and of 85 out
    assert row.planned_frac == pytest.approx((20.0 + 0.002 * (105.0 + 85.0)) / 1_000.0)
    assert row.entries.deepest_frac == pytest.approx(0.0, abs=1e-9)
    assert row.keeps_limit


@pytest.mark.parametrize(
    ("lowest", "day", "keeps"),
    [
        (881.0, 1.0, True),  # 11.9%: the limit and the 2% that were open at it
        (879.0, 1.0, False),  # 12.1%: further than the stops allow
        (890.0, 3.0, False),  # 11% down, and the entry was made there
    ],
)
def test_limit_is_kept_when_nothing_but_open_stops_lay_beyond_it(
    lowest: float, day: float, keeps: bool
) -> None:
    row = survey_row(run_of([1_000.0, 1_000.0, 905.0, lowest, lowest], day=day), limit_frac=0.10)
    assert row.keeps_limit is keeps


def test_table_is_markdown_with_every_row_and_the_reasons_most_frequent_first() -> None:
    refusals = {"a": 5, "max_open_trades": 1_200, "correlation": 14, "b": 4, "c": 3}
    rows = [
        survey_row(
            run_of([1_000.0, 1_000.0, 905.0, 881.0, 881.0], refusals=refusals), limit_frac=0.1
        ),
        survey_row(run_of([1_000.0] * 4), limit_frac=0.1),
    ]
    heading, rule, first, second = survey_table(rows).splitlines()
    assert heading.startswith("| strategy | entries | trades | profit | Sharpe |")
    assert set(rule) <= set("|-: ")
    assert first.count("|") == second.count("|") == heading.count("|") == rule.count("|")
    assert "| 0.00% | 11.94% ≤ 12.00% |" in first
    assert "| 1,226: 1,200 max_open_trades, 14 correlation, 5 a, 4 b, 3 others |" in first
    assert "| -11.90% |" in first
    assert "| not passed | none |" in second


def test_run_without_trades_shows_dashes_not_zeros() -> None:
    run = BacktestResult.of(specification_of(None), [], equity_of([1_000.0] * 3))
    (row,) = survey_table([survey_row(run, limit_frac=0.1)]).splitlines()[2:]
    cells = [cell.strip() for cell in row.split("|")]
    assert cells[1:4] == ["AIEnhancedTrend", "ungated", "0"]
    assert cells[8:11] == ["–", "–", "–"]
    assert "nan" not in row
