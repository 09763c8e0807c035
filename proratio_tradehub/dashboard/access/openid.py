"""Signing in through an OpenID provider: authorization code with PKCE, the identity checked here.

Who may come in, and as what, the settings say; the provider only says who somebody is. Whatever is
missing, late, not signed by the provider or not meant for this dashboard lets nobody in.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError, ProratioError
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.access.visitors import Role

__all__ = [
    "CALLBACK",
    "PATIENCE_S",
    "Departure",
    "Guests",
    "OpenIdProvider",
    "Person",
    "SignInError",
    "provider_of",
]

_log = logging.getLogger(__name__)

CALLBACK: Final = "/login/openid/back"
PATIENCE_S: Final = 600
"""For so long somebody may be away at the provider."""

_DISCOVERY: Final = "/.well-known/openid-configuration"
_SIGNATURES: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
_TIMEOUT_S: Final = 10.0
_LEEWAY_S: Final = 60
_MOST_ATTEMPTS: Final = 1_000


class SignInError(ProratioError):
    """Somebody could not be signed in; the message is for them to read."""


@dataclass(frozen=True, slots=True)
class Guests:
    """Who is let in: e-mail addresses that the provider has verified, or its own subject names."""

    operators: frozenset[str]
    viewers: frozenset[str]

    def role_of(self, name: str) -> Role | None:
        """Return what somebody of this name may do; None: nothing."""
        if name in self.operators:
            return Role.OPERATOR
        return Role.VIEWER if name in self.viewers else None


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a browser is sent to sign in, and the secret by which it is known when it returns."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who came back, and what they may do."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class _Attempt:
    begun_s: float
    secret: str = field(default_factory=secrets.token_urlsafe)
    nonce: str = field(default_factory=secrets.token_urlsafe)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))


class OpenIdProvider:
    """One provider, at which this dashboard is registered.

    Parameters
    ----------
    issuer
        Its address, as its tokens have it; `https`, or `http` on this machine.
    client_id, client_secret
        What it calls this dashboard; the secret is None for a public client.
    address
        Where browsers find this dashboard; the provider sends them back to `/login/openid/back`.
    guests
        Who may come in.
    clock
        The time it is.
    """

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        address: str,
        guests: Guests,
        clock: Clock,
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._callback = f"{address}{CALLBACK}"
        self._guests = guests
        self._clock = clock
        self._lock = Lock()
        self._attempts: OrderedDict[str, _Attempt] = OrderedDict()
        self._described: dict[str, Any] | None = None
        self._keys: KeySet | None = None

    @property
    def name(self) -> str:
        """What a person knows the provider by."""
        return urlsplit(self._issuer).netloc

    @property
    def is_encrypted(self) -> bool:
        """Whether browsers reach this dashboard over TLS."""
        return self._callback.startswith("https://")

    def begin(self) -> Departure:
        """Return where to send a browser that wants to sign in.

        Raises
        ------
        SignInError
            The provider does not answer, or is not the one the settings name.
        """
        endpoint = self._endpoint("authorization_endpoint")
        attempt = _Attempt(begun_s=self._now_s())
        with self._session() as session:
            url, state = session.create_authorization_url(
                endpoint, code_verifier=attempt.verifier, nonce=attempt.nonce
            )
        with self._lock:
            self._attempts[state] = attempt
            while len(self._attempts) > _MOST_ATTEMPTS:
                self._attempts.popitem(last=False)
        return Departure(url, attempt.secret)

    def finish(self, answer: Mapping[str, str], secret: str) -> Person:
        """Return who came back from the provider; an attempt is used up by it.

        Parameters
        ----------
        answer
            The query the provider sent the browser back with.
        secret
            Of the departure, as the browser kept it.

        Raises
        ------
        SignInError
            They are not let in.
        """
        attempt = self._attempt(answer.get("state", ""), secret)
        if "code" not in answer:
            raise SignInError(f"{self.name} did not sign you in; try again, or ask who runs it.")
        name = _name_in(self._claims(answer["code"], attempt))
        role = self._guests.role_of(name)
        if role is None:
            raise SignInError(
                f"{name} may not come in: neither PRORATIO_DASHBOARD_OIDC_OPERATORS nor "
                "PRORATIO_DASHBOARD_OIDC_VIEWERS has it."
            )
        return Person(name, role)

    def _attempt(self, state: str, secret: str) -> _Attempt:
        with self._lock:
            attempt = self._attempts.pop(state, None)
        if (
            attempt is None
            or not hmac.compare_digest(attempt.secret.encode(), secret.encode())
            or self._now_s() - attempt.begun_s > PATIENCE_S
        ):
            raise SignInError("This sign-in was not begun here, or too long ago; try again.")
        return attempt

    def _claims(self, code: str, attempt: _Attempt) -> CodeIDToken:
        try:
            with self._session() as session:
                tokens = session.fetch_token(
                    self._endpoint("token_endpoint"), code=code, code_verifier=attempt.verifier
                )
            signed = self._verified(str(tokens["id_token"]))
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                options={
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._client_id},
                },
                params={
                    "nonce": attempt.nonce,
                    "client_id": self._client_id,
                    "access_token": tokens.get("access_token"),
                },
            )
            claims.validate(now=round(self._clock.now().timestamp()), leeway=_LEEWAY_S)
        except (
            requests.RequestException,
            AuthlibBaseError,
            JoseError,
            ValueError,
            KeyError,
        ) as error:
            _log.warning("%s did not say who signed in: %r", self.name, error)
            raise SignInError(
                f"What {self.name} answered does not prove who you are; the log has the reason."
            ) from error
        return claims

    def _verified(self, token: str) -> jwt.Token:
        for is_last in (False, True):
            if self._keys is None or is_last:  # the provider may have new keys
                published: Any = self._fetched(self._endpoint("jwks_uri"))
                self._keys = KeySet.import_key_set(published)
            try:
                return jwt.decode(token, self._keys, algorithms=list(_SIGNATURES))
            except InvalidKeyIdError:
                if is_last:
                    raise
        raise AssertionError("the second round returns or raises")

    def _endpoint(self, name: str) -> str:
        if self._described is None:
            try:
                described = self._fetched(self._issuer.rstrip("/") + _DISCOVERY)
            except (requests.RequestException, ValueError) as error:
                _log.warning("%s does not describe itself: %r", self.name, error)
                raise SignInError(f"{self.name} does not answer; sign in later.") from error
            if described.get("issuer") != self._issuer:
                raise SignInError(
                    f"{self.name} calls itself {described.get('issuer')!r}; "
                    f"PRORATIO_DASHBOARD_OIDC_ISSUER is {self._issuer!r}."
                )
            self._described = described
        endpoint = self._described.get(name)
        if not isinstance(endpoint, str) or not _is_private(endpoint):
            raise SignInError(f"{self.name} has no {name} that can be trusted: {endpoint!r}.")
        return endpoint

    def _fetched(self, url: str) -> dict[str, Any]:
        answer = requests.get(url, timeout=_TIMEOUT_S, allow_redirects=False)
        answer.raise_for_status()
        document = answer.json()
        if not isinstance(document, dict):
            raise ValueError(f"{url} answered {type(document).__name__}, not an object")
        return document

    def _session(self) -> OAuth2Session:
        return OAuth2Session(
            self._client_id,
            self._client_secret,
            token_endpoint_auth_method=None if self._client_secret else "none",
            scope="openid email",
            redirect_uri=self._callback,
            code_challenge_method="S256",
            default_timeout=_TIMEOUT_S,
        )

    def _now_s(self) -> float:
        return self._clock.monotonic()


def provider_of(settings: Settings, clock: Clock) -> OpenIdProvider | None:
    """Return the provider the settings name; None when they name none.

    Raises
    ------
    ConfigurationError
        Something is missing, an address is not private, or nobody could come in.
    """
    issuer, client_id = settings.dashboard_oidc_issuer, settings.dashboard_oidc_client_id
    address = (settings.dashboard_url or "").rstrip("/")
    if issuer is None:
        if client_id is not None:
            raise ConfigurationError(
                "PRORATIO_DASHBOARD_OIDC_CLIENT_ID is set without PRORATIO_DASHBOARD_OIDC_ISSUER"
            )
        return None
    if client_id is None or not address:
        raise ConfigurationError(
            "PRORATIO_DASHBOARD_OIDC_ISSUER needs PRORATIO_DASHBOARD_OIDC_CLIENT_ID, and "
            "PRORATIO_DASHBOARD_URL: where browsers find the dashboard, such as "
            "https://trading.example.org"
        )
    named = {
        "PRORATIO_DASHBOARD_OIDC_ISSUER": issuer,
        "PRORATIO_DASHBOARD_URL": address,
    }
    for name, url in named.items():
        if not _is_private(url):
            raise ConfigurationError(f"{name} is {url}; it has to begin with https://")
    guests = Guests(
        _names_in(settings.dashboard_oidc_operators), _names_in(settings.dashboard_oidc_viewers)
    )
    if not guests.operators | guests.viewers:
        raise ConfigurationError(
            "nobody could sign in: PRORATIO_DASHBOARD_OIDC_OPERATORS and "
            "PRORATIO_DASHBOARD_OIDC_VIEWERS name nobody; give e-mail addresses, with commas"
        )
    secret = settings.dashboard_oidc_client_secret
    return OpenIdProvider(
        issuer=issuer,
        client_id=client_id,
        client_secret=None if secret is None else secret.get_secret_value(),
        address=address,
        guests=guests,
        clock=clock,
    )


def _name_in(claims: CodeIDToken) -> str:
    """Return the address the provider has verified; without one, its own name for somebody."""
    address, subject = claims.get("email"), claims["sub"]
    if isinstance(address, str) and claims.get("email_verified") is True:
        return address.casefold()
    if not isinstance(subject, str):
        raise SignInError("Nobody may come in whose name is no text.")
    if "@" in subject:  # it looks like an address, and nobody verified that it is theirs
        raise SignInError(f"{subject} may not come in: the provider did not verify that address.")
    return subject


def _names_in(text: str | None) -> frozenset[str]:
    names = (name.strip() for name in (text or "").split(","))
    return frozenset(name.casefold() if "@" in name else name for name in names if name)


def _is_private(url: str) -> bool:
    """Return whether nobody on the way can read or change what is sent to an address."""
    parts = urlsplit(url)
    is_here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    return bool(parts.netloc) and (parts.scheme == "https" or (parts.scheme == "http" and is_here))
