from __future__ import annotations

from dataclasses import fields

import pytest

from proratio_quantlab.measures import MEASURES, Unit, format_difference, format_value
from proratio_quantlab.metrics import Metrics


@pytest.mark.parametrize(
    ("value", "unit", "shown", "difference"),
    [
        (None, Unit.FRAC, "–", "–"),
        (1234, Unit.COUNT, "1,234", "+1,234"),
        (-0.0512, Unit.FRAC, "-5.12 %", "-5.12 pp"),
        (1234.5, Unit.QUOTE, "1,234.50", "+1,234.50"),
        (0.0, Unit.RATIO, "0.00", "+0.00"),
        (12.34, Unit.DAYS, "12.3 d", "+12.3 d"),
    ],
)
def test_figures_are_shown_with_their_unit(
    value: float | None, unit: Unit, shown: str, difference: str
) -> None:
    assert format_value(value, unit) == shown
    assert format_difference(value, unit) == difference


def test_every_measure_is_a_figure_of_the_metrics() -> None:
    names = {field.name for field in fields(Metrics)}

    assert {measure.field for measure in MEASURES} <= names


def test_money_names_its_currency_in_the_label() -> None:
    money = next(measure for measure in MEASURES if measure.unit is Unit.QUOTE)
    other = next(measure for measure in MEASURES if measure.unit is Unit.RATIO)

    assert money.label_in("USDT").endswith(", USDT")
    assert other.label_in("USDT") == other.label


@pytest.mark.parametrize("unit", Unit)
def test_the_resolution_is_the_last_digit_shown(unit: Unit) -> None:
    assert format_value(unit.resolution, unit) != format_value(0.0, unit)
    assert format_value(unit.resolution / 3, unit) == format_value(0.0, unit)
