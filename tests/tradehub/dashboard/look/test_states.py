"""States: what is not there, not known or old is said, with a way out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from proratio_tradehub.dashboard.look.states import away, degraded, empty, loading, stale

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


def test_each_state_says_what_and_why() -> None:
    assert "make demo" in empty("Nothing", "do this", "make demo")
    assert "<p>" not in empty("Nothing")
    assert "No answer from PostgreSQL" in away("PostgreSQL", "it is <away>")
    assert "&lt;away&gt;" in away("PostgreSQL", "it is <away>")
    assert "one voter" in degraded("Degraded", "one voter")
    assert loading(2).count("p-bone") == 2


def test_old_values_carry_their_age() -> None:
    text = stale(NOW - timedelta(minutes=5), NOW, "away")
    assert "As of 2024-05-01 11:55 UTC, 5 min ago" in text
