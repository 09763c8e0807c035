"""Signatures, against the example in Binance's documentation."""

from __future__ import annotations

import pytest

from proratio_core.replay.refusals import RefusedError
from proratio_core.replay.trading.signature import Credentials, check_signature

_CREDENTIALS = Credentials(
    "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
    "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
)
"""Binance API documentation, "SIGNED endpoint examples for POST /api/v3/order"; of no account."""

_PARAMETERS = (
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"
    "&timestamp=1499827319559"
)
_SIGNATURE = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
_QUERY = {"timestamp": "1499827319559", "recvWindow": "5000"}
_SENT_MS = 1_499_827_319_559


def _check(
    *, key: str = _CREDENTIALS.key, signature: str = _SIGNATURE, now_ms: int = _SENT_MS
) -> None:
    payload = f"{_PARAMETERS}&signature={signature}"
    check_signature(_CREDENTIALS, key, payload, _QUERY, now_ms=now_ms)


def test_the_documented_example_is_accepted() -> None:
    _check()
    _check(now_ms=_SENT_MS + 5_000)
    _check(now_ms=_SENT_MS - 999)


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"key": "another"}, -2015, 401),
        ({"signature": "0" * 64}, -1022, 400),
        ({"now_ms": _SENT_MS + 5_001}, -1021, 400),
        ({"now_ms": _SENT_MS - 1_000}, -1021, 400),
    ],
)
def test_anything_else_is_refused(changes: dict[str, object], code: int, status: int) -> None:
    with pytest.raises(RefusedError) as refused:
        _check(**changes)  # type: ignore[arg-type]
    assert (refused.value.document["code"], refused.value.status) == (code, status)


def test_an_unsigned_request_is_refused_and_a_secret_never_shown() -> None:
    with pytest.raises(RefusedError, match="Mandatory parameter"):
        check_signature(_CREDENTIALS, _CREDENTIALS.key, _PARAMETERS, _QUERY, now_ms=_SENT_MS)
    assert _CREDENTIALS.secret not in repr(_CREDENTIALS)
