"""What is told of orders can be kept as it is."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import msgspec

from proratio_tradehub.orders import OrderEvent, OrderEventKind
from tests.tradehub.orders.test_intent_file import INTENT


def test_an_event_is_json_with_the_order_in_it() -> None:
    event = OrderEvent(
        kind=OrderEventKind.INCIDENT,
        at=datetime(2024, 1, 1, 12, tzinfo=UTC),
        intent=INTENT,
        document={"order": asdict(INTENT), "what": "nobody knows"},
    )
    document = msgspec.json.decode(msgspec.json.encode(event))
    assert document["kind"] == "incident"
    assert document["document"]["order"]["purpose"] == "open"
    assert document["document"]["order"]["name"] == INTENT.name
