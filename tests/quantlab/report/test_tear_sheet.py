from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from proratio_core.errors import ConfigurationError
from proratio_quantlab.comparison import compare
from proratio_quantlab.report import MarketDays, TearSheet, write_tear_sheet
from proratio_quantlab.results import BacktestResult
from tests.quantlab.made import BALANCE, equity_of, result_of, specification_of, trade_of
from tests.quantlab.report.days import NOISE

MOMENT = datetime(2024, 6, 1, 12, 30, tzinfo=UTC)


def run_of(returns: np.ndarray = NOISE, **changes: object) -> BacktestResult:
    wallet = BALANCE * np.cumprod(1 + returns)
    trades = [trade_of(profit, day=day) for day, profit in enumerate((5.0, -3.0, 2.0))]
    return BacktestResult.of(specification_of(**changes), trades, equity_of(wallet.tolist()))


def sheet_of(run: BacktestResult, market: MarketDays | None = None) -> TearSheet:
    return TearSheet(compare(run, rule_based=True, tried=np.array([0.1, 1.4])), market)


def text_of(page: str) -> str:
    body = page.partition("<body>")[2].partition('<script type="application/json"')[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_page_holds_every_picture_and_loads_nothing() -> None:
    market = MarketDays(("rising",), np.zeros(400, np.int8), "BTC/USDT 1h")
    sheet = sheet_of(run_of(), market)

    page = sheet.render(generated_at=MOMENT)

    assert list(sheet.figures) == ["fan", "regimes", "months", "distribution", "rolling"]
    for name in sheet.figures:
        assert f'id="figure-{name}"' in page
        assert f'data-figure="{name}"' in page
    assert "default-src 'none'" in page
    assert not re.findall(r"<(?:script|img|iframe|link)[^>]+(?:src|href)=", page)


def test_figures_come_with_their_uncertainty() -> None:
    text = text_of(sheet_of(run_of()).render(generated_at=MOMENT))

    assert "deflated Sharpe" in text
    assert re.search(r"Sharpe -?\d.\d\d 95 %: -?\d.\d\d to -?\d.\d\d", text)
    assert "The same 3 trades in other orders" in text
    assert "Daily CVaR 95 %" in text


def test_a_short_run_leaves_out_what_it_cannot_show() -> None:
    sheet = sheet_of(run_of(NOISE[:30]))
    page = sheet.render(generated_at=MOMENT)

    assert list(sheet.figures) == ["fan", "months", "distribution"]
    assert "By kind of market" not in page
    assert "as they moved along" not in page


def test_a_run_without_trades_or_moves_has_a_page() -> None:
    page = sheet_of(result_of(profits=())).render(generated_at=MOMENT)

    assert "too unsure for an interval" in text_of(page)
    assert "in other orders" not in page


def test_simulated_candles_are_labelled_in_title_banner_and_pictures() -> None:
    page = sheet_of(run_of(exchange="simulated")).render(generated_at=MOMENT)

    assert "<title>SIMULATED" in page
    assert 'class="simulated"' in page
    assert page.count('"text":"SIMULATED"') == 4
    assert "SIMULATED" not in text_of(sheet_of(run_of()).render(generated_at=MOMENT))


def test_names_cannot_break_out_of_the_page() -> None:
    page = sheet_of(run_of(strategy="<script>alert(1)</script>")).render(generated_at=MOMENT)

    assert "<script>alert" not in page


def test_a_page_is_written_whole_or_an_error_names_the_option(tmp_path: Path) -> None:
    sheet = sheet_of(run_of(NOISE[:30]))
    write_tear_sheet(tmp_path / "new" / "sheet.html", sheet, generated_at=MOMENT)

    assert (tmp_path / "new" / "sheet.html").read_text("utf-8").startswith("<!doctype html>")
    with pytest.raises(ConfigurationError, match="--html"):
        write_tear_sheet(tmp_path, sheet, generated_at=MOMENT)
