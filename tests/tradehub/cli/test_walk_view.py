from __future__ import annotations

import numpy as np
import pytest

from proratio_core.values import Timerange
from proratio_quantlab.walk_forward import WindowResult
from proratio_quantlab.windows import Window
from proratio_tradehub.cli.walk_view import outside_engine_frac
from proratio_tradehub.research import Arm, WalkOutcome
from tests.quantlab.made import specification_of

_SPAN = Timerange.parse("20240101-20240102")


def outcome(*timed: tuple[int, float, float]) -> WalkOutcome:
    windows = tuple(
        WindowResult(Window(number, _SPAN, _SPAN), None, None, None, np.zeros(1), None, 0, *figures)
        for number, figures in enumerate(timed, start=1)
    )
    arm = Arm(specification_of(), windows, np.zeros(len(windows)), None, None, None, None)
    return WalkOutcome(None, (arm,), None, ())  # type: ignore[arg-type]


def test_the_time_outside_freqtrade_counts_windows_that_ran_something() -> None:
    assert outside_engine_frac(outcome((5, 8.0, 10.0), (5, 9.0, 10.0))) == pytest.approx(0.15)
    assert outside_engine_frac(outcome((5, 9.0, 10.0), (0, 0.0, 7.0))) == pytest.approx(0.1)
    assert outside_engine_frac(outcome((0, 0.0, 1.0))) is None
