"""Every kind of entry reads as a sentence, and no text in it acts on the terminal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from proratio_tradehub.cli.journal_view import print_entries, print_executions
from proratio_tradehub.journal import Kind, judge_executions
from tests.tradehub.journal.made import a_trade, an_entry
from tests.tradehub.journal.test_writing import HOSTILE


def shown(kind: Kind, document: dict[str, Any], **changes: Any) -> str:
    file = io.StringIO()
    console = Console(file=file, width=400, force_terminal=False)
    print_entries(console, [an_entry(kind, document=document, **changes)])
    return " ".join(file.getvalue().split())


REFUSALS = [{"rule": "spread", "message": "0.9% is too wide"}]


@pytest.mark.parametrize(
    ("kind", "document", "words"),
    [
        (Kind.CANDIDATE, {"close_price": 101.5}, "candle closed at 101.5"),
        (
            Kind.VOTE,
            {"action": "BUY", "score": 0.62, "dissent": 0.1, "degraded": True},
            "BUY, score 0.62, dissent 0.10, a voter was missing",
        ),
        (Kind.VOTE, {"state": "failed", "detail": "nobody"}, "failed: nobody"),
        (
            Kind.VERDICT,
            {"is_allowed": False, "refusals": REFUSALS},
            "refused: spread: 0.9% is too wide",
        ),
        (
            Kind.ORDER,
            {"role": "stop", "type": "market", "amount": 1, "price": 9, "stop_price": 95.0},
            "stop market: 1 at 95.0",
        ),
        (
            Kind.FILL,
            {"role": "entry", "filled": 0.5, "price": 100.0, "remaining": 1.5},
            "entry: 0.5 at 100.0, 1.5 left",
        ),
        (
            Kind.EXIT,
            {"reason": "roi", "profit_quote": 9.79, "profit_frac": 0.0978, "open_rate": 100,
             "close_rate": 110},
            "roi: +9.79 (+9.78%), 100 to 110",
        ),
        (Kind.EXIT, {"reason": "gone"}, "gone:, None to None"),
        (Kind.STOP, {"stop_price": 97.0, "before": None}, "stop_price 97.0"),
        (Kind.INCIDENT, {"what": "custom_exit raised"}, "what custom_exit raised"),
    ],
)  # fmt: skip
def test_entry_reads_as_a_sentence(kind: Kind, document: dict[str, Any], words: str) -> None:
    assert words in shown(kind, document)


@pytest.mark.parametrize("text", [*HOSTILE, "[bold red]markup[/]"], ids=range(len(HOSTILE) + 1))
def test_hostile_text_is_shown_and_does_nothing(text: str) -> None:
    line = shown(Kind.INCIDENT, {"what": text}, signal_id=text, symbol=text)
    assert "\x1b" not in line
    assert "\u202e" not in line
    assert ("[bold red]markup[/]" in line) is (text == "[bold red]markup[/]")


def test_execution_of_which_little_is_known_has_empty_cells() -> None:
    file = io.StringIO()
    executions = judge_executions([a_trade(account="bot live binance spot")], [])
    print_executions(Console(file=file, width=200), executions, each=True)
    assert "LIVE bot live binance spot" in file.getvalue()
    assert "None" not in file.getvalue()


def test_no_figure_is_cut_on_a_narrow_screen_or_in_a_file() -> None:
    wide, narrow = io.StringIO(), io.StringIO()
    executions = judge_executions([a_trade(account="bot live binance spot")], [])

    print_executions(Console(file=wide, width=300), executions, each=True)
    print_executions(Console(file=narrow, width=60), executions, each=True)

    assert "…" not in narrow.getvalue()
    assert [line.split() for line in narrow.getvalue().splitlines() if "│" in line] == [
        line.split() for line in wide.getvalue().splitlines() if "│" in line
    ]


def test_what_happened_and_the_whole_signal_id_are_there_on_a_narrow_screen() -> None:
    file, signal = io.StringIO(), "AIEnhancedTrend@2026-11-27T07:50Z"
    entry = an_entry(Kind.CANDIDATE, document={"close_price": 101.5}, signal_id=signal)

    print_entries(Console(file=file, width=80), [entry])

    assert signal in file.getvalue()
    assert "candle closed at 101.5" in file.getvalue()
