from __future__ import annotations

from io import StringIO

from rich.console import Console

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_signals.backfill import Prospect, plan
from proratio_signals.ledger import Ledger
from proratio_signals.profile import load_profile
from proratio_signals.questions import Question
from proratio_tradehub.cli.estimating import estimate_of
from proratio_tradehub.cli.session import Session
from tests.signals.samples import BTC, candle_frame, close_of


def test_several_plans_add_up(database: Database) -> None:
    store = CandleStore(database)
    store.write(BTC, candle_frame(300))
    profile = load_profile("consensus")
    session = Session(Settings(), database, FixedClock(close_of(299)), Console(file=StringIO()))
    questions = [Question(BTC, close_of(index)) for index in (280, 290)]
    planned = plan(questions, Prospect(profile, store), Ledger(database))

    once = estimate_of(session, profile, [planned])
    twice = estimate_of(session, profile, [planned, planned])

    assert [voter.calls for voter in once.voters] == [2, 2, 2]
    assert [voter.calls for voter in twice.voters] == [4, 4, 4]
    assert twice.worst_usd == 2 * once.worst_usd > 0
