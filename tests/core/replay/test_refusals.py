"""A refusal is Binance's error document."""

from __future__ import annotations

from proratio_core.replay.refusals import BAD_SYMBOL, RefusedError


def test_a_refusal_carries_code_message_and_status() -> None:
    refusal = RefusedError(BAD_SYMBOL, "Invalid symbol.", status=401)
    assert refusal.document == {"code": -1121, "msg": "Invalid symbol."}
    assert refusal.status == 401
    assert RefusedError(BAD_SYMBOL, "x").status == 400
