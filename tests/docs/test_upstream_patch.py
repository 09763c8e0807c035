"""The patch offered to Freqtrade applies to the pinned version and changes no answer."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from freqtrade.data.btanalysis import historic_precision

from tests.architecture.source_tree import ROOT

_PATCH = ROOT / "docs" / "upstream" / "freqtrade-tick-size.patch"
_FILE = Path("freqtrade/data/btanalysis/historic_precision.py")


@pytest.fixture(scope="module")
def patched(tmp_path_factory: pytest.TempPathFactory) -> Callable[[pd.DataFrame], pd.Series]:
    folder = tmp_path_factory.mktemp("upstream")
    (folder / _FILE).parent.mkdir(parents=True)
    shutil.copy(historic_precision.__file__, folder / _FILE)
    subprocess.run(["git", "apply", "--whitespace=error", str(_PATCH)], cwd=folder, check=True)
    spec = importlib.util.spec_from_file_location("patched_precision", folder / _FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.get_tick_size_over_time


@pytest.mark.parametrize("decimals", [0, 2, 8, None])
def test_the_patched_function_answers_what_freqtrade_answers(
    patched: Callable[[pd.DataFrame], pd.Series], decimals: int | None
) -> None:
    prices = np.random.default_rng(1).uniform(0.001, 90_000, 400)
    if decimals is not None:
        prices = np.round(prices, decimals)
    dates = pd.date_range("2024-01-20", periods=400, freq="6h", tz="UTC", unit="ms")
    frame = pd.DataFrame({"date": dates, **dict.fromkeys(("open", "high", "low", "close"), prices)})

    pd.testing.assert_series_equal(
        patched(frame.copy()), historic_precision.get_tick_size_over_time(frame.copy())
    )
