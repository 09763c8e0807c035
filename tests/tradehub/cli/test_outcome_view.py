from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from proratio_core.candles.feather import ExportedFile, ExportReport, ExportStatus
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_quantlab.comparison import compare
from proratio_signals.backfill import BackfillReport
from proratio_signals.profile import load_profile
from proratio_tradehub.backtesting import Outcome
from proratio_tradehub.cli.outcome_view import outcome_document, print_outcome
from tests.quantlab.made import result_of

KEY = SeriesKey("binance", Pair.parse("BTC/USDT"), Timeframe.H1)


def outcome_of(*, twin: bool = True, exchange: str = "binance") -> Outcome:
    gated = result_of(profits=(5.0, -2.0), exchange=exchange)
    ungated = result_of(None, profits=(1.0,), exchange=exchange) if twin else None
    file = ExportedFile(KEY, Path("BTC_USDT-1h.feather"), ExportStatus.APPENDED, 3, 2)
    return Outcome(
        comparison=compare(gated, ungated, rule_based=True),
        profile=load_profile("offline"),
        exported=ExportReport((file, file)),
        backfilled=BackfillReport(9, 7, asked=2, degraded=1, refused=(), cost_usd=0.125),
        reused=frozenset({gated.specification.hash}),
    )


def printed(outcome: Outcome, *, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    print_outcome(console, outcome)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_both_runs_stand_side_by_side_with_units_and_a_word() -> None:
    text = " ".join(printed(outcome_of()).replace("│", " ").split())

    assert "Profit, USDT 3.00 1.00 +2.00 ▲ better" in text
    assert "Max drawdown 0.20 % 0.00 % +0.20 pp ▼ worse" in text
    assert "fee 0.10% + slippage 0.10% per side, start 1,000 USDT" in text


def test_what_makes_the_sharpe_ratio_sure_or_not_is_said() -> None:
    outcome = outcome_of()
    text = " ".join(printed(outcome).split())

    (line,) = outcome.comparison.certainty.lines
    assert line in text
    assert outcome_document(outcome)["certainty"]["days"] == 120


def test_what_was_done_and_what_was_reused_is_said() -> None:
    text = " ".join(printed(outcome_of()).split())

    assert "Candle files: 2 appended." in text
    assert "9 candidates, 7 answered before, 2 asked now (1 without quorum)" in text
    assert "0.12 USD" in text
    assert "Gated: reused" in text
    assert "Ungated: run now" in text


def test_simulated_and_rule_based_labels_appear_only_where_they_belong() -> None:
    assert "SIMULATED" in printed(outcome_of(exchange="simulated"))
    assert "SIMULATED" not in printed(outcome_of())
    assert "RULE-BASED" in printed(outcome_of())


def test_a_single_run_has_no_column_for_a_twin() -> None:
    text = printed(outcome_of(twin=False))

    assert "Difference" not in text
    assert "Ungated" not in text


@pytest.mark.parametrize("width", [70, 80, 200])
def test_no_figure_is_cut_off_in_a_narrow_terminal(width: int) -> None:
    text = printed(outcome_of(), width=width)

    assert "…" not in text


def test_the_document_is_json_with_every_trade_and_caveat() -> None:
    document = json.loads(json.dumps(outcome_document(outcome_of()), default=str, allow_nan=False))

    assert [len(run["trades"]) for run in document["runs"]] == [2, 1]
    assert [run["reused"] for run in document["runs"]] == [True, False]
    assert document["difference"]["profit_quote"] == pytest.approx(2.0)
    assert any("RULE-BASED" in caveat for caveat in document["caveats"])
