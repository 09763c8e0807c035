"""A backtest on the page Now: what it was and what came of it."""

from __future__ import annotations

from proratio_tradehub.dashboard.now.run import RunFigures, run_card, run_tiles, trades_card
from tests.tradehub.dashboard.drawing import NOW

TRADE = {
    "pair": "BTC/USDT",
    "opened_at": 1_700_000_000_000,
    "closed_at": 1_700_007_200_000,
    "open_rate": 100.0,
    "close_rate": 110.0,
    "profit_quote": 9.5,
    "profit_frac": 0.095,
    "exit_reason": "<b>roi</b>",
}
METRICS = {"profit_quote": -12.0, "profit_frac": -0.012, "max_drawdown_frac": 0.03, "trades": 4}
REFUSALS = {"heat": 2, "spread": 1}
RUN = RunFigures("ab" * 32, "Trend", "20240101-", None, "1h", NOW, METRICS, REFUSALS, (TRADE,))


def test_figures_are_those_of_the_run() -> None:
    text = run_tiles(RUN, "USDT", 0.1)
    assert "▼ −12.00 USDT" in text
    assert "3.00%" in text
    assert "halts at 10%" in text


def test_card_says_that_nothing_was_traded() -> None:
    text = run_card(RUN, "USDT")
    assert "no order was ever sent" in text
    assert "nobody" in text
    assert ">3<" in text


def test_trades_are_listed_and_foreign_words_are_text() -> None:
    text = trades_card(RUN, "USDT")
    assert "▲ +9.50 USDT" in text
    assert "2 h" in text
    assert "&lt;b&gt;roi" in text
    none = RunFigures("ab" * 32, "Trend", "20240101-", None, "1h", NOW, METRICS, {}, ())
    assert "never traded" in trades_card(none, "USDT")
