"""The page that asks for the password."""

from __future__ import annotations

from datetime import UTC, datetime

from proratio_tradehub.dashboard.access.login_page import login_page
from proratio_tradehub.dashboard.access.visitors import Role, Visitor


def test_it_asks_for_a_password_and_says_what_went_wrong() -> None:
    page = login_page(visitor=None, has_password=True, problem="<b>wrong</b>")
    assert 'type="password"' in page
    assert "&lt;b&gt;wrong" in page
    assert "To the dashboard" not in page


def test_it_signs_out_who_is_signed_in() -> None:
    visitor = Visitor("operator at 10.0.0.1", Role.OPERATOR, datetime(2024, 5, 1, tzinfo=UTC))
    page = login_page(visitor=visitor, has_password=True)
    assert "Signed in as operator at 10.0.0.1" in page
    assert 'action="/logout"' in page


def test_it_says_when_there_is_no_password() -> None:
    stranger = Visitor("viewer at 127.0.0.1", Role.VIEWER)
    assert "has no password" in login_page(visitor=stranger, has_password=False)
    assert 'type="password"' in login_page(visitor=stranger, has_password=True)
