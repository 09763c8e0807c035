"""A house whose bot is a fake one, and its visitors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from proratio_core.clock import Clock
from proratio_tradehub.dashboard.access import Door, Role, Visitor
from proratio_tradehub.dashboard.house import House
from tests.tradehub.dashboard.drawing import a_house
from tests.tradehub.halts.fake_bot import LOGIN

__all__ = ["AWAY_URL", "OPERATOR", "VIEWER", "a_braked_house"]

OPERATOR = Visitor("operator at 10.0.0.7", Role.OPERATOR)
VIEWER = Visitor("viewer at 10.0.0.8", Role.VIEWER)
AWAY_URL = "postgresql://127.0.0.1:9/x"


@contextmanager
def a_braked_house(
    database_url: str,
    folder: Path,
    *,
    clock: Clock | None = None,
    bot_url: str = "http://127.0.0.1:1",
) -> Iterator[House]:
    """Yield a house that operators may enter without a password."""
    door = Door(None, None, Role.OPERATOR)
    with a_house(database_url, folder, clock=clock, door=door) as house:
        changes = {
            "bot_url": bot_url,
            "bot_username": LOGIN[0],
            "bot_password": SecretStr(LOGIN[1]),
        }
        yield replace(house, settings=house.settings.model_copy(update=changes))
