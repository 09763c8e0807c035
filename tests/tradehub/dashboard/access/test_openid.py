"""Signing in through an OpenID provider, over HTTP against one that can be made to lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from proratio_core.clock import FixedClock
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.access.openid import (
    OpenIdProvider,
    Person,
    SignInError,
    provider_of,
)
from proratio_tradehub.dashboard.access.visitors import Role
from tests.wire.fake_identity import CLIENT_ID, CLIENT_SECRET, PERSON, FakeIdentity

ADDRESS = "https://trading.example.org"


class Meeting:
    """A dashboard and its provider."""

    def __init__(self, fake: FakeIdentity) -> None:
        self.fake = fake
        self.clock = FixedClock(datetime.now(UTC))
        settings = Settings(PRORATIO_DASHBOARD_URL=f"{ADDRESS}/", **fake.environment())
        provider = provider_of(settings, self.clock)
        assert provider is not None
        self.provider: OpenIdProvider = provider

    def gone(self) -> tuple[dict[str, str], str]:
        """Sign in there; return what the browser brings back."""
        departure = self.provider.begin()
        back = requests.get(departure.url, allow_redirects=False, timeout=10).headers["location"]
        assert back.startswith(f"{ADDRESS}/login/openid/back?")
        answer = {name: value[0] for name, value in parse_qs(urlsplit(back).query).items()}
        return answer, departure.secret

    def come(self) -> Person:
        return self.provider.finish(*self.gone())


@pytest.fixture
def meeting() -> Iterator[Meeting]:
    with FakeIdentity() as fake:
        yield Meeting(fake)


def test_person_the_settings_name_comes_in_as_what_they_say(meeting: Meeting) -> None:
    assert meeting.come() == Person(PERSON, Role.OPERATOR)
    meeting.fake.claims["email"] = "Bert@Example.org"
    assert meeting.come() == Person("bert@example.org", Role.VIEWER)
    del meeting.fake.claims["email"]
    meeting.fake.claims["sub"] = "root"
    assert meeting.come() == Person("root", Role.OPERATOR)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email": "eve@example.org"}, r"eve@example\.org may not come in"),
        ({"email_verified": False}, "4711 may not come in"),
        ({"email_verified": "true"}, "4711 may not come in"),
        ({"email_verified": False, "sub": PERSON}, "did not verify that address"),
        ({"email": [PERSON]}, "4711 may not come in"),
        ({"aud": "another-client"}, "does not prove"),
        ({"iss": "https://another.example"}, "does not prove"),
        ({"nonce": "of another sign-in"}, "does not prove"),
        ({"exp": 1_700_000_000}, "does not prove"),
        ({"aud": [CLIENT_ID, "x"], "azp": "x"}, "does not prove"),
        ({"sub": None, "email": None}, "may come in|does not prove"),
        ({"sub": ["root"], "email": None}, "may come in|does not prove"),
    ],
)
def test_token_that_does_not_say_it_lets_nobody_in(
    meeting: Meeting, claims: dict[str, object], why: str
) -> None:
    meeting.fake.claims.update(claims)
    with pytest.raises(SignInError, match=why):
        meeting.come()


def _by_a_stranger(fake: FakeIdentity) -> None:
    fake.renew_key(publish=False)


def _with_the_secret_everybody_has(fake: FakeIdentity) -> None:
    fake.algorithm = "HS256"


@pytest.mark.parametrize("forged", [_by_a_stranger, _with_the_secret_everybody_has])
def test_token_the_provider_did_not_sign_lets_nobody_in(
    meeting: Meeting, forged: Callable[[FakeIdentity], None]
) -> None:
    assert meeting.come().name == PERSON
    forged(meeting.fake)
    with pytest.raises(SignInError, match="does not prove"):
        meeting.come()


def test_new_key_of_the_provider_is_fetched_once_it_is_used(meeting: Meeting) -> None:
    meeting.come()
    meeting.fake.renew_key()
    meeting.come()
    meeting.come()
    assert meeting.fake.asked.count("/keys") == 2
    assert meeting.fake.asked.count("/.well-known/openid-configuration") == 1


def test_answer_is_good_once_in_the_browser_that_asked_and_for_ten_minutes(
    meeting: Meeting,
) -> None:
    answer, secret = meeting.gone()
    assert meeting.provider.finish(answer, secret).name == PERSON
    with pytest.raises(SignInError, match="not begun here"):
        meeting.provider.finish(answer, secret)
    answer, _ = meeting.gone()
    with pytest.raises(SignInError, match="not begun here"):
        meeting.provider.finish(answer, "another browser's")
    answer, secret = meeting.gone()
    meeting.clock.sleep(601)
    with pytest.raises(SignInError, match="not begun here"):
        meeting.provider.finish(answer, secret)


def test_code_of_another_sign_in_is_of_no_use(meeting: Meeting) -> None:
    stolen, _ = meeting.gone()
    own, secret = meeting.gone()
    with pytest.raises(SignInError, match="does not prove"):  # its verifier does not fit
        meeting.provider.finish({**own, "code": stolen["code"]}, secret)


def test_person_who_declines_is_told_so(meeting: Meeting) -> None:
    meeting.fake.is_refusing = True
    with pytest.raises(SignInError, match="did not sign you in"):
        meeting.come()


@pytest.mark.parametrize(
    ("described", "why"),
    [
        ({"issuer": "https://evil.example"}, "calls itself 'https://evil.example'"),
        ({"authorization_endpoint": "http://evil.example/"}, "no authorization_endpoint"),
        ({"authorization_endpoint": None}, "no authorization_endpoint"),
        ({"token_endpoint": "ftp://evil.example/"}, "no token_endpoint"),
    ],
)
def test_provider_that_describes_itself_badly_is_not_believed(
    meeting: Meeting, described: dict[str, object], why: str
) -> None:
    meeting.fake.described = described
    with pytest.raises(SignInError, match=why):
        meeting.come()


def test_provider_that_is_away_is_asked_again_later(meeting: Meeting) -> None:
    with FakeIdentity() as gone:
        away = Meeting(gone)
    with pytest.raises(SignInError, match="does not answer"):
        away.provider.begin()


def test_secret_of_the_client_is_in_no_address_and_no_error(
    meeting: Meeting, caplog: pytest.LogCaptureFixture
) -> None:
    meeting.fake.claims["aud"] = "another"
    assert CLIENT_SECRET not in meeting.provider.begin().url
    with pytest.raises(SignInError) as caught:
        meeting.come()
    assert CLIENT_SECRET not in str(caught.value) + repr(caught.value.__cause__) + caplog.text


FULL = {
    "PRORATIO_DASHBOARD_URL": ADDRESS,
    "PRORATIO_DASHBOARD_OIDC_ISSUER": "https://id.example.org",
    "PRORATIO_DASHBOARD_OIDC_CLIENT_ID": "proratio",
    "PRORATIO_DASHBOARD_OIDC_OPERATORS": "a@example.org",
}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"PRORATIO_DASHBOARD_OIDC_ISSUER": None}, "set without PRORATIO_DASHBOARD_OIDC_ISSUER"),
        ({"PRORATIO_DASHBOARD_OIDC_CLIENT_ID": None}, "needs PRORATIO_DASHBOARD_OIDC_CLIENT_ID"),
        ({"PRORATIO_DASHBOARD_URL": None}, "where browsers find the dashboard"),
        ({"PRORATIO_DASHBOARD_URL": "http://trading.example.org"}, "begin with https://"),
        ({"PRORATIO_DASHBOARD_OIDC_ISSUER": "http://id.example.org"}, "begin with https://"),
        ({"PRORATIO_DASHBOARD_OIDC_OPERATORS": " , "}, "nobody could sign in"),
    ],
)
def test_settings_that_could_let_in_anybody_or_nobody_are_refused(
    changes: dict[str, str | None], why: str
) -> None:
    clock = FixedClock(datetime.now(UTC))
    settings = Settings(**{**FULL, **changes})
    with pytest.raises(ConfigurationError, match=why):
        provider_of(settings, clock)


def test_provider_is_there_only_where_the_settings_name_one() -> None:
    clock = FixedClock(datetime.now(UTC))
    assert provider_of(Settings(), clock) is None
    provider = provider_of(Settings(**FULL), clock)
    assert provider is not None
    assert (provider.name, provider.is_encrypted) == ("id.example.org", True)
