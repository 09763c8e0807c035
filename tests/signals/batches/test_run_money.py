"""A backfill in batches spends what the budget allows and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.errors import BudgetError, ConfigurationError
from tests.signals.batches.running import FEW, bill_usd, fill, money, tomorrow
from tests.wire.fake_providers import FakeProviders


def test_money_that_covers_few_questions_comes_back_and_covers_the_next(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    cap_usd = 0.50  # a question's worst case is some 0.09 USD, and it comes to 0.004
    settings = fake.settings(tmp_path, PRORATIO_DAILY_BUDGET_USD=cap_usd)
    fake.batches.looks = 3
    charged: list[float] = []

    report = fill(settings, stocked, progress=lambda _: charged.append(sum(money(stocked))))

    assert report.asked == 12
    assert report.batches > 3
    assert 0.3 < max(charged) <= cap_usd
    assert set(fake.batches.asked().values()) == {1}
    assert money(stocked) == (pytest.approx(bill_usd(fake, tmp_path)), 0)


def test_money_that_covers_nothing_sends_nothing(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path, PRORATIO_DAILY_BUDGET_USD=0.01)

    with pytest.raises(BudgetError, match=r"no further call goes into a batch: the daily budget"):
        fill(settings, stocked, FEW)

    assert fake.batches.all == []
    assert money(stocked) == (0, 0)


def test_the_next_day_pays_from_the_next_days_money(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path, PRORATIO_DAILY_BUDGET_USD=0.24)
    fake.batches.line = lambda *_: "missing"  # what was asked is lost, and stays charged in full
    fill_once = fill(settings, stocked, FEW[:2])
    fake.batches.line = lambda *_: None

    with pytest.raises(BudgetError):
        fill(settings, stocked, FEW)
    report = fill(settings, stocked, FEW, clock=tomorrow())

    assert fill_once.left_open == 2
    assert report.answered_before + report.asked == 4


def test_a_model_without_a_batch_price_is_never_sent(
    fake: FakeProviders, stocked: Database, tmp_path: Path
) -> None:
    settings = fake.settings(tmp_path)
    price = (
        '{ since = 2024-01-01, input_usd = 1, output_usd = 2, source = "x", read_on = 2024-01-01 }'
    )
    entry = f'\n[[models]]\nprovider = "gemini"\nid = "gemini-3.8-flash"\nprices = [{price}]\n'
    with (tmp_path / "models.toml").open("a") as registry:
        registry.write(entry)

    with pytest.raises(ConfigurationError, match=r"no batch price .* batch_prices = \["):
        fill(settings, stocked, FEW)

    assert fake.batches.all == []
    assert money(stocked) == (0, 0)
