"""How brakes and limits look."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

from rich.console import Console

from proratio_tradehub.cli.risk_view import print_status, status_document
from proratio_tradehub.desk import RiskReport
from proratio_tradehub.desk.report import HeldPosition
from proratio_tradehub.halts import Mode, Standing
from tests.tradehub.desk.made import NOW
from tests.tradehub.desk.test_report import REPORT
from tests.tradehub.halts.made import order


def printed(standing: Standing, *reports: RiskReport, later_s: float = 3.0) -> str:
    console = Console(file=io.StringIO(), width=160)
    print_status(console, standing, reports, now=NOW + timedelta(seconds=later_s))
    assert isinstance(console.file, io.StringIO)
    return " ".join(console.file.getvalue().split())


def test_what_is_not_known_for_certain_holds_entries_back() -> None:
    text = printed(Standing(Mode.TRADING, unknown="PostgreSQL is away"))
    assert "Entries are held back: the halts are not known for certain." in text
    assert "not certain: PostgreSQL is away" in text
    assert "lift it with" not in text


def test_restraint_is_named_with_the_way_to_lift_it() -> None:
    text = printed(Standing(Mode.HALTED, (order("x"),)))
    assert "held back: halted." in text
    assert "because of x" in text
    assert "proratio risk resume --reason" in text


def test_positions_are_shown_with_what_they_would_lose() -> None:
    held = HeldPosition("ETH/USDT", "long", 2_100.0, 203.8, 1_900.0)
    text = printed(Standing(Mode.TRADING), replace(REPORT, positions=(held,)))
    assert "long ETH/USDT: worth 2,100.00, stop 1900, would lose 203.80 there" in text
    assert "equity 9,900.00" in text
    assert "running, last report 3 s ago" in text
    bare = replace(held, stop_price=None)
    assert "no stop" in printed(Standing(Mode.TRADING), replace(REPORT, positions=(bare,)))


def test_bot_that_is_gone_or_cannot_judge_says_so() -> None:
    gone = replace(REPORT, held_back="the halts are away", equity_quote=None)
    text = printed(Standing(Mode.TRADING), gone, later_s=90.0)
    assert "NOT RUNNING, last report 90 s ago" in text
    assert "no entries: the halts are away" in text
    assert "equity unknown" in text


def test_document_says_the_same() -> None:
    document = status_document(
        Standing(Mode.HALTED, (order("x"),)), [REPORT], ["away"], now=NOW + timedelta(seconds=31)
    )
    assert (document["mode"], document["allows_entries"]) == ("halted", False)
    assert document["restraints"][0]["reason"] == "because of x"
    assert document["bots"][0]["fresh"] is False
    assert document["not_settled"] == ["away"]
