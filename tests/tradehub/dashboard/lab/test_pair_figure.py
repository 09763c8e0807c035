"""Two wallets on one scale."""

from __future__ import annotations

from proratio_tradehub.dashboard.lab.pair_figure import pair_figure
from tests.quantlab.made import result_of


def test_both_are_in_percent_of_what_they_began_with() -> None:
    first, second = result_of(profits=(50.0,)), result_of(None, profits=(-10.0,))
    figure = pair_figure(first, second, quote="USDT")
    theirs, ours = figure.data
    assert (ours.name, round(ours.y[-1], 9)) == ("First", 5.0)
    assert (theirs.name, round(theirs.y[-1], 9)) == ("Second", -1.0)
    assert ours.line.dash != theirs.line.dash
