from __future__ import annotations

from proratio_tradehub.risk.sides import Side


def test_sides_earn_in_opposite_directions() -> None:
    assert [side.sign for side in Side] == [1, -1]
    assert [str(side) for side in Side] == ["long", "short"]
