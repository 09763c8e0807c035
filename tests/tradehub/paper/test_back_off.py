from __future__ import annotations

from proratio_tradehub.paper.back_off import BackOff


def test_waits_double_up_to_the_longest() -> None:
    back_off = BackOff(first_s=5.0, longest_s=30.0)

    assert [back_off.after(lived_s=1.0) for _ in range(5)] == [5.0, 10.0, 20.0, 30.0, 30.0]


def test_a_healthy_stretch_begins_the_waits_anew() -> None:
    back_off = BackOff(first_s=5.0, healthy_s=600.0)
    for _ in range(3):
        back_off.after(lived_s=1.0)

    assert back_off.after(lived_s=600.0) == 5.0
    assert back_off.after(lived_s=1.0) == 10.0
