"""A real Freqtrade in live mode spends what its stage allows, and nothing before."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.replay.trading import Side
from proratio_tradehub.stages import StageLedger
from tests.live_session import LiveSession, five_minutes, live_session
from tests.tradehub.stages.made import a_step

pytestmark = pytest.mark.slow

MARKETS = [five_minutes("BTC/USDT")]
ACCOUNT = "proratio live binance spot"
"""As a configuration names it that does not call its market a replayed one."""


def spent_quote(session: LiveSession) -> float:
    """Return what all filled buys on the exchange cost."""
    buys = [one for one in session.placed() if one.ticket.side is Side.BUY]
    return sum(one.cost_quote for one in buys)


def test_no_order_before_the_stage_and_none_above_it(
    tmp_path: Path,
    database: Database,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with live_session(tmp_path, MARKETS, proratio={"source": "binance"}) as session:
        session.start()
        session.loop(3, every_s=300.0)
        assert session.placed() == []
        session.stop()

        StageLedger(database).add(a_step(1, account=ACCOUNT))
        session.start()
        session.loop(3, every_s=300.0)
        assert 0.0 < spent_quote(session) <= 250.0
