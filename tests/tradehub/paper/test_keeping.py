from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_tradehub.paper.bot_command import PaperBot
from proratio_tradehub.paper.health import health_path
from proratio_tradehub.paper.keeping import keep_alive

STRATEGIES = Path(__file__).parents[3] / "user_data"


def test_a_strategy_is_on_paper_once(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    (tmp_path / "strategies").symlink_to(STRATEGIES / "strategies")
    (tmp_path / "config.json").symlink_to(STRATEGIES / "config.json")
    lock = health_path(settings, "Scalping").with_suffix(".lock")
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        with pytest.raises(ConfigurationError, match="Scalping is on paper already"):
            keep_alive(PaperBot("Scalping"), settings, clock=SystemClock(), say=print)
