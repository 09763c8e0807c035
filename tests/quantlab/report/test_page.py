from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from proratio_core.errors import ConfigurationError
from proratio_core.values import Pair, Timeframe
from proratio_quantlab.comparison import compare
from proratio_quantlab.report import PairChart, render_report, write_report
from tests.quantlab.made import START, result_of

MOMENT = datetime(2024, 6, 1, 12, 30, tzinfo=UTC)
PROFITS = (5.0, -2.0, 3.5)


def chart_of(pair: str = "BTC/USDT") -> PairChart:
    hours = 24 * 20
    date = pd.date_range(START, periods=hours, freq="h").as_unit("ms")
    close = 42_000 + np.arange(hours) * 1.0
    prices = {"open": close, "high": close + 5, "low": close - 5, "close": close}
    candles = pd.DataFrame({"date": date, **prices, "volume": 1.0})
    votes = pd.DataFrame({
        "date": date[[30, 60, 90, 120]],
        "action": [1, 0, 0, 0],
        "score": [0.7, 0.5, 0.8, 0.9],
        "degraded": [False, False, False, True],
    })  # fmt: skip
    return PairChart(Pair.parse(pair), Timeframe.H1, candles, votes, threshold=0.6)


def page_of(profile: str | None = "offline", *, rule_based: bool = True, **changes: Any) -> str:
    gated = result_of(profile, profits=PROFITS, **changes)
    twin = result_of(None, profits=(1.0,), **changes)
    comparison = compare(gated, twin, rule_based=rule_based)
    return render_report(comparison, [chart_of()], generated_at=MOMENT)


def text_of(page: str) -> str:
    body = page.partition("<body>")[2].partition('<script type="application/json"')[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def figures_of(page: str) -> dict[str, Any]:
    found = re.findall(r'<script type="application/json" id="figure-(.+?)">(.+?)</script>', page)
    return {name: json.loads(document) for name, document in found}


def test_how_sure_the_sharpe_ratio_is_stands_beside_the_figures() -> None:
    assert "How sure the Sharpe ratio is" in text_of(page_of())
    assert "of 120 days is too unsure" in text_of(page_of())


def test_the_page_loads_nothing_from_anywhere() -> None:
    page = page_of()

    assert "default-src 'none'" in page
    assert not re.findall(r"<(?:script|img|iframe|link)[^>]+(?:src|href)=", page)


def test_simulated_candles_are_impossible_to_miss() -> None:
    page = page_of(exchange="simulated")

    assert '<div class="simulated" role="alert"><strong>SIMULATED</strong>' in page
    assert "<title>SIMULATED" in page
    for figure in figures_of(page).values():
        assert "SIMULATED" in [note["text"] for note in figure["layout"]["annotations"]]


def test_real_candles_carry_no_simulated_mark() -> None:
    page = page_of()

    assert "SIMULATED" not in text_of(page)
    assert "SIMULATED" not in json.dumps(figures_of(page))


def test_rule_voters_are_labelled_and_models_are_not() -> None:
    assert "RULE-BASED voters" in text_of(page_of())
    assert "RULE-BASED" not in text_of(page_of("consensus", rule_based=False))


def test_the_costs_and_every_hash_are_stated() -> None:
    gated = result_of(profits=PROFITS)
    text = text_of(page_of())

    assert "fee 0.10 % + slippage 0.10 % per side" in text
    for value in (gated.run_hash, gated.specification.hash, "c0de", "c0f1", "c0ffee"):
        assert value in text
    assert "binance BTC/USDT 1h v3 , binance ETH/USDT 1h v4" in text


def test_the_table_shows_both_runs_their_difference_and_a_word_for_it() -> None:
    text = text_of(page_of())

    assert "Trades (n) 3 1 +2" in text
    assert "Profit, USDT 6.50 1.00 +5.50 ▲ better" in text
    assert "Max drawdown 0.20 % 0.00 % +0.20 pp ▼ worse" in text


def test_a_single_run_has_no_column_for_a_twin() -> None:
    comparison = compare(result_of(profits=PROFITS), rule_based=True)

    text = text_of(render_report(comparison, [], generated_at=MOMENT))

    assert "Ungated" not in text
    assert "Profit, USDT 6.50 Profit factor" not in text
    assert "Figures Measure Gated Trades (n) 3" in text


def test_the_figures_hold_the_curves_entries_exits_and_votes() -> None:
    figures = figures_of(page_of())

    assert set(figures) == {"curves", "pair-BTC_USDT"}
    assert [trace["name"] for trace in figures["curves"]["data"]] == [
        "Ungated", "Ungated drawdown", "Gated", "Gated drawdown",
    ]  # fmt: skip
    names = {trace["name"] for trace in figures["pair-BTC_USDT"]["data"]}
    assert {"Entry (n = 3)", "Exit with profit (n = 2)", "Exit with loss (n = 1)"} <= names
    assert {"Vote lets in (n = 1)", "Vote refuses (n = 3)"} <= names


def test_a_hostile_name_cannot_become_markup() -> None:
    page = page_of(strategy="<script>alert(1)</script>")

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_report_is_written_whole_into_a_new_folder(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "run.html"
    comparison = compare(result_of(), result_of(None), rule_based=True)

    write_report(path, comparison, [chart_of()], generated_at=MOMENT)

    assert path.read_text("utf-8").rstrip().endswith("</html>")
    assert [file.name for file in path.parent.iterdir()] == ["run.html"]


def test_a_report_that_cannot_be_written_says_where_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    comparison = compare(result_of(), rule_based=True)

    with pytest.raises(ConfigurationError, match="--report"):
        write_report(tmp_path / "file" / "run.html", comparison, [], generated_at=MOMENT)
