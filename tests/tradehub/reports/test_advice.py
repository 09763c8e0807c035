from __future__ import annotations

import pytest

from proratio_core.database import Database
from proratio_signals.ledger import Ledger, Origin
from proratio_signals.opinions import Action
from proratio_tradehub.reports import Period
from proratio_tradehub.reports.advice import Advice, read_advice
from tests.signals.samples import close_of, panel_profile, said
from tests.signals.test_ledger import _decision

WHOLE = (said(Action.BUY, 0.9), said(Action.BUY, 0.8), said(Action.SELL, 0.3))


def test_only_live_votes_on_the_accounts_market_and_days_count(database: Database) -> None:
    Ledger(database).record(
        [
            _decision(300),
            _decision(301, answers=WHOLE),
            _decision(302, origin=Origin.BACKFILL),
            _decision(350),
        ],
        panel_profile(),
    )
    advice = read_advice(database, "binance", Period.day(close_of(300).date()))
    assert (advice.votes, advice.degraded, advice.degraded_frac) == (2, 1, 0.5)
    assert advice.cost_usd == pytest.approx(0.005)
    assert read_advice(database, "replay", Period.day(close_of(300).date())) == Advice()
    assert Advice().degraded_frac is None
