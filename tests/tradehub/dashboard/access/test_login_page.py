"""The page that asks for the password."""

from __future__ import annotations

from datetime import UTC, datetime

from proratio_tradehub.dashboard.access.login_page import arrival_page, login_page
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


def test_page_leads_to_the_provider_and_asks_for_a_password_only_where_there_is_one() -> None:
    page = login_page(visitor=None, has_password=False, provider="id.example.org")
    assert '<a href="/login/openid" class="p-elsewhere">Sign in with id.example.org</a>' in page
    assert 'type="password"' not in page
    both = login_page(visitor=None, has_password=True, provider="id.example.org")
    assert 'type="password"' in both
    assert "/login/openid" in both


def test_page_of_arrival_leads_on_by_itself_and_by_hand() -> None:
    page = arrival_page()
    assert 'http-equiv="refresh" content="0;url=/"' in page
    assert 'href="/"' in page
