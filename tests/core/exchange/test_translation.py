"""No error of ccxt leaves the exchange package as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import ccxt
import pytest

from proratio_core.clock import FixedClock, to_ms
from proratio_core.errors import (
    ConfigurationError,
    DataError,
    ProratioError,
    RateLimitError,
    TransientError,
)
from proratio_core.exchange.translation import translate, translated

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def every_error() -> list[type[Exception]]:
    found, waiting = [], [ccxt.BaseError]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    return found


def caught(error: Exception, headers: dict[str, str] | None = None) -> ProratioError:
    client = SimpleNamespace(id="binance", last_response_headers=headers)
    with pytest.raises(ProratioError) as raised, translated(client, "x", clock=FixedClock(NOW)):
        raise error
    assert raised.value.__cause__ is error
    return raised.value


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_of_ccxt_becomes_one_of_ours_with_a_remedy(kind: type[Exception]) -> None:
    error = caught(kind("something"))
    assert "binance, asked for x" in str(error)
    assert type(error) is not ProratioError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ccxt.RequestTimeout("t"), TransientError),
        (ccxt.ExchangeNotAvailable("502"), TransientError),
        (ccxt.OnMaintenance("m"), TransientError),
        (ccxt.BadResponse("b"), TransientError),
        (ccxt.DDoSProtection("418"), RateLimitError),
        (ccxt.RateLimitExceeded("429"), RateLimitError),
        (ccxt.BadSymbol("s"), DataError),
        (ccxt.BadRequest("r"), DataError),
        (ccxt.AuthenticationError("a"), ConfigurationError),
        (ccxt.NotSupported("n"), ConfigurationError),
        (
            ccxt.ExchangeNotAvailable("451 Service unavailable from a restricted location"),
            ConfigurationError,
        ),
    ],
)
def test_the_kind_says_what_to_do(error: Exception, expected: type[ProratioError]) -> None:
    assert type(caught(error)) is expected


@pytest.mark.parametrize("error", [ValueError("v"), TypeError("t"), KeyError("k"), IndexError()])
def test_an_answer_ccxt_cannot_parse_is_worth_another_try(error: Exception) -> None:
    assert "cannot be read" in str(caught(error))
    assert type(caught(error)) is TransientError


def test_retry_after_is_kept() -> None:
    error = caught(ccxt.DDoSProtection("429"), {"Retry-After": "37"})
    assert isinstance(error, RateLimitError)
    assert error.retry_after_s == 37


def test_the_end_of_a_ban_in_the_message_becomes_seconds() -> None:
    until = to_ms(NOW + timedelta(seconds=90))
    error = caught(ccxt.DDoSProtection(f'418 {{"msg":"IP banned until {until}."}}'), {})
    assert isinstance(error, RateLimitError)
    assert error.retry_after_s == 90


def test_a_limit_that_names_no_wait_says_so() -> None:
    error = caught(ccxt.RateLimitExceeded("429"), {"Retry-After": "soon"})
    assert isinstance(error, RateLimitError)
    assert error.retry_after_s is None
    assert "did not say how long" in str(error)


def test_a_certificate_nobody_trusts_is_a_matter_of_set_up() -> None:
    class SSLError(Exception):
        """As requests names it."""

    error = ccxt.ExchangeError("GET")
    error.__cause__ = SSLError("self-signed")
    ours = translate(error, "binance", retry_after_s=None)
    assert isinstance(ours, ConfigurationError)
    assert "self-signed" in str(ours)
