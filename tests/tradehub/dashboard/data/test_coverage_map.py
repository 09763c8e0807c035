"""The map says in words what its colours say."""

from __future__ import annotations

from proratio_tradehub.dashboard.data.coverage_map import coverage_map
from tests.tradehub.dashboard.data.made import WHOLE, coverage, month


def test_only_a_month_that_is_not_whole_has_a_figure_and_it_is_never_rounded_up() -> None:
    later = coverage(month(2024, 3, 744, "01 00", "31 23"))
    figure = coverage_map([WHOLE, later], simulated=True)
    (cells,) = figure.data
    assert [list(row) for row in cells.text] == [["", "99.8", "0", ""], ["", "", "", ""]]
    assert cells.customdata[0][1] == "99.87% stored"
    assert cells.z[1][0] is None
    assert "SIMULATED" in figure.layout.annotations[0].text
