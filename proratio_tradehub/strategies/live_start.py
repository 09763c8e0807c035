"""What ends a bot as it starts: orders that must not be sent, a configuration that is wrong."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from freqtrade.enums import TRADE_MODES, RunMode
from freqtrade.exceptions import OperationalException

from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError, ProratioError
from proratio_core.exchange import is_testnet, require_trade_only
from proratio_core.values import REPLAY
from proratio_tradehub.orders import foreign_urls

__all__ = ["TESTNET", "bot_ended_by_configuration", "check_live_start"]

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""

TESTNET = "testnet"
"""What it names where the exchange plays its own, with money that is none."""


def check_live_start(strategy: Any) -> None:
    """Raise unless a strategy that would send orders may do so; a dry-run may always start.

    Raises
    ------
    OperationalException
        A replayed market is named as the source, and an address leads to another machine; a testnet
        is, and orders would go elsewhere; or the key may withdraw, or is not known. Freqtrade ends
        with what it says.
    """
    if strategy.config["runmode"] is not RunMode.LIVE:
        return
    client = strategy.dp._exchange._api  # noqa: SLF001  # no public way to it
    source = strategy.config.get("proratio", {}).get("source")
    if source == REPLAY:
        _check_replayed(client.urls["api"])
    if source == TESTNET and not is_testnet(client):
        raise OperationalException(
            "The configuration says that the market is a testnet and that orders are sent, but not "
            "every address that takes them is one: orders might reach the exchange. Use "
            "config-testnet.json or config-testnet-futures.json as it is, or set dry_run to true."
        )
    try:
        rights = require_trade_only(client, clock=SystemClock())
    except ProratioError as error:
        raise OperationalException(f"No order is sent: {error}") from error
    _log.info("orders: the key %s", "does not tell what it may do" if rights is None else rights)


@contextmanager
def bot_ended_by_configuration(config: Mapping[str, Any]) -> Iterator[None]:
    """Let a bot end with what is wrong in its configuration; elsewhere the error stays ours.

    Raises
    ------
    OperationalException
        In a bot: Freqtrade ends with what it says, and with a traceback of anything else.
    ConfigurationError
        In a backtest, and wherever no bot runs.
    """
    try:
        yield
    except ConfigurationError as error:
        if config.get("runmode") in TRADE_MODES:
            raise OperationalException(str(error)) from error
        raise


def _check_replayed(urls: Any) -> None:
    elsewhere = foreign_urls(urls)
    if elsewhere:
        raise OperationalException(
            f"The configuration says that the market is a replayed one and that orders are sent, "
            f"but {elsewhere[0]} is not on this machine: orders might reach an exchange. Use "
            "config-replay-live.json as it is, or set dry_run to true."
        )
