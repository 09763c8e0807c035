from __future__ import annotations

import math

import pytest

from proratio_signals.opinions import AbstentionKind
from proratio_signals.providers.failure import abstain, http_abstention


def test_no_status_quotes_the_key() -> None:
    for status in range(300, 600):
        found = http_abstention(status, message="bad key canary-1", secret="canary-1")
        assert "canary" not in found.detail
        assert str(status) in found.detail


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, AbstentionKind.FAILED),
        (401, AbstentionKind.AUTHENTICATION),
        (402, AbstentionKind.RATE_LIMITED),
        (403, AbstentionKind.AUTHENTICATION),
        (404, AbstentionKind.FAILED),
        (408, AbstentionKind.TIMEOUT),
        (413, AbstentionKind.FAILED),
        (429, AbstentionKind.RATE_LIMITED),
        (500, AbstentionKind.SERVER_ERROR),
        (529, AbstentionKind.SERVER_ERROR),
    ],
)
def test_a_status_means_one_kind(status: int, kind: AbstentionKind) -> None:
    assert http_abstention(status, message=None).kind is kind


@pytest.mark.parametrize("code", ["content_filter", "content_policy_violation", "invalid_prompt"])
def test_a_filter_is_a_refusal_whatever_its_status(code: str) -> None:
    assert http_abstention(400, message="m", code=code).kind is AbstentionKind.REFUSED


def test_googles_way_to_say_bad_key_is_understood() -> None:
    found = http_abstention(400, message="API key not valid", code="API_KEY_INVALID")
    assert found.kind is AbstentionKind.AUTHENTICATION


def test_a_rejected_parameter_is_quoted_on_one_short_line() -> None:
    found = http_abstention(400, message="temperature\nis  not supported " + "x" * 999)
    assert "temperature is not supported" in found.detail
    assert len(found.detail) < 300
    assert "\n" not in found.detail


def test_a_quoted_message_cannot_steer_a_terminal() -> None:
    found = http_abstention(400, message="bad \x1b[2J\x1b]0;owned\x07 \u202e\u200b model")
    assert found.detail.isprintable()
    assert "bad [2J]0;owned" in found.detail


@pytest.mark.parametrize(("header", "shown"), [("7", True), ("soon", False), ("-1", False)])
def test_the_wait_is_told_when_it_is_a_number(header: str, shown: bool) -> None:
    found = http_abstention(429, message=None, retry_after=header)
    assert (f"wait {header} s" in found.detail) is shown


def test_an_exception_is_named_but_not_quoted() -> None:
    found = abstain(AbstentionKind.FAILED, ValueError("canary"))
    assert "ValueError" in found.detail
    assert "canary" not in found.detail


@pytest.mark.parametrize(
    ("status", "header", "code", "wait_s"),
    [
        (429, "7", None, 7.0),
        (429, "0.5", None, 0.5),
        (503, None, None, None),
        (429, "Sat, 21 Nov 2026 08:00:00 GMT", None, math.inf),
        (429, "nan", None, math.inf),
        (429, "-1", None, math.inf),
        (429, "1", "insufficient_quota", math.inf),
        (402, None, None, math.inf),
    ],
)
def test_the_wait_is_kept_for_whoever_asks_again(
    status: int, header: str | None, code: str | None, wait_s: float | None
) -> None:
    found = http_abstention(status, message=None, retry_after=header, code=code)
    assert found.retry_after_s == wait_s


@pytest.mark.parametrize(
    ("status", "billable"),
    [(400, False), (429, False), (500, False), (503, False), (502, True), (504, True), (524, True)],
)
def test_only_a_gateway_may_hide_that_the_work_was_done(status: int, billable: bool) -> None:
    assert http_abstention(status, message=None).billable is billable


def test_a_request_that_never_left_costs_nothing() -> None:
    class ConnectError(Exception):
        """Named as in httpx."""

    broken = RuntimeError("Connection error.")
    broken.__cause__ = ConnectError()
    assert not abstain(AbstentionKind.CONNECTION, broken).billable
    assert abstain(AbstentionKind.CONNECTION, RuntimeError("reset by peer")).billable
