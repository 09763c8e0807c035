"""Where a bot dies of `kill -9`: inside a named step, by a hand from outside.

No product code knows of these points; the steps are wrapped in the running bot.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any, Final, NoReturn

import msgspec
from freqtrade.persistence import Trade

from proratio_tradehub.halts import HaltFile
from proratio_tradehub.journal.journal import Journal
from proratio_tradehub.journal.trade_mirror import TradeMirror
from proratio_tradehub.orders import OrderDesk

AT_START: Final = "starting, orders just settled"
IN_LOOP: Final = "in a loop, before the strategy is asked"
HALT_FILE: Final = "halt file about to be written"


def die(*_: Any, **__: Any) -> NoReturn:
    """End this process as `kill -9` does: nothing is flushed, nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def arm(point: str, bot: Any) -> None:
    """Let a running bot die the next time it reaches a point."""
    _POINTS[point](bot)


def arm_start() -> None:
    """Let the bot that is about to start die once it has looked after earlier orders."""
    OrderDesk.settle = _then_die(OrderDesk.settle)  # type: ignore[method-assign]


def _then_die(step: Callable[..., Any]) -> Callable[..., Any]:
    def stepped(*words: Any, **named: Any) -> Any:
        step(*words, **named)
        die()

    return stepped


def _desk(bot: Any) -> OrderDesk:
    desk: OrderDesk = bot.strategy._orders.desk
    return desk


def _half_written(bot: Any) -> None:
    file = _desk(bot)._file

    def append(line: Any) -> None:
        data = msgspec.json.encode(line)
        descriptor = os.open(file._path, os.O_WRONLY | os.O_APPEND)
        os.write(descriptor, data[: len(data) // 2])
        die()

    file._append = append


def _written(bot: Any) -> None:
    _desk(bot)._send = die


def _sent(bot: Any) -> None:
    desk = _desk(bot)
    desk._place = _then_die(desk._place)


def _replied(bot: Any) -> None:
    file = _desk(bot)._file
    file.reply = _then_die(file.reply)


def _about_to_commit(bot: Any) -> None:
    file = _desk(bot)._file
    reply = file.reply

    def replied(*words: Any) -> None:
        reply(*words)
        Trade.commit = die

    file.reply = replied


def _committed(bot: Any) -> None:
    file, commit = _desk(bot)._file, Trade.commit
    reply = file.reply

    def replied(*words: Any) -> None:
        reply(*words)
        Trade.commit = _then_die(commit)

    file.reply = replied


def _cancelled(bot: Any) -> None:
    client = bot.exchange._api
    client.cancel_order = _then_die(client.cancel_order)


def _in_loop(bot: Any) -> None:
    bot.strategy.analyze = die


def _journal(_: Any) -> None:
    Journal.flush = die  # type: ignore[method-assign]


def _mirror(_: Any) -> None:
    TradeMirror.flush = _then_die(TradeMirror.flush)  # type: ignore[method-assign]


def _halt_file(_: Any) -> None:
    HaltFile._write = die  # type: ignore[method-assign]


_POINTS: Final[dict[str, Callable[[Any], None]]] = {
    "intent half written": _half_written,
    "intent written, order not sent": _written,
    "order accepted, reply not read": _sent,
    "reply written down, trade not known": _replied,
    "trade about to be committed": _about_to_commit,
    "trade just committed": _committed,
    "order cancelled, reply not used": _cancelled,
    IN_LOOP: _in_loop,
    "journal about to be flushed": _journal,
    "trades just mirrored": _mirror,
    HALT_FILE: _halt_file,
}
POINTS: Final = (*_POINTS, AT_START)
