from __future__ import annotations

import numpy as np
import pytest

from proratio_quantlab.report.months import months_figure
from tests.quantlab.report.days import NOISE, days_of


def test_each_month_stands_in_its_year_and_the_others_are_empty() -> None:
    (heat,) = months_figure(days_of(NOISE), simulated=False).data

    assert list(heat.y) == ["2023", "2024"]
    december = np.prod(1 + NOISE[16:47]) - 1
    assert heat.z[0][11] == pytest.approx(december * 100)
    assert [value is None for value in heat.z[0]] == [True] * 10 + [False] * 2
    assert heat.text[0][11] == f"{december * 100:+.1f}"
    assert heat.text[0][0] == ""


def test_a_wallet_that_never_moved_is_drawn_too() -> None:
    (heat,) = months_figure(days_of([0.0] * 5), simulated=False).data

    assert (heat.zmin, heat.zmax) == (-1.0, 1.0)
