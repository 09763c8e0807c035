"""A throw-away installation: what is tried never enters the user's own candles and results."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proratio_core.database import Database, open_database
from proratio_core.settings import Settings

__all__ = ["isolated"]

_COPIED = ("strategies", "profiles", "risk")


@contextmanager
def isolated(settings: Settings) -> Iterator[tuple[Settings, Database]]:
    """Yield an empty installation with the strategies, profiles and configuration of another.

    Parameters
    ----------
    settings
        The installation that is copied; its database is not touched.
    """
    with tempfile.TemporaryDirectory(prefix="proratio-isolated-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # run as root, the embedded server is another user
        user_data = folder / "user_data"
        user_data.mkdir()
        for part in _COPIED:
            if (settings.user_data / part).is_dir():
                shutil.copytree(
                    settings.user_data / part,
                    user_data / part,
                    ignore=shutil.ignore_patterns("__pycache__"),
                )
        for file in settings.user_data.glob("config*.json"):
            shutil.copy(file, user_data)
        alone = settings.model_copy(
            update={"user_data": user_data, "database_url": None, "redis_url": None}
        )
        with open_database(alone) as database:
            yield alone, database
