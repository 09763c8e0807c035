from __future__ import annotations

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from tests.signals.samples import BTC, candle_frame


@pytest.fixture
def stocked(database: Database) -> Database:
    """Return a database with the candles that the questions are about."""
    CandleStore(database).write(BTC, candle_frame(320))
    return database
