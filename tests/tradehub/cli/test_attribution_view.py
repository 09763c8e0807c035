"""The split of an orchestrator's profit, as it is shown and as programs read it."""

from __future__ import annotations

import io

from rich.console import Console

from proratio_quantlab.results import BacktestResult
from proratio_tradehub.cli.attribution_view import attribution_rows, attribution_table
from tests.quantlab.made import equity_of, result_of, specification_of, trade_of

_RUN = BacktestResult.of(
    specification_of(None),
    [
        trade_of(5.0, days=1, enter_tag="Momentum/none@2024-01-01T12:00Z"),
        trade_of(-2.0, days=1, day=2, enter_tag="MeanReversion/none@2024-01-03T12:00Z"),
    ],
    equity_of([1_000.0, 1_005.0, 1_003.0]),
)


def test_each_strategy_has_a_row_under_the_kind_of_run() -> None:
    console = Console(file=io.StringIO(), width=100)
    table = attribution_table(_RUN, "USDT")
    assert table is not None
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    text = " ".join(console.file.getvalue().replace("│", " ").split())
    assert "Ungated, by strategy" in text
    assert "Momentum 1 100% +5.00 +5.00 24.0 h" in text
    assert "MeanReversion 1 0% -2.00 -2.00 24.0 h" in text


def test_programs_get_seconds_and_every_figure() -> None:
    mean, momentum = attribution_rows(_RUN)
    assert mean["strategy"] == "MeanReversion"
    assert momentum["holding_s"] == 86_400.0
    assert momentum["profit_quote"] == 5.0


def test_run_of_one_strategy_has_no_split() -> None:
    assert attribution_table(result_of(), "USDT") is None
    assert attribution_rows(result_of()) == []
