"""A strategy that would send orders is asked first whether it may."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException

from proratio_tradehub.strategies.live_start import check_live_start

HERE, AWAY = "http://127.0.0.1:8099/api/v3", "https://api.binance.com/api/v3"


def strategy(runmode: RunMode, source: str | None, **urls: str) -> Any:
    api = SimpleNamespace(urls={"api": urls})
    return SimpleNamespace(
        config={"runmode": runmode, "proratio": {} if source is None else {"source": source}},
        dp=SimpleNamespace(_exchange=SimpleNamespace(_api=api)),
    )


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
    check_live_start(strategy(RunMode.LIVE, None, public=AWAY))
