"""The process that is supervised: Freqtrade as it is, with a pulse and an end.

Run as `python -m proratio_tradehub.paper.bot PULSE trade ...`. Each finished loop touches the file
PULSE. Standard input is a pipe from the supervisor; when it closes, however the supervisor ended,
the bot is interrupted as by Ctrl-C, and ended for good should it not come to its end.

A strategy whose start failed would make no entry for ever: Freqtrade loops on, and looks well. So
the process ends instead, as it does without the strategy.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from freqtrade.commands import Arguments
from freqtrade.commands.trade_commands import start_trading
from freqtrade.exceptions import FreqtradeException, OperationalException, TemporaryError
from freqtrade.exchange import exchange_ws
from freqtrade.loggers import error_console
from freqtrade.worker import Worker

from proratio_core.errors import ConfigurationError

__all__ = ["LASTING", "TRANSIENT", "run_bot", "watch_parent"]

LASTING: Final = 2
"""Exit code: the next start would end in the same way."""

TRANSIENT: Final = 4
"""Exit code: the outside world failed."""

_GRACE_S: Final = 30.0
_WIDTH: Final = 10_000
"""Characters in a line of the log: one line a message, so that the last one is told whole."""

_EXCHANGE_AWAY: Final = "Could not load markets"
"""Freqtrade's word for an exchange that does not answer at the start; its kind is no help."""

_log = logging.getLogger(__name__)


def run_bot(pulse: Path, arguments: Sequence[str]) -> int:
    """Trade until interrupted; return the exit code.

    Parameters
    ----------
    pulse
        The file each loop touches.
    arguments
        Freqtrade's command line.
    """
    _give_pulse(pulse)
    _abandon_web_sockets()
    error_console.width = _WIDTH
    try:
        return int(start_trading(Arguments(list(arguments)).get_parsed_arg()))
    except KeyboardInterrupt:
        return 0
    except FreqtradeException as error:
        _log.error("%s", error)
        lasts = isinstance(error, OperationalException) and _EXCHANGE_AWAY not in str(error)
        return LASTING if lasts else TRANSIENT


def watch_parent(end: Callable[[], None]) -> threading.Thread:
    """Call `end` once standard input has closed."""
    descriptor = sys.stdin.fileno()

    def watch() -> None:
        # not `sys.stdin.read`: its lock would outlive the main thread
        while os.read(descriptor, 1):
            pass
        end()

    thread = threading.Thread(target=watch, name="parent", daemon=True)
    thread.start()
    return thread


def _end() -> None:
    signal.raise_signal(signal.SIGINT)
    timer = threading.Timer(_GRACE_S, lambda: os._exit(1))
    timer.daemon = True
    timer.start()


def _give_pulse(pulse: Path) -> None:
    process = Worker._process_running  # noqa: SLF001  # one loop of a bot that trades

    def beating(self: Any) -> None:
        _check_start(self.freqtrade.strategy)
        process(self)
        pulse.touch()

    Worker._process_running = beating  # noqa: SLF001


def _check_start(strategy: Any) -> None:
    failure = getattr(strategy, "start_failure", None)
    if failure is not None:
        lasts = isinstance(failure, ConfigurationError)
        kind = OperationalException if lasts else TemporaryError
        raise kind(f"{strategy.get_strategy_name()} did not start: {failure}")


def _abandon_web_sockets() -> None:
    """Let the process end where Freqtrade could not open the exchange, or gave up on its bot.

    It closes the thread of the WebSockets with a bot that ran; without one it waits for ever.
    """
    exchange_ws.Thread = partial(threading.Thread, daemon=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's `&` has it ignored
    watch_parent(_end)
    sys.exit(run_bot(Path(sys.argv[1]), sys.argv[2:]))
