"""Trials as a table, simulated ones marked."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from proratio_tradehub.cli.stress_view import print_trials


def _row(**changes: Any) -> dict[str, Any]:
    return {
        "name": "2022-11", "about": "FTX fails", "simulated": False, "profile": "proratio",
        "pairs": ["BTC/USDT"], "fall_frac": 0.3, "trades": 12, "profit_frac": -0.01,
        "max_drawdown_frac": 0.02, "planned_frac": 0.0027, "realised_frac": 0.0091,
        "overshoot_frac": 0.0064, "refusals": {"heat": 3, "correlation": 4},
        "timerange": "20221103-20221118",
    } | changes  # fmt: skip


def _printed(*rows: dict[str, Any]) -> str:
    console = Console(width=150)
    with console.capture() as capture:
        print_trials(console, rows)
    return capture.get()


def test_what_went_past_the_plan_stands_out() -> None:
    text = _printed(_row(), _row(profile="conservative-spot", overshoot_frac=-0.001))
    assert "+0.64%" in text
    assert "no" in text
    assert text.count("FTX fails") == 1
    assert "20221103-20221118" in text
    assert "SIMULATED" not in text


def test_simulated_shocks_are_marked_and_missing_figures_dashed() -> None:
    text = _printed(
        _row(name="gap", simulated=True, planned_frac=None, overshoot_frac=None, trades=0)
    )
    assert "SIMULATED" in text
    assert "–" in text
