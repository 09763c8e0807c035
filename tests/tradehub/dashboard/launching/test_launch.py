"""What a backtest says of itself is understood, and what is not understood is passed over."""

from __future__ import annotations

import pytest

from proratio_tradehub.dashboard.launching.launch import problem_of, run_hash_of, step_of


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ('{"stage": "Asking the voters", "percent": 7}', ("Asking the voters", 7)),
        ('{"stage": "x", "percent": 700}', ("x", 100)),
        ('{"stage": "x"}', None),
        ('{"stage": broken', None),
        ("INFO nothing", None),
    ],
)
def test_steps_are_told_from_other_lines(line: str, step: tuple[str, int] | None) -> None:
    assert step_of(line) == step


def test_its_own_error_is_preferred_to_how_it_ended() -> None:
    lines = ["loading\n", "error: no candles of BTC are stored\n"]
    assert problem_of(lines, 3) == "no candles of BTC are stored"
    assert problem_of(["Traceback\n", "KeyError: 1\n"], 1) == "it ended with 1: KeyError: 1"
    assert problem_of([], -9) == "signal 9 ended it: it said nothing"


def test_the_run_is_named_by_the_document() -> None:
    assert run_hash_of('{"runs": [{"specification_hash": "abc"}]}') == "abc"
    assert run_hash_of("nothing") is None
