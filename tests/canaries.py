"""A secret for everything that is told one, and a search that finds any of them again.

They are the same in every run, so what one run finds another one finds, too.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from urllib.parse import urlsplit, urlunsplit

from argon2 import PasswordHasher

from proratio_core.settings import Settings

__all__ = ["Canaries", "secret_of", "secret_variables", "with_password"]

_QUICK = PasswordHasher(memory_cost=8_192, time_cost=1, parallelism=1)
_LOGINS = (
    *("PRORATIO_BOT_URL", "PRORATIO_EXCHANGE_URL", "PRORATIO_TELEGRAM_URL"),
    *("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GEMINI_BASE_URL", "PRORATIO_COMPATIBLE_BASE_URL"),
)
"""Addresses in which somebody may have written a login."""

_FREQTRADE = (
    *("FREQTRADE__API_SERVER__JWT_SECRET_KEY", "FREQTRADE__API_SERVER__WS_TOKEN"),
    "FREQTRADE__TELEGRAM__TOKEN",
)
"""Secrets of Freqtrade's that Proratio does not read; its processes have them all the same."""

_PIECE = 12
_STEP = 10


def secret_of(name: str) -> str:
    """Return the secret with this name: 32 characters that occur nowhere else."""
    return f"canary-{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def secret_variables() -> set[str]:
    """Return every variable of the settings that holds a secret."""
    return {
        str(field.validation_alias)
        for field in Settings.model_fields.values()
        if "SecretStr" in str(field.annotation)
    }


def with_password(url: str, name: str = "DATABASE_URL") -> str:
    """Return an address with the secret of this name as its password."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    login = f"{user.partition(':')[0] or 'me'}:{secret_of(name)}"
    return urlunsplit(parts._replace(netloc=f"{login}@{host}"))


class Canaries:
    """Every secret an installation can be told.

    Parameters
    ----------
    database_url
        Where its database is; it gets a password.
    further
        Secrets that are made elsewhere, by name.
    told
        Variables that have another value; what was a secret there is none any more.
    """

    def __init__(
        self,
        database_url: str,
        further: Mapping[str, str] | None = None,
        told: Mapping[str, str] | None = None,
    ) -> None:
        self._database_url = database_url
        self._further = dict(further or {})
        self._told = dict(told or {})

    @cached_property
    def logins(self) -> dict[str, str]:
        """The variables with addresses of other servers, all away, a password in each."""
        found = {name: with_password("http://127.0.0.1:1", name) for name in _LOGINS}
        return {**found, **self._told}

    @cached_property
    def environment(self) -> dict[str, str]:
        """The variables that tell a process all the others."""
        told = {name: secret_of(name) for name in (*secret_variables(), *_FREQTRADE)}
        return {
            **told,
            "DATABASE_URL": with_password(self._database_url),
            "REDIS_URL": with_password("redis://127.0.0.1:1/0", "REDIS_URL"),
            "PRORATIO_APPRISE_URLS": with_password("json://127.0.0.1:1", "PRORATIO_APPRISE_URLS"),
            "PRORATIO_TELEGRAM_TOKEN": f"4711:{secret_of('PRORATIO_TELEGRAM_TOKEN')}",
            "PRORATIO_DASHBOARD_OPERATOR_HASH": _QUICK.hash(secret_of("operator")),
            "PRORATIO_DASHBOARD_VIEWER_HASH": _QUICK.hash(secret_of("viewer")),
            **self._told,
        }

    def add(self, name: str, secret: str) -> None:
        """Look for one more."""
        self._further[name] = secret

    def found_in(self, contents: Iterable[str | bytes]) -> list[str]:
        """Return the names of the secrets of which some twenty characters stand in one of these.

        A secret is found as it is, in capitals or not, and inside base64.
        """
        whole = b"\n".join(
            one.encode("utf-8", "replace") if isinstance(one, str) else one for one in contents
        )
        low = whole.lower()
        return [
            name
            for name, secret in self._secrets().items()
            if any(piece in low for piece in _pieces(secret.lower()))
            or any(piece in whole for piece in _in_base64(secret))
        ]

    def _secrets(self) -> dict[str, str]:
        known = {*secret_variables(), *_FREQTRADE, *_LOGINS} - set(self._told)
        hashes = {
            f"hash of {role}": self.environment[f"PRORATIO_DASHBOARD_{role}_HASH"].split("$")[-1]
            for role in ("OPERATOR", "VIEWER")
        }
        return {
            **{name: secret_of(name) for name in (*known, "operator", "viewer")},
            **hashes,
            **self._further,
        }


def _pieces(secret: str) -> list[bytes]:
    own = secret.removeprefix("canary-").encode()
    return [own[at : at + _PIECE] for at in range(0, max(len(own) - _PIECE, 0) + 1, _STEP)]


def _in_base64(secret: str) -> list[bytes]:
    """Return how a secret looks inside base64, by where it begins within three bytes."""
    found = []
    for ahead, spoiled in ((0, 0), (1, 2), (2, 3)):
        text = base64.b64encode(b"\0" * ahead + secret.encode())
        found.append(text[spoiled : len(text) - 4])
    return found
