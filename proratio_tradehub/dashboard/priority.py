"""The dashboard gives way: a bot on the same machine goes first."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Final

from proratio_core.errors import ProratioError
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.reading import Reader

__all__ = ["NICENESS", "give_way"]

NICENESS: Final = 5


def give_way(settings: Settings, reader: Reader) -> None:
    """Lower the priority of this process, for good.

    An embedded database that this process has to start is started before: the bot uses it too, and
    a server keeps the priority of whoever started it. Where that fails, the pages say why.
    """
    if settings.database_url is None:
        with suppress(ProratioError):
            reader.read(lambda _database: None)
    os.nice(NICENESS)
