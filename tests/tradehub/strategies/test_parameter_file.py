"""What hyperopt left is read whole or refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_tradehub.strategies.parameter_file import read_parameters


def test_entries_and_exits_are_read_and_the_rest_is_left_to_freqtrade(tmp_path: Path) -> None:
    document = {
        "strategy_name": "Mine",
        "params": {"buy": {"fast": 3}, "sell": {"high": 70.5}, "stoploss": {"stoploss": -0.1}},
        "ft_stratparam_v": 1,
    }
    (tmp_path / "Mine.json").write_text(json.dumps(document))
    assert read_parameters(tmp_path / "Mine.py") == {"fast": 3, "high": 70.5}


def test_no_file_means_no_parameters(tmp_path: Path) -> None:
    assert read_parameters(tmp_path / "Mine.py") == {}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"params": 3}', '{"params": {"buy": 3}}'])
def test_other_files_are_refused_with_the_remedy(tmp_path: Path, text: str) -> None:
    (tmp_path / "Mine.json").write_text(text)
    with pytest.raises(ConfigurationError, match=r"Mine.json is not a parameter file .* delete it"):
        read_parameters(tmp_path / "Mine.py")
