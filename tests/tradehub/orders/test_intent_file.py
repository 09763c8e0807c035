"""Intents on the disk: whatever is killed when, what is open is read back."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proratio_core.errors import DataError
from proratio_core.settings import Settings
from proratio_tradehub.orders import IntentFile, OrderIntent, Purpose, intent_path

AT = datetime(2024, 1, 1, 12, tzinfo=UTC)
INTENT = OrderIntent(
    name="prfirst",
    at=AT,
    symbol="BTC/USDT",
    side="buy",
    kind="limit",
    purpose=Purpose.OPEN,
    amount=0.5,
    price=100.0,
    tag="offline@2024-01-01T12:00Z",
)
SECOND = replace(INTENT, name="prsecond")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders" / "bot.jsonl"


def test_what_is_open_survives_and_what_is_settled_does_not(path: Path) -> None:
    file = IntentFile(path)
    file.begin(INTENT)
    file.begin(SECOND)
    file.reply("prfirst", "42")
    file.settle("prsecond", "refused")
    after = IntentFile(path).open
    assert list(after) == ["prfirst"]
    assert after["prfirst"].intent == INTENT
    assert after["prfirst"].order_id == "42"


def test_a_start_keeps_only_what_is_open(path: Path) -> None:
    file = IntentFile(path)
    for name in ("pra", "prb", "prc"):
        file.begin(replace(INTENT, name=name))
        file.settle(name, "known")
    file.begin(INTENT)
    file.reply("prfirst", "42")
    IntentFile(path)
    assert len(path.read_bytes().splitlines()) == 2
    assert IntentFile(path).open["prfirst"].order_id == "42"


def test_cut_anywhere_the_whole_lines_count(path: Path) -> None:
    file = IntentFile(path)
    file.begin(INTENT)
    first = len(path.read_bytes())
    file.begin(SECOND)
    whole = path.read_bytes()
    for length in sorted({*range(0, len(whole), 23), first - 1, first, len(whole) - 1, len(whole)}):
        path.write_bytes(whole[:length])
        expected = [] if length < first else ["prfirst"] if length < len(whole) else [*file.open]
        assert list(IntentFile(path).open) == expected


def test_it_is_synced_before_it_counts_and_nobody_else_may_read_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = IntentFile(path)
    assert path.stat().st_mode & 0o777 == 0o600

    def failing(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="no space left"):
        file.begin(INTENT)
    assert not file.open


def test_what_is_no_intent_is_refused_with_what_to_do(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text('{"name": 5}\n')
    with pytest.raises(DataError, match="look at the exchange"):
        IntentFile(path)


def test_each_account_has_its_own(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    spot, futures = (
        intent_path(settings, f"freqtrade live binance {kind}") for kind in ("spot", "futures")
    )
    assert spot != futures
    assert spot.parent == tmp_path / ".proratio" / "orders"
