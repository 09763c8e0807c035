"""What the page Consensus reads: the newest, one whole, and those one looks for."""

from __future__ import annotations

from typing import Any

import pytest

from proratio_core.database import Database
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.consensus.figures import Line
from proratio_tradehub.dashboard.consensus.queries import read_benches, read_history, read_sheet
from tests.signals.recording import record
from tests.signals.samples import ETH, close_of, panel_profile, said, silent

PANEL = panel_profile()


def _fill(database: Database) -> None:
    record(database, 250, *[said(Action.BUY, 0.9)] * 3, profile=PANEL)
    record(database, 251, said(Action.SELL, 0.9), said(Action.SELL, 0.9), silent(), profile=PANEL)
    record(database, 252, *[said(Action.HOLD, 0.9)] * 3, profile=PANEL)
    record(database, 250, *[said(Action.BUY, 0.9)] * 3, profile=PANEL, key=ETH)


def _history(database: Database, **changes: Any) -> tuple[Line, ...]:
    bench = read_benches(database, "binance")[0]
    asked = {"since": None, "actions": frozenset(), "degraded": False, "words": "", "most": 50}
    return read_history(database, bench, **(asked | changes))


def test_benches_name_their_newest_vote(database: Database) -> None:
    _fill(database)
    btc, eth = read_benches(database, "binance")
    assert (btc.symbol, eth.symbol, btc.threshold) == ("BTC/USDT", "ETH/USDT", PANEL.threshold)
    sheet = read_sheet(database, btc.newest_id)
    assert sheet is not None
    assert sheet.line.as_of == close_of(252)
    assert [ballot.voter.weight for ballot in sheet.ballots] == [0.4, 0.35, 0.25]
    assert read_benches(database, "kraken") == ()


def test_vote_that_is_not_there_is_none(database: Database) -> None:
    assert read_sheet(database, 4711) is None


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, [252, 251, 250]),
        ({"most": 1}, [252]),
        ({"since": close_of(250)}, [252, 251]),
        ({"actions": frozenset({Action.BUY})}, [250]),
        ({"degraded": True}, [251]),
        ({"words": "  NOBODY said this "}, []),
        ({"words": "'; DROP TABLE vote; --"}, []),
    ],
)
def test_history_is_searched(changes: dict[str, Any], found: list[int], database: Database) -> None:
    _fill(database)
    assert [line.as_of for line in _history(database, **changes)] == [close_of(i) for i in found]


def test_words_are_looked_for_in_what_was_said(database: Database) -> None:
    _fill(database)
    (line, *_) = _history(database)
    sheet = read_sheet(database, line.vote_id)
    assert sheet is not None
    reasoning = getattr(sheet.ballots[0].answer.result, "reasoning", "")
    assert _history(database, words=reasoning[:8].upper())
