"""Telegram through python-telegram-bot: sending only, as Freqtrade's bot keeps the commands."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr

from proratio_core.errors import (
    ConfigurationError,
    DataError,
    ProratioError,
    RateLimitError,
    TransientError,
)
from proratio_tradehub.alerts.messages import Message
from proratio_tradehub.alerts.news import News

if TYPE_CHECKING:
    from telegram import Bot
    from telegram.error import TelegramError

__all__ = ["TelegramChannel"]

_URL: Final = "https://api.telegram.org"
_PACE_S: Final = 1.0
_GROUP_PACE_S: Final = 3.0
_WORDY: Final = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.CRITICAL,
}
"""Loggers that write whole URLs, and so the token, or whole messages and answers, below that."""


class TelegramChannel:
    """One chat.

    Nothing is connected, and the library not imported, before the first message. Telegram asks for
    one message a second to a person, and twenty a minute to a group.

    Parameters
    ----------
    token
        Of the bot that writes.
    chat_id
        Who reads: a number, negative for a group, or the `@name` of a channel.
    url
        Another server of the Bot API; None for Telegram's.
    timeout_s
        How long one attempt may take, whatever hangs.
    """

    name = "Telegram"

    def __init__(
        self, token: SecretStr, chat_id: str, *, url: str | None = None, timeout_s: float = 10.0
    ) -> None:
        for name, level in _WORDY.items():  # Freqtrade's process is not set up by us
            logging.getLogger(name).setLevel(max(level, logging.getLogger(name).level))
        self.pace_s = _GROUP_PACE_S if chat_id.startswith(("-", "@")) else _PACE_S
        self._token = token
        self._chat_id = chat_id
        self._url = (url or _URL).rstrip("/")
        self._timeout_s = timeout_s
        self._runner = asyncio.Runner()
        self._bot: Bot | None = None

    def takes(self, news: News) -> bool:  # noqa: ARG002
        """Return that every kind of news goes this way."""
        return True

    def send(self, message: Message) -> None:
        """Send one message.

        Raises
        ------
        ConfigurationError, DataError, RateLimitError, TransientError
            As `Channel.send` says.
        """
        from telegram.error import TelegramError  # noqa: PLC0415  # half a second; only who sends

        try:
            self._runner.run(self._attempt(message))
        except TimeoutError:
            raise TransientError(self._silent()) from None
        except TelegramError as error:
            raise self._translated(error) from None  # the original may carry the token

    def close(self) -> None:
        """Let go of the connection."""
        if self._bot is not None:  # the bot itself was never asked who it is, so it closes nothing
            self._runner.run(self._bot.request.shutdown())
            self._bot = None
        self._runner.close()

    async def _attempt(self, message: Message) -> None:
        bot = await self._connected()
        addressed: dict[str, Any] = {"chat_id": self._chat_id, "parse_mode": "HTML"}
        async with asyncio.timeout(self._timeout_s):
            if message.picture_png is None:
                await bot.send_message(text=message.html, **addressed)
            else:
                await bot.send_photo(photo=message.picture_png, caption=message.html, **addressed)

    async def _connected(self) -> Bot:
        """Return the bot; asking Telegram who it is would be one more call that can fail."""
        if self._bot is None:
            from telegram import Bot  # noqa: PLC0415
            from telegram.request import HTTPXRequest  # noqa: PLC0415

            limit_s = self._timeout_s
            request = HTTPXRequest(
                1, read_timeout=limit_s, write_timeout=limit_s, connect_timeout=limit_s
            )
            self._bot = Bot(
                self._token.get_secret_value(),
                base_url=f"{self._url}/bot",
                request=request,
                get_updates_request=request,
            )
        return self._bot

    def _translated(self, error: TelegramError) -> ProratioError:
        from telegram import error as kinds  # noqa: PLC0415

        said = self._masked(error.message)
        failure: ProratioError
        match error:
            case kinds.RetryAfter():
                wait = error.retry_after
                seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
                failure = RateLimitError(
                    f"Telegram asks to wait {seconds:g} s", retry_after_s=seconds
                )
            case kinds.InvalidToken():
                failure = ConfigurationError(
                    f"Telegram does not accept the token ({said}); copy it again from BotFather "
                    "into PRORATIO_TELEGRAM_TOKEN"
                )
            case kinds.ChatMigrated():
                failure = ConfigurationError(
                    "the group has become a supergroup; set PRORATIO_TELEGRAM_CHAT_ID="
                    f"{error.new_chat_id}"
                )
            case kinds.Forbidden():
                failure = ConfigurationError(
                    f"Telegram does not let the bot write there ({said}); open the chat, press "
                    "Start or unblock the bot, or add it to the group"
                )
            case kinds.BadRequest() if "chat" in said.lower():
                failure = ConfigurationError(
                    f"Telegram does not find the chat ({said}); PRORATIO_TELEGRAM_CHAT_ID is your "
                    "number, and you have to have written to the bot once"
                )
            case kinds.BadRequest():
                failure = DataError(f"Telegram refuses this message: {said}")
            case kinds.TimedOut():
                failure = TransientError(self._silent())
            case _:
                failure = TransientError(
                    f"Telegram failed at {self._url}: {said}; where that lasts, look at this "
                    "machine's network and at PRORATIO_TELEGRAM_URL"
                )
        return failure

    def _silent(self) -> str:
        return f"Telegram did not answer within {self._timeout_s:g} s at {self._url}"

    def _masked(self, text: str) -> str:
        return " ".join(text.replace(self._token.get_secret_value(), "***").split())[:200]
