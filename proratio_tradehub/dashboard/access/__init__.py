"""Who may look at the dashboard and who may act: passwords, OpenID, sessions, one-time tokens."""

from proratio_tradehub.dashboard.access.door import Door, door_of, is_loopback
from proratio_tradehub.dashboard.access.lockout import Lockout
from proratio_tradehub.dashboard.access.openid import provider_of
from proratio_tradehub.dashboard.access.passwords import hash_of
from proratio_tradehub.dashboard.access.tokens import ActionTokens
from proratio_tradehub.dashboard.access.visitors import Role, Visitor, Visitors

__all__ = [
    "ActionTokens",
    "Door",
    "Lockout",
    "Role",
    "Visitor",
    "Visitors",
    "door_of",
    "hash_of",
    "is_loopback",
    "provider_of",
]
