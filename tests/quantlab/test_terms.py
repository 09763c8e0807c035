from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_quantlab.terms import Terms, read_exchange, read_source, read_terms

COMPLETE = '{"dry_run_wallet": 10000, "max_open_trades": 3, "fee": 0.002}'


def written(folder: Path, *documents: str) -> list[Path]:
    files = [folder / f"config-{number}.json" for number, _ in enumerate(documents)]
    for file, document in zip(files, documents, strict=True):
        file.write_text(document)
    return files


def test_the_cost_of_a_side_is_fee_and_slippage(tmp_path: Path) -> None:
    terms = read_terms(written(tmp_path, COMPLETE))

    assert terms == Terms(10_000.0, 3, 0.001, 0.001)


def test_later_files_override_earlier_ones_and_may_hold_comments(tmp_path: Path) -> None:
    overlay = '{"fee": 0.0005, // a discount\n "max_open_trades": 5,}'

    terms = read_terms(written(tmp_path, COMPLETE, overlay))

    assert terms == Terms(10_000.0, 5, 0.0005, 0.0)


def test_the_shipped_configuration_states_a_tenth_of_a_percent_each() -> None:
    folder = Path(__file__).parents[2] / "user_data"

    terms = read_terms([folder / "config.json", folder / "config-backtest.json"])

    assert (terms.fee_frac, terms.slippage_frac) == (0.001, 0.001)


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("{", "not readable JSON"),
        ("[1]", "expected an object"),
        ('{"fee": 0.002, "max_open_trades": 3}', "dry_run_wallet"),
        ('{"fee": true, "max_open_trades": 3, "dry_run_wallet": 1}', "fee = True"),
        ('{"fee": -0.1, "max_open_trades": 3, "dry_run_wallet": 1}', "at least 0"),
        ('{"fee": 0.1, "max_open_trades": 0, "dry_run_wallet": 1}', "max_open_trades"),
        ('{"fee": NaN, "max_open_trades": 1, "dry_run_wallet": 1}', "fee = nan"),
    ],
)
def test_a_configuration_without_usable_terms_is_refused(
    tmp_path: Path, document: str, complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        read_terms(written(tmp_path, document))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"config\.json"):
        read_terms([tmp_path / "config.json"])


def test_the_exchange_is_the_one_the_files_name_together(tmp_path: Path) -> None:
    overlay = '{"exchange": {"enable_ws": false}}'
    files = written(tmp_path, '{"exchange": {"name": "binance"}}', overlay)
    assert read_exchange(files) == "binance"


@pytest.mark.parametrize("document", ["{}", '{"exchange": "binance"}', '{"exchange": {}}'])
def test_no_exchange_is_refused_with_the_remedy(tmp_path: Path, document: str) -> None:
    with pytest.raises(ConfigurationError, match=r'needs "exchange": \{"name": "binance"\}'):
        read_exchange(written(tmp_path, document))


def test_the_market_is_the_source_that_stands_in_for_the_exchange_else_the_exchange(
    tmp_path: Path,
) -> None:
    exchange = '{"exchange": {"name": "binance"}}'

    assert read_source(written(tmp_path, exchange)) == "binance"
    assert (
        read_source(written(tmp_path, exchange, '{"proratio": {"source": "replay"}}')) == "replay"
    )
