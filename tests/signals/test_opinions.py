from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from proratio_core.errors import DataError
from proratio_signals.opinions import Action, Opinion

GOOD = Opinion(Action.BUY, 0.8, 0.02, horizon_candles=12, reasoning="trend", risks=("funding",))


@pytest.mark.parametrize("action", Action)
def test_an_action_survives_its_code(action: Action) -> None:
    assert Action.from_code(action.code) is action


def test_an_unknown_action_code_is_refused() -> None:
    with pytest.raises(DataError, match=r"2.*expected -1"):
        Action.from_code(2)


@pytest.mark.parametrize(
    "change",
    [
        {"action": "BUY"},
        {"confidence": 1.01},
        {"confidence": -0.01},
        {"confidence": float("nan")},
        {"confidence": True},
        {"confidence": "0.5"},
        {"expected_return_frac": float("inf")},
        {"expected_return_frac": -1.5},
        {"horizon_candles": 0},
        {"horizon_candles": 1_001},
        {"horizon_candles": True},
        {"horizon_candles": 3.0},
        {"reasoning": ""},
        {"reasoning": "\n "},
        {"reasoning": "x" * 4_001},
        {"reasoning": "a\x00b"},
        {"reasoning": "\ud800"},
        {"factors": ["a list"]},
        {"factors": ("x",) * 13},
        {"risks": ("",)},
        {"risks": (1,)},
    ],
    ids=str,
)
def test_an_opinion_outside_its_ranges_cannot_exist(change: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=next(iter(change))):
        replace(GOOD, **change)


def test_an_opinion_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        GOOD.confidence = 1.0  # type: ignore[misc]  # the point of the test
