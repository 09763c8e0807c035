"""A strategy that would send orders is asked first whether it may."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, SimpleNamespace
from typing import Any

import ccxt
import pytest
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException

from proratio_tradehub.strategies.live_start import check_live_start

HERE, AWAY = "http://127.0.0.1:8099/api/v3", "https://api.binance.com/api/v3"


RIGHTS = (
    "ipRestrict",
    "enableReading",
    "enableWithdrawals",
    "enableInternalTransfer",
    "permitsUniversalTransfer",
    "enableFutures",
    "enableSpotAndMarginTrading",
)


def strategy(
    runmode: RunMode,
    source: str | None,
    *,
    rights: Mapping[str, bool] = MappingProxyType({}),
    **urls: str,
) -> Any:
    """Return a strategy as Freqtrade has set it up, with a key that may trade and nothing else."""
    may = {name: "enable" in name and name != "enableWithdrawals" for name in RIGHTS} | dict(rights)
    api = SimpleNamespace(
        id="binance",
        urls={"api": urls},
        last_response_headers={},
        sapi_get_account_apirestrictions=lambda: may,
    )
    return SimpleNamespace(
        config={"runmode": runmode, "proratio": {} if source is None else {"source": source}},
        dp=SimpleNamespace(_exchange=SimpleNamespace(_api=api)),
    )


def sending(api: Any, source: str) -> Any:
    """Return a strategy whose orders a real ccxt client would send."""
    asked = strategy(RunMode.LIVE, source)
    asked.dp._exchange._api = api
    return asked


def test_a_replayed_market_with_one_address_elsewhere_is_refused() -> None:
    with pytest.raises(
        OperationalException, match=r"api\.binance\.com/api/v3 is not on this machine"
    ):
        check_live_start(strategy(RunMode.LIVE, "replay", public=HERE, private=AWAY))


@pytest.mark.parametrize("runmode", [RunMode.DRY_RUN, RunMode.BACKTEST])
def test_what_sends_no_orders_may_start_anywhere(runmode: RunMode) -> None:
    check_live_start(strategy(runmode, "replay", public=AWAY))


def test_a_replayed_market_on_this_machine_and_an_exchange_may_start() -> None:
    check_live_start(strategy(RunMode.LIVE, "replay", public=HERE, private=HERE))
    check_live_start(strategy(RunMode.LIVE, None, public=AWAY, sapi=AWAY))


@pytest.mark.parametrize(
    ("right", "reason"),
    [
        ({"enableWithdrawals": True}, "may withdraw money"),
        ({"enableFutures": False, "enableSpotAndMarginTrading": False}, "may only read"),
    ],
)
def test_a_key_that_may_withdraw_or_not_trade_is_refused(
    right: dict[str, bool], reason: str
) -> None:
    with pytest.raises(OperationalException, match=reason):
        check_live_start(strategy(RunMode.LIVE, None, rights=right, sapi=AWAY))
    check_live_start(strategy(RunMode.DRY_RUN, None, rights=right, sapi=AWAY))


def test_orders_for_a_testnet_go_to_one_or_nowhere() -> None:
    for elsewhere in (ccxt.binance(), ccxt.binance({"options": {"enableDemoTrading": True}})):
        with pytest.raises(OperationalException, match="not every address that takes them is one"):
            check_live_start(sending(elsewhere, "testnet"))
    check_live_start(sending(ccxt.binance({"sandbox": True}), "testnet"))
    demo = {"urls": {"api": ccxt.binance().urls["demo"]}}
    check_live_start(sending(ccxt.binance(demo), "testnet"))  # and asks nobody what its key may do
