"""Fingerprints change with what they stand for, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_quantlab.fingerprint import code_hash, config_files, config_hash, strategy_file


@pytest.fixture
def user_data(tmp_path: Path) -> Path:
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "Mine.py").write_text("class Mine(Base): ...\n")
    for name in ("config.json", "config-backtest.json", "config-futures.json"):
        (tmp_path / name).write_text("{}")
    return tmp_path


def test_strategy_is_found_by_its_class(user_data: Path) -> None:
    assert strategy_file(user_data, "Mine").name == "Mine.py"


def test_unknown_strategy_is_refused_with_those_there_are(user_data: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"'Min' is not defined in .*; there are: Mine"):
        strategy_file(user_data, "Min")


def test_code_hash_follows_the_strategy_file(user_data: Path) -> None:
    before = code_hash(user_data, "Mine")
    assert code_hash(user_data, "Mine") == before
    (user_data / "strategies" / "Mine.py").write_text("class Mine(Base): x = 1\n")
    assert code_hash(user_data, "Mine") != before


@pytest.mark.parametrize("name", ["Mine.json", "Mine.toml"])
def test_code_hash_follows_what_stands_beside_the_strategy(user_data: Path, name: str) -> None:
    before = code_hash(user_data, "Mine")
    (user_data / "strategies" / f"Other{Path(name).suffix}").write_text("{}")
    assert code_hash(user_data, "Mine") == before
    (user_data / "strategies" / name).write_text("{}")
    assert code_hash(user_data, "Mine") != before


def test_config_hash_follows_the_files_of_its_market(user_data: Path) -> None:
    spot, futures = (config_hash(user_data, futures=on) for on in (False, True))
    (user_data / "config-futures.json").write_text('{"margin_mode": "isolated"}')
    assert config_hash(user_data, futures=False) == spot
    assert config_hash(user_data, futures=True) != futures


def test_missing_configuration_is_refused_with_the_remedy(user_data: Path) -> None:
    (user_data / "config-backtest.json").unlink()
    with pytest.raises(ConfigurationError, match=r"config-backtest.json is missing; restore it"):
        config_files(user_data, futures=False)
