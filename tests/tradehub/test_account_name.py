from __future__ import annotations

import pytest

from proratio_tradehub.account_name import AccountName


@pytest.mark.parametrize(
    "account", ["freqtrade dry_run binance spot", "my own bot live coinbase futures"]
)
def test_a_name_is_made_of_its_parts_again(account: str) -> None:
    assert str(AccountName.parse(account)) == account


def test_the_last_three_words_are_mode_source_and_market() -> None:
    assert AccountName.parse("my bot live binance spot") == AccountName(
        "my bot", "live", "binance", "spot"
    )


def test_what_is_missing_is_empty() -> None:
    assert AccountName.parse("odd") == AccountName("", "", "", "odd")


def test_on_paper_only_the_mode_is_another() -> None:
    assert str(AccountName.parse("a live binance spot").on_paper) == "a dry_run binance spot"
    assert str(AccountName.parse("a dry_run binance spot").in_earnest) == "a live binance spot"
