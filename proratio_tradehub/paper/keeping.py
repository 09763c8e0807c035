"""A paper bot kept alive, one of each strategy."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings, own_environment
from proratio_tradehub.paper.bot_command import PaperBot, bot_command, bot_environment
from proratio_tradehub.paper.health import health_path
from proratio_tradehub.paper.supervisor import Supervised, Supervisor

__all__ = ["keep_alive"]


def keep_alive(
    bot: PaperBot, settings: Settings, *, clock: Clock, say: Callable[[str], None]
) -> None:
    """Keep a bot alive until this process is interrupted.

    Raises
    ------
    ConfigurationError
        The bot cannot run as it is configured, or runs already.
    """
    health = health_path(settings, bot.strategy)
    pulse = health.with_suffix(".pulse")
    command = bot_command(bot, settings, pulse=pulse, overlay=health.with_suffix(".overlay"))
    supervised = Supervised(
        bot.strategy, command, bot_environment(own_environment(), settings), pulse, health
    )
    with _alone(health.with_suffix(".lock"), bot.strategy):
        Supervisor(supervised, clock=clock, say=say).run()


@contextmanager
def _alone(lock: Path, strategy: str) -> Iterator[None]:
    """Hold the lock of a strategy; it is given up however this process ends."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(
                f"{strategy} is on paper already; `proratio paper --status` says how it is"
            ) from error
        yield
