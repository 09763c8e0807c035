from __future__ import annotations

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


@pytest.mark.parametrize(("header", "shown"), [("7", True), ("soon", False), ("-1", False)])
def test_the_wait_is_told_when_it_is_a_number(header: str, shown: bool) -> None:
    found = http_abstention(429, message=None, retry_after=header)
    assert (f"wait {header} s" in found.detail) is shown


def test_an_exception_is_named_but_not_quoted() -> None:
    found = abstain(AbstentionKind.FAILED, ValueError("canary"))
    assert "ValueError" in found.detail
    assert "canary" not in found.detail
