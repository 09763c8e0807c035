from __future__ import annotations

from datetime import timedelta

from proratio_tradehub.risk.rules import EntrySpacingRule
from proratio_tradehub.risk.verdict import Finding, Refusal
from tests.tradehub.risk.made import NOW, a_state, an_intent


def _said(seconds_ago: float | None) -> Finding:
    last = None if seconds_ago is None else NOW - timedelta(seconds=seconds_ago)
    return EntrySpacingRule(60.0).check(a_state(last_entry_at=last), an_intent())


def test_first_entry_and_one_long_ago_are_no_objection() -> None:
    assert _said(None) is None
    assert _said(60.0) is None


def test_entry_too_soon_is_refused() -> None:
    assert _said(59.5) == Refusal(
        "entry spacing",
        "the last entry was 59.5 s ago; 60 s have to pass",
        observed=59.5,
        limit=60.0,
    )
