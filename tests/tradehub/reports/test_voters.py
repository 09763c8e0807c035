from __future__ import annotations

import pytest

from proratio_core.database import Database
from proratio_core.values import Timeframe
from proratio_signals.ledger import Ledger
from proratio_signals.opinions import Action
from proratio_tradehub.reports import VoteBehind
from proratio_tradehub.reports.voters import Judged, read_judged, voter_records
from tests.signals.samples import ballots, said, silent
from tests.signals.test_ledger import _decision
from tests.tradehub.reports.made import a_closed, an_open
from tests.tradehub.reports.test_votes_behind import AS_OF, CAST, PROFILE, TAG


def _vote(*answers: object) -> VoteBehind:
    return VoteBehind(Action.BUY, 0.7, 0.6, Timeframe.H1, ballots(*answers))  # type: ignore[arg-type]


def test_each_voter_answers_for_what_it_said() -> None:
    won = Judged(a_closed(1), _vote(said(Action.BUY, 0.9), said(Action.BUY, 0.8), silent()))
    lost = Judged(
        a_closed(2, profit=-4.0), _vote(said(Action.BUY, 0.9), said(Action.HOLD, 0.5), silent())
    )
    by_name = {record.voter: record for record in voter_records([won, lost])}
    first, second, third = (by_name[voter.name] for voter in PROFILE.voters)
    assert (first.backed, first.backed_won, first.other) == (2, 1, 0)
    assert first.backed_profit_frac == pytest.approx((0.0979 - 0.04) / 2)
    assert (second.backed, second.other, second.other_profit_frac) == (1, 1, -0.04)
    assert (third.silent, third.backed_profit_frac) == (2, None)


def test_who_says_sell_is_for_a_short() -> None:
    vote = _vote(said(Action.SELL, 0.9), said(Action.BUY, 0.8), silent())
    (risk, sentiment, technical) = voter_records([Judged(a_closed(1, side="short"), vote)])
    assert (technical.backed, risk.other, sentiment.silent) == (1, 1, 1)


def test_only_closed_trades_with_a_vote_in_the_ledger_are_judged(database: Database) -> None:
    Ledger(database).record([_decision(300, answers=CAST)], PROFILE)
    hour = {"opened_at": AS_OF + (AS_OF - AS_OF.replace(minute=0)), "enter_tag": TAG}
    opened = AS_OF.replace(minute=1)
    known = a_closed(1, opened_at=opened, enter_tag=TAG)
    assert hour["enter_tag"] == TAG
    trades = [known, a_closed(2), an_open(3, opened_at=opened, enter_tag=TAG)]
    assert [one.trade for one in read_judged(database, trades)] == [known]
