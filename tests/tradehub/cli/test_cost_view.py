from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from proratio_tradehub.cli.cost_view import caps_line, cost_table, health_lines, trade_table

ROW = {
    "group": "openai",
    "calls": 1_200,
    "answered": 1_190,
    "input_tokens": 2_400_000,
    "output_tokens": 300_000,
    "spent_usd": 4.0,
    "reserved_usd": 0.1,
    "call_usd": 0.0034,
    "break_even_edge_frac": 0.000034,
}


def text(table: Table) -> str:
    console = Console(width=160, record=True, file=None, quiet=False)
    with console.capture() as shown:
        console.print(table)
    return shown.get()


def test_the_caps_line_names_every_cap_and_never_a_negative_rest() -> None:
    today = {
        "day": "2026-11-21",
        "spent_usd": 5.5,
        "reserved_usd": 0.0,
        "caps": {"total_usd": 5.0, "profile_usd": 3.0, "providers_usd": {"openai": 1.0}},
    }

    line = caps_line(today)

    assert "cap 5.00, left 0.0000; profile cap 3.00; openai cap 1.00" in line


def test_costs_are_shown_with_the_edge_they_need() -> None:
    shown = text(cost_table([ROW], by="provider", stake_usd=100.0))

    assert "edge on 100" in shown
    assert "0.0034%" in shown
    assert "2,400,000" in shown


def test_a_group_without_calls_shows_dashes() -> None:
    row = ROW | {"call_usd": None, "break_even_edge_frac": None}

    assert text(cost_table([row], by="day", stake_usd=100.0)).count("–") == 2


def test_a_providers_breaker_is_coloured_by_its_state() -> None:
    health = {
        "provider": "gemini",
        "state": "open",
        "failures": 7,
        "last_outcome": "TIMEOUT",
        "last_at": datetime(2026, 11, 21, tzinfo=UTC),
    }

    (line,) = health_lines([health])

    assert line.startswith("gemini: breaker [bold red]open[/], 7 failures in a row, last TIMEOUT")


def test_a_trade_without_a_vote_shows_a_dash() -> None:
    row = {
        "pair": "BTC/USDT",
        "opened_at": datetime(2026, 1, 2, 3, tzinfo=UTC),
        "vote_id": None,
        "stake_quote": 105.0,
        "profit_quote": -2.0,
        "vote_usd": 0.0,
        "share_usd": 0.025,
        "break_even_edge_frac": 0.025 / 105,
    }

    shown = text(trade_table([row]))

    assert "2026-01-02 03:00" in shown
    assert "–" in shown
    assert "0.0238%" in shown
