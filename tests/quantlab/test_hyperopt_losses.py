"""Our objectives as Freqtrade's hyperopt calls them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from freqtrade.resolvers.hyperopt_resolver import HyperOptLossResolver

from proratio_quantlab.hyperopt_losses import (
    closed_trade_returns,
    constrained_loss,
    deflated_loss,
)
from proratio_quantlab.objectives import WORST, constrained_score, deflated_score
from tests.freqtrade_home import REPOSITORY, FreqtradeHome

SPAN = {
    "min_date": datetime(2024, 1, 1, tzinfo=UTC),
    "max_date": datetime(2024, 3, 31, 23, tzinfo=UTC),
}


def trades(profits: list[float], every_hours: int = 36) -> pd.DataFrame:
    start = pd.Timestamp("2024-01-01T05:00Z")
    closed = [start + pd.Timedelta(hours=every_hours * n) for n in range(len(profits))]
    return pd.DataFrame({"close_date": pd.DatetimeIndex(closed), "profit_abs": profits})


def test_profits_of_a_day_change_the_wallet_of_that_day() -> None:
    found = closed_trade_returns(trades([10.0, -5.0, 15.0], 12), 100.0, **SPAN)

    assert len(found) == 91
    np.testing.assert_allclose(found[:3], [0.05, 15 / 105, 0.0])


def test_a_ruined_wallet_earns_nothing_afterwards() -> None:
    found = closed_trade_returns(trades([-150.0, 20.0]), 100.0, **SPAN)

    assert found[0] == -1.0
    assert not found[1:].any()


def test_losses_are_the_objectives_turned_round() -> None:
    results = trades(np.random.default_rng(1).normal(0.5, 4.0, 60).tolist())
    daily = closed_trade_returns(results, 1_000.0, **SPAN)
    config = {"epochs": 300, "proratio": {"drawdown_limit": 0.02}}
    given = {"starting_balance": 1_000.0, "config": config, **SPAN}

    assert deflated_loss(results, **given) == -deflated_score(daily, trials=300)
    assert constrained_loss(results, **given) == -constrained_score(daily, limit_frac=0.02)
    assert deflated_loss(results, **(given | {"config": {"epochs": 3}})) < deflated_loss(
        results, **given
    )


def test_too_few_trades_are_the_worst_loss() -> None:
    given = {"starting_balance": 1_000.0, "config": {}, **SPAN}
    assert deflated_loss(trades([]), **given) == -WORST
    assert constrained_loss(trades([1.0] * 4), **given) == -WORST


@pytest.mark.parametrize(
    ("name", "loss"),
    [("DeflatedSharpeLoss", deflated_loss), ("DrawdownConstrainedLoss", constrained_loss)],
)
def test_freqtrade_finds_our_losses_where_they_are(name: str, loss: Callable[..., float]) -> None:
    user_data = REPOSITORY / "user_data"
    results = trades([5.0, -2.0, 3.0, 1.0, -1.0, 4.0])
    given = {"starting_balance": 1_000.0, "config": {"epochs": 7}, **SPAN}

    found = HyperOptLossResolver.load_hyperoptloss(
        {"user_data_dir": user_data, "hyperopt_loss": name, "timeframe": "1h"}
    )

    assert found.hyperopt_loss_function(results=results, trade_count=6, **given) == loss(
        results, **given
    )


@pytest.mark.slow
def test_freqtrades_own_hyperopt_searches_with_our_loss(
    simulated_home: FreqtradeHome, tmp_path: Path
) -> None:
    hyperopts = simulated_home.user_data / "hyperopts"
    shutil.copytree(REPOSITORY / "user_data" / "hyperopts", hyperopts, dirs_exist_ok=True)
    ungated = tmp_path / "ungated.json"
    ungated.write_text('{"proratio": {"profile": "none"}}')

    ran = simulated_home.freqtrade(
        *("hyperopt", "--strategy", "AIEnhancedTrend", "--config", str(ungated)),
        *("--spaces", "buy", "--analyze-per-epoch", "--epochs", "3", "--min-trades", "1"),
        *("--hyperopt-loss", "DeflatedSharpeLoss", "--job-workers", "1", "--random-state", "7"),
    )

    assert ran.returncode == 0, ran.stderr
    (stored,) = (simulated_home.user_data / "hyperopt_results").glob("*.fthypt")
    losses = [json.loads(line)["loss"] for line in stored.read_text().splitlines()]
    stored.unlink()
    assert len(losses) == 3
    assert any(value != -WORST for value in losses)
