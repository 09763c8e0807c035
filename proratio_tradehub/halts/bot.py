"""The trading bot, asked over Freqtrade's own REST API."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from proratio_core.errors import ConfigurationError, DataError, TransientError
from proratio_core.logs import masker
from proratio_core.settings import Settings

__all__ = ["BotTrade", "TradingBot"]

_URL: Final = "http://127.0.0.1:8080"
_TIMEOUT_S: Final = 5


@dataclass(frozen=True, slots=True)
class BotTrade:
    """A trade that the bot has open: its number, what is held, and what it is worth in quote.

    One of which nothing is held is an entry that waits to be filled.
    """

    id: int
    pair: str
    side: str
    amount: float
    value_quote: float
    profit_quote: float

    def __str__(self) -> str:
        if not self.amount:
            return f"trade {self.id}: {self.side} {self.pair}, an entry of which nothing is filled"
        return (
            f"trade {self.id}: {self.side} {self.amount:g} {self.pair}, worth "
            f"{self.value_quote:,.2f}, profit {self.profit_quote:+,.2f}"
        )


class TradingBot:
    """A running `freqtrade trade` whose API server is on.

    Parameters
    ----------
    settings
        Where it listens, and the login of its API.
    """

    def __init__(self, settings: Settings) -> None:
        from freqtrade_client import FtRestClient  # noqa: PLC0415  # requests; only where it is asked

        logging.getLogger("ft_rest_client").setLevel(logging.CRITICAL)  # our error says it
        url = (settings.bot_url or _URL).rstrip("/")
        self._mask = masker(settings)
        self._shown_url = self._mask(url)
        password = settings.bot_password
        self._client = FtRestClient(
            url,
            settings.bot_username,
            None if password is None else password.get_secret_value(),
            timeout=_TIMEOUT_S,
        )

    def open_trades(self) -> tuple[BotTrade, ...]:
        """Return what the bot holds.

        Raises
        ------
        ConfigurationError
            It does not accept the login.
        DataError
            What answers there is not Freqtrade.
        TransientError
            It does not answer.
        """
        answer = self._asked(self._client.status)
        try:
            return tuple(_trade(entry) for entry in answer)
        except (KeyError, TypeError, ValueError) as error:
            raise self._foreign(answer) from error

    def close(self, trade: BotTrade) -> None:
        """Have a trade closed at the market's price; it may take some loops until it is.

        Raises
        ------
        ConfigurationError, DataError, TransientError
            As for `open_trades`; `DataError` also when the bot refuses.
        """
        answer = self._asked(lambda: self._client.forceexit(trade.id, ordertype="market"))
        if not isinstance(answer, dict) or "result" not in answer:
            raise DataError(f"the bot does not close {trade.pair}: {self._said(answer)}")

    def _asked(self, question: Callable[[], Any]) -> Any:
        import requests  # noqa: PLC0415  # as the client

        try:
            answer = question()
        except (requests.RequestException, ValueError) as error:
            raise self._away(type(error).__name__) from error
        if answer is None:
            raise self._away("nobody listens")
        if isinstance(answer, dict) and answer.get("detail") == "Unauthorized":
            raise ConfigurationError(
                f"the bot at {self._shown_url} does not accept the login; set "
                "FREQTRADE__API_SERVER__USERNAME and FREQTRADE__API_SERVER__PASSWORD as the bot "
                "has them"
            )
        return answer

    def _away(self, reason: str) -> TransientError:
        return TransientError(
            f"no bot answers at {self._shown_url} ({reason}); start it with its API server on "
            "(FREQTRADE__API_SERVER__ENABLED=true), or name another address in PRORATIO_BOT_URL"
        )

    def _foreign(self, answer: Any) -> DataError:
        said = self._said(answer)
        return DataError(f"what answers at {self._shown_url} is not Freqtrade's API: {said}")

    def _said(self, answer: Any) -> str:
        """Return what was answered; it may be an echo of the question, login and all."""
        return self._mask(" ".join(str(answer).split()))[:200]


def _trade(entry: dict[str, Any]) -> BotTrade:
    amount, rate = float(entry["amount"]), float(entry.get("current_rate") or entry["open_rate"])
    return BotTrade(
        id=int(entry["trade_id"]),
        pair=str(entry["pair"]),
        side="short" if entry["is_short"] else "long",
        amount=amount,
        value_quote=amount * rate,
        profit_quote=float(entry.get("profit_abs") or 0.0),
    )
