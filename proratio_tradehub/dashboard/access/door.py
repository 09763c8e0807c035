"""Whether somebody has to sign in at all, by which ways, and what a password opens."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.access.openid import OpenIdProvider
from proratio_tradehub.dashboard.access.passwords import checked_hash, is_right
from proratio_tradehub.dashboard.access.visitors import Role, Visitor

__all__ = ["Door", "door_of", "is_loopback"]


@dataclass(frozen=True, slots=True)
class Door:
    """Which passwords there are, who else says who somebody is, and who comes in without.

    Parameters
    ----------
    viewer_hash, operator_hash
        Of the passwords; None when there is no such password.
    open_to
        The role of whoever comes without signing in; None: nobody may.
    provider
        Where people sign in without a password; None: nowhere.
    """

    viewer_hash: str | None
    operator_hash: str | None
    open_to: Role | None
    provider: OpenIdProvider | None = None

    @property
    def has_sign_in(self) -> bool:
        """Whether there is a way to sign in."""
        return self.has_password or self.provider is not None

    @property
    def has_password(self) -> bool:
        """Whether a password opens anything."""
        return self.viewer_hash is not None or self.operator_hash is not None

    def role_for(self, password: str) -> Role | None:
        """Return what a password opens; both are always tried, so that the time tells nothing."""
        tried = ((self.operator_hash, Role.OPERATOR), (self.viewer_hash, Role.VIEWER))
        found = [role for known, role in tried if known is not None and is_right(password, known)]
        return found[0] if found else None

    def stranger(self, address: str) -> Visitor | None:
        """Return whom somebody without a session is taken for; None: nobody."""
        return (
            None if self.open_to is None else Visitor(f"{self.open_to} at {address}", self.open_to)
        )


def door_of(
    settings: Settings, *, host: str, operator: bool, provider: OpenIdProvider | None = None
) -> Door:
    """Return the door for a dashboard that listens on `host`.

    Parameters
    ----------
    settings
        Have the hashes.
    host
        The address it binds.
    operator
        Whether whoever reaches it may act without a password; on loopback only.
    provider
        Where people may sign in instead; with one, nobody looks unasked.

    Raises
    ------
    ConfigurationError
        Others can reach this address and nothing keeps them out; or a hash is not usable.
    """
    viewer, by_operator = _hash(settings, Role.VIEWER), _hash(settings, Role.OPERATOR)
    if not is_loopback(host):
        if operator:
            raise ConfigurationError(
                f"--operator lets everybody act who reaches {host}; it is for 127.0.0.1 only"
            )
        if viewer is None and by_operator is None and provider is None:
            raise ConfigurationError(
                f"others can reach {host}, so a password is needed: `proratio dashboard password` "
                "makes PRORATIO_DASHBOARD_OPERATOR_HASH and PRORATIO_DASHBOARD_VIEWER_HASH; "
                "PRORATIO_DASHBOARD_OIDC_ISSUER names an OpenID provider instead"
            )
        return Door(viewer, by_operator, None, provider)
    is_open = viewer is None and provider is None
    unasked = Role.OPERATOR if operator else Role.VIEWER if is_open else None
    return Door(viewer, by_operator, unasked, provider)


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address; a name other than localhost does not."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hash(settings: Settings, role: Role) -> str | None:
    secret = (
        settings.dashboard_operator_hash
        if role is Role.OPERATOR
        else settings.dashboard_viewer_hash
    )
    if secret is None:
        return None
    name = f"PRORATIO_DASHBOARD_{role.value.upper()}_HASH"
    return checked_hash(secret.get_secret_value(), name=name)
