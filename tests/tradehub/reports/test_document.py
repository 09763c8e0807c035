from __future__ import annotations

import pytest

from proratio_core.values import Timeframe
from proratio_signals.opinions import Action
from proratio_tradehub.marks import Mark
from proratio_tradehub.reports import AccountPeriod, Period, VoteBehind
from proratio_tradehub.reports.account_report import AccountReport
from proratio_tradehub.reports.advice import Advice
from proratio_tradehub.reports.document import Document, document_of
from proratio_tradehub.reports.incidents import Incident
from proratio_tradehub.reports.voters import Judged
from tests.signals.samples import ballots, said, silent
from tests.tradehub.reports.made import ACCOUNT, DAY, NOON, a_closed, an_open, curve_of

VOTE = VoteBehind(
    Action.BUY,
    0.7,
    0.6,
    Timeframe.H1,
    ballots(said(Action.BUY, 0.9), said(Action.HOLD, 0.8), silent()),
)


@pytest.fixture(scope="module")
def document() -> Document:
    trades = (a_closed(1), a_closed(2, profit=-4.0, funding_quote=-0.5), an_open(3))
    found = AccountPeriod(
        ACCOUNT,
        Period.day(DAY),
        trades,
        curve_of([1_000.0, 990.0, 1_010.0]),
        refused=(("heat", 2),),
        incidents=(Incident(NOON, "halt by <b>anna</b> | pipe"),),
        advice=Advice(10, 1, 0.25),
    )
    return document_of(AccountReport(found, (Judged(trades[0], VOTE),), ()))


def test_every_section_that_has_something_to_say_is_there(document: Document) -> None:
    assert (document.mark, document.title) == (Mark.PAPER, "Daily report, 2024-03-14")
    assert [section.title for section in document.sections] == [
        "By strategy",
        "By pair",
        "Trades",
        "Opinions against outcomes",
        "Cost",
        "Entries the risk rules refused",
        "Orders and incidents",
    ]


def test_the_figures_above_are_those_of_the_day(document: Document) -> None:
    values = {label: (value, word) for label, value, word in document.tiles}
    assert values["Profit, USDT"] == ("+5.79", "2 closed, 1 won, after fees")
    assert values["Equity, USDT"] == ("1,010.00", "+1.00 % since the beginning")
    assert values["Max drawdown"][0] == "1.00 %"
    assert values["Positions"] == ("3 opened", "1 open at the end")


def test_tables_have_a_cell_for_every_column(document: Document) -> None:
    for section in document.sections:
        assert {len(row) for row in section.rows} <= {len(section.columns)}, section.title


def test_trades_without_a_vote_are_counted(document: Document) -> None:
    opinions = next(one for one in document.sections if one.title.startswith("Opinions"))
    assert opinions.lines == ("1 closed trade names no vote, or the ledger lacks it.",)
    assert opinions.rows[1] == ("voter-sentiment", "0", "–", "–", "0", "–", "1")


def test_costs_are_fees_funding_and_votes(document: Document) -> None:
    cost = next(one for one in document.sections if one.title == "Cost")
    assert cost.lines == (
        "Fees of closed trades: 0.42 USDT.",
        "Funding of closed trades: -0.50 USDT.",
        "10 live votes on this market, 1 without every voter: 0.2500 USD.",
    )
