"""The door: open on this machine, closed to everybody else until there is a password."""

from __future__ import annotations

from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.access.door import Door, door_of, is_loopback
from proratio_tradehub.dashboard.access.openid import provider_of
from proratio_tradehub.dashboard.access.visitors import Role

_QUICK = PasswordHasher(memory_cost=8_192, time_cost=1, parallelism=1)
OPERATOR, VIEWER = _QUICK.hash("operator words here"), _QUICK.hash("viewer words here")
BOTH = Settings(
    PRORATIO_DASHBOARD_OPERATOR_HASH=OPERATOR,
    PRORATIO_DASHBOARD_VIEWER_HASH=VIEWER,
)
ONE = Settings(PRORATIO_DASHBOARD_OPERATOR_HASH=OPERATOR)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("dashboard.example", False),
        ("localhost.evil.example", False),
    ],
)
def test_loopback_is_this_machine_alone(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("settings", "operator", "open_to"),
    [
        (Settings(), False, Role.VIEWER),
        (Settings(), True, Role.OPERATOR),
        (ONE, False, Role.VIEWER),
        (BOTH, False, None),
        (BOTH, True, Role.OPERATOR),
    ],
)
def test_who_comes_without_a_password_on_loopback(
    settings: Settings, operator: bool, open_to: Role | None
) -> None:
    assert door_of(settings, host="127.0.0.1", operator=operator).open_to is open_to


def test_other_addresses_need_a_password() -> None:
    with pytest.raises(ConfigurationError, match=r"others can reach 0\.0\.0\.0.*password"):
        door_of(Settings(), host="0.0.0.0", operator=False)
    with pytest.raises(ConfigurationError, match="--operator lets everybody act"):
        door_of(BOTH, host="0.0.0.0", operator=True)
    assert door_of(ONE, host="0.0.0.0", operator=False).open_to is None


def test_password_opens_its_own_role() -> None:
    door = Door(VIEWER, OPERATOR, None)
    assert door.role_for("operator words here") is Role.OPERATOR
    assert door.role_for("viewer words here") is Role.VIEWER
    assert door.role_for("") is None
    assert not Door(None, None, Role.VIEWER).has_sign_in


def test_stranger_is_let_in_only_where_the_door_is_open() -> None:
    door = Door(None, None, Role.VIEWER)
    stranger = door.stranger("127.0.0.1")
    assert stranger is not None
    assert (stranger.name, stranger.may_act) == ("viewer at 127.0.0.1", False)
    assert replace(door, open_to=None).stranger("127.0.0.1") is None


def test_openid_provider_keeps_others_out_as_a_password_does() -> None:
    provider = provider_of(
        Settings(
            PRORATIO_DASHBOARD_URL="https://trading.example.org",
            PRORATIO_DASHBOARD_OIDC_ISSUER="https://id.example.org",
            PRORATIO_DASHBOARD_OIDC_CLIENT_ID="proratio",
            PRORATIO_DASHBOARD_OIDC_VIEWERS="a@example.org",
        ),
        SystemClock(),
    )
    for host in ("0.0.0.0", "127.0.0.1"):
        door = door_of(Settings(), host=host, operator=False, provider=provider)
        assert (door.open_to, door.has_sign_in, door.has_password) == (None, True, False)
        assert door.role_for("") is None
    door = door_of(Settings(), host="127.0.0.1", operator=True, provider=provider)
    assert door.open_to is Role.OPERATOR
