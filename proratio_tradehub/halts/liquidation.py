"""Closing everything, in two steps: one that shows, and one that does it within a minute."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import msgspec

from proratio_core.atomic_file import replacing
from proratio_core.clock import Clock
from proratio_core.errors import ProratioError, RiskError, TransientError
from proratio_tradehub.halts.bot import BotTrade
from proratio_tradehub.halts.events import Action
from proratio_tradehub.halts.halts import Halts

__all__ = ["VALID_FOR", "Closing", "Liquidation", "Warrant", "WarrantFile"]

VALID_FOR: Final = timedelta(minutes=1)
_WAIT_S: Final = 60.0
_LOOK_AGAIN_S: Final = 2.0


class Bot(Protocol):
    """Who can close positions."""

    def open_trades(self) -> tuple[BotTrade, ...]:
        """Return what is held."""
        ...

    def close(self, trade: BotTrade) -> None:
        """Have it closed."""
        ...


@dataclass(frozen=True, slots=True)
class Warrant:
    """The permission to close everything, once and soon."""

    token: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Closing:
    """What became of a liquidation.

    Parameters
    ----------
    closed, open
        What was closed, and what is still open.
    problems
        Why something is open, or why it is not known, a line for each; what the bot answered of
        a trade that is closed in the end is none.
    """

    closed: tuple[BotTrade, ...]
    open: tuple[BotTrade, ...]
    problems: tuple[str, ...] = ()


class WarrantFile:
    """The one warrant that may be out at a time.

    Parameters
    ----------
    path
        Where it is kept between the two steps.
    clock
        The time it is.
    command
        What issues one.
    """

    def __init__(
        self, path: Path, *, clock: Clock, command: str = "proratio risk liquidate"
    ) -> None:
        self._path = path
        self._clock = clock
        self._command = command

    def issue(self) -> Warrant:
        """Return a new warrant in place of any other.

        Raises
        ------
        TransientError
            The folder cannot be written.
        """
        warrant = Warrant(secrets.token_hex(4), self._clock.now() + VALID_FOR)
        try:
            with replacing(self._path) as beside:
                beside.write_bytes(msgspec.json.encode(warrant))
        except OSError as error:
            raise TransientError(
                f"{self._path} cannot be written ({error}); make its folder writable"
            ) from error
        return warrant

    def redeem(self, token: str) -> None:
        """Use up the warrant.

        Raises
        ------
        RiskError
            There is none, it is another one, or its minute is over.
        """
        again = f"ask for a new one: {self._command}"
        try:
            warrant = msgspec.json.decode(self._path.read_bytes(), type=Warrant)
        except (OSError, msgspec.DecodeError) as error:
            raise RiskError(f"nothing was to be confirmed; {again}") from error
        self._path.unlink(missing_ok=True)
        if not hmac.compare_digest(warrant.token.encode(), token.encode()):
            raise RiskError(f"token {token!r} is not the one that was shown; {again}")
        if self._clock.now() >= warrant.valid_until:
            raise RiskError(
                f"the token was valid until {warrant.valid_until:%H:%M:%S} UTC; {again}"
            )


class Liquidation:
    """Halts, then closes every position of a bot.

    Parameters
    ----------
    halts
        Where it is ordered and put on record.
    bot
        Who closes.
    clock
        The time it is.
    """

    def __init__(self, halts: Halts, bot: Bot, *, clock: Clock) -> None:
        self._halts = halts
        self._bot = bot
        self._clock = clock

    def run(self, *, reason: str, by: str) -> Closing:
        """Halt, close, wait until it is done, and put on record what became of it.

        Nothing is closed twice: a trade whose order is under way is waited for, at most a minute.

        Raises
        ------
        TransientError
            The halt could be recorded nowhere; nothing was closed.
        """
        self._halts.order(Action.HALT, reason=f"liquidation: {reason}", by=by)
        closing = self._close_all()
        self._halts.order(Action.LIQUIDATE, reason=_summary(closing, reason), by=by)
        return closing

    def _close_all(self) -> Closing:
        try:
            held = self._bot.open_trades()
        except ProratioError as error:
            return Closing((), (), (str(error),))
        refused = dict(self._ask_each(held))
        left, lost = held, None
        until = self._clock.monotonic() + _WAIT_S
        while left and self._clock.monotonic() < until:
            try:
                left = self._bot.open_trades()
            except ProratioError as error:
                lost = str(error)
                break
            if left:
                self._clock.sleep(_LOOK_AGAIN_S)
        open_ids = {trade.id for trade in left}
        problems = [said for number, said in refused.items() if number in open_ids]
        closed = tuple(trade for trade in held if trade.id not in open_ids)
        return Closing(closed, left, tuple(problems if lost is None else [*problems, lost]))

    def _ask_each(self, held: tuple[BotTrade, ...]) -> Iterator[tuple[int, str]]:
        """Ask for each to be closed; return the number of each that was refused, and why.

        Of an entry that is not filled the bot says that it failed: it has cancelled the order, so
        there is nothing left that could be sold.
        """
        for trade in held:
            try:
                self._bot.close(trade)
            except ProratioError as error:
                yield trade.id, str(error)


def _summary(closing: Closing, reason: str) -> str:
    closed = ", ".join(trade.pair for trade in closing.closed) or "nothing"
    left = ", ".join(trade.pair for trade in closing.open)
    rest = f"; still open: {left}" if left else ""
    problems = f"; {'; '.join(closing.problems)}" if closing.problems else ""
    return f"{reason}: closed {closed}{rest}{problems}"
