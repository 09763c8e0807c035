"""`proratio portfolio` on stored candles."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_tradehub.cli.portfolio import MethodName, app
from proratio_tradehub.portfolio import Method
from tests.signals.samples import BTC, ETH, candle_frame
from tests.tradehub.cli.invoking import Invoke, invoker


@pytest.fixture
def invoke(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Invoke:
    CandleStore(database).write(BTC, candle_frame(600))
    CandleStore(database).write(ETH, candle_frame(600, seed=2))
    return invoker(
        app,
        tmp_path,
        monkeypatch,
        last=("--timeframe", "1h"),
        DATABASE_URL=database_url,
        COLUMNS="160",
    )


def test_the_names_of_methods_are_the_methods() -> None:
    assert [name.value for name in MethodName] == [method.value for method in Method]


def test_an_allocation_as_a_table_and_as_a_document(invoke: Invoke) -> None:
    printed = invoke("allocate", "--method", "risk-parity", "--max-weight", "0.6").stdout
    assert "2 assets, 599 returns from 2024-01-01" in printed
    assert "share of risk" in printed
    assert "To be traded: 100.0% of the capital." in printed

    document = json.loads(invoke("allocate", "--method", "risk-parity", "--json").stdout)
    assert sum(document["weights"].values()) + document["cash_frac"] == pytest.approx(1)
    assert list(document["risk_shares"].values()) == pytest.approx([0.5, 0.5], abs=0.02)


def test_what_is_held_limits_what_is_traded(invoke: Invoke) -> None:
    words = ("allocate", "--held", "BTC/USDT=0.9", "--max-turnover", "0.05", "--max-weight", "1")
    document = json.loads(invoke(*words, "--method", "equal", "--json").stdout)
    assert document["turnover_frac"] == 0.05
    assert document["weights"]["ETH/USDT"] > 0


def test_without_an_acting_vote_black_litterman_says_so(invoke: Invoke) -> None:
    printed = invoke("allocate", "--method", "black-litterman", "--max-weight", "1").stdout
    assert "No view" in printed
    document = json.loads(
        invoke("allocate", "--method", "black-litterman", "--max-weight", "1", "--json").stdout
    )
    assert document["views"] == []
    assert list(document["weights"].values()) == pytest.approx([0.5, 0.5], abs=1e-3)


def test_methods_are_compared_with_equal_weights(invoke: Invoke) -> None:
    words = ("compare", "--window", "100", "--every", "50", "--max-weight", "0.9")
    printed = invoke(*words).stdout
    assert "Weights chosen every 50 candles from the 100 before; 0.20% a side." in printed
    document = json.loads(invoke(*words, "--json").stdout)
    rows = {row["method"]: row for row in document["methods"]}
    assert "black-litterman" not in rows  # without votes it is the market
    assert rows["equal"]["difference"] is None
    difference = rows["hrp"]["difference"]
    assert difference["low"] < difference["value"] < difference["high"]
    assert all(row["candles"] == 499 for row in rows.values())


def test_risk_with_coverage_and_clusters(invoke: Invoke) -> None:
    printed = invoke("risk", "--window", "100").stdout
    assert "VaR 95.0%" in printed
    assert "independent bets" in printed
    document = json.loads(
        invoke("risk", "--window", "100", "--held", "BTC/USDT=0.5", "--json").stdout
    )
    assert [tail["method"] for tail in document["tails"]] == [
        "historical", "parametric", "filtered",
    ]  # fmt: skip
    for tail in document["tails"]:
        assert 0 < tail["var_frac"] < tail["cvar_frac"]
        assert tail["coverage"]["forecasts"] == 499
    assert np.isfinite(document["effective_bets"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("allocate", "--held", "BTC/USDT"), "expected PAIR=FRACTION"),
        (("allocate", "--held", "SOL/USDT=0.1"), "weights are held in SOL/USDT"),
        (("risk", "--held", "SOL/USDT=0.1"), "SOL/USDT is held but not among"),
        (("risk", "--window", "5000"), "does not fit"),
        (("compare", "--window", "5000"), "do not outlast"),
        (("allocate", "--exchange", "nowhere"), "no 1h candles of nowhere"),
    ],
)
def test_wrong_words_say_what_was_expected(
    invoke: Invoke, words: tuple[str, ...], message: str
) -> None:
    assert message in str(invoke(*words, expect=DataError).exception)
