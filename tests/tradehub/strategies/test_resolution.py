"""Finding the rule of a strategy the user wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_tradehub.strategies.questions import rule_of
from proratio_tradehub.strategies.rules import EmaCrossRule

_OWN = """
from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.rules import EmaCrossRule

class Own(RuleStrategy):
    rule = EmaCrossRule(fast_candles=5)
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.1}
"""
_RULELESS = _OWN.replace("RuleStrategy", "IStrategy").replace(
    "proratio_tradehub.strategies import", "freqtrade.strategy import"
)


def install(user_data: Path, name: str, text: str) -> Path:
    """Write a strategy file and return the user directory."""
    (user_data / "strategies").mkdir(exist_ok=True)
    (user_data / "strategies" / f"{name}.py").write_text(text)
    return user_data


def test_rule_of_a_users_strategy_is_read_off_its_class(tmp_path: Path) -> None:
    user_data = install(tmp_path, "Own", _OWN)
    assert rule_of("Own", user_data) == EmaCrossRule(fast_candles=5)


def test_strategy_without_a_rule_is_refused(tmp_path: Path) -> None:
    text = _RULELESS.replace("    rule = EmaCrossRule(fast_candles=5)\n", "").replace(
        "class Own", "class Ruleless"
    )
    methods = "".join(
        f"    def populate_{name}(self, frame, metadata):\n        return frame\n"
        for name in ("indicators", "entry_trend", "exit_trend")
    )
    with pytest.raises(ConfigurationError, match="states no `rule`"):
        rule_of("Ruleless", install(tmp_path, "Ruleless", text + methods))


def test_unknown_strategy_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Nonesuch"):
        rule_of("Nonesuch", install(tmp_path, "Own", _OWN))
