"""A paper bot kept alive, one of each strategy."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings, own_environment
from proratio_quantlab.terms import read_source
from proratio_tradehub.account_name import AccountName
from proratio_tradehub.marks import Mark
from proratio_tradehub.paper.bot_command import (
    PaperBot,
    bot_command,
    bot_environment,
    config_files_of,
)
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
    pulse, overlay = health.with_suffix(".pulse"), health.with_suffix(".overlay")
    command = bot_command(bot, settings, pulse=pulse, overlay=overlay)
    source = read_source(config_files_of(bot, settings))
    mark = Mark.of_account(str(AccountName(bot.strategy, "dry_run", source, "")))
    environment = bot_environment(own_environment(), settings)
    with _alone(health.with_suffix(".lock"), bot.strategy) as lock:
        overlay.write_bytes(msgspec.json.encode(bot.overlay))  # read anew at each start of the bot
        against = f"{source} as it is" if mark is Mark.PAPER else f"{source}, no exchange's market"
        say(f"{mark}: {bot.strategy} against {against}; Ctrl-C stops it")
        supervised = Supervised(
            bot.strategy, mark, command, environment, pulse, health, held=(lock,)
        )
        Supervisor(supervised, clock=clock, say=say).run()


@contextmanager
def _alone(lock: Path, strategy: str) -> Iterator[int]:
    """Hold the lock of a strategy, yielding its descriptor.

    It is given up however this process ends, once the bot it is handed to has ended as well.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        opened = lock.open("w")
    except OSError as error:
        raise ConfigurationError(
            f"{lock} cannot be written ({error.strerror}); paper trading keeps its health there, "
            "make the folder writable"
        ) from error
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(
                f"{strategy} is on paper already; `proratio paper --status` says how it is. Where "
                "its supervisor was killed, its bot ends within half a minute; try again then"
            ) from error
        yield file.fileno()
