"""An incident is told in its own words, or whole."""

from __future__ import annotations

import pytest

from proratio_tradehub.journal import Kind, incident_line
from tests.tradehub.journal.made import an_entry


@pytest.mark.parametrize(
    ("symbol", "document", "line"),
    [
        ("BTC/USDT", {"what": "the stop <b>was</b> lost"}, "BTC/USDT the stop <b>was</b> lost"),
        (
            None,
            {"what": "the stop raised", "error": "ValueError: x"},
            "the stop raised: ValueError: x",
        ),
        (None, {"code": -1013}, '{"code": -1013}'),
        (None, {"what": ""}, '{"what": ""}'),
    ],
)
def test_it_is_one_line(symbol: str | None, document: dict[str, object], line: str) -> None:
    assert incident_line(an_entry(Kind.INCIDENT, symbol=symbol, document=document)) == line
