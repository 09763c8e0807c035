"""Lean imports leave out what is not used, and say so when it is."""

from __future__ import annotations

import json
import subprocess
import sys

_PROGRAM = """
import json, sys
from proratio_quantlab.lean_imports import lean_imports

with lean_imports(["binance"]):
    import proratio_quantlab.freqtrade_runner
import ccxt, ccxt.async_support, ccxt.pro

seen = {
    "statistics_loaded": "scipy.stats._stats_py" in sys.modules,
    "binance": [flavour.binance({}).id for flavour in (ccxt, ccxt.async_support, ccxt.pro)],
    "usdm": ccxt.binanceusdm({}).id,
    "hook_left_behind": "Lean" in " ".join(map(repr, sys.meta_path)),
}
from scipy import stats

seen["normal"] = stats.norm.cdf(0)
try:
    ccxt.kraken({})
except RuntimeError as error:
    seen["kraken"] = str(error)
print(json.dumps(seen))
"""


def test_only_the_wanted_exchange_is_imported_and_statistics_wait() -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    seen = json.loads(ran.stdout)
    assert seen["binance"] == ["binance"] * 3
    assert seen["usdm"] == "binanceusdm"
    assert not seen["statistics_loaded"]
    assert seen["normal"] == 0.5
    assert seen["kraken"].startswith("ccxt.kraken was not imported in this process")
    assert not seen["hook_left_behind"]
