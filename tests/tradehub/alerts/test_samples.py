"""The samples are one of each kind, and their picture is a picture."""

from __future__ import annotations

import io
from typing import get_args

import matplotlib.image

from proratio_tradehub.alerts.news import News
from proratio_tradehub.alerts.samples import sample_chart_png, samples
from proratio_tradehub.marks import Mark
from tests.tradehub.alerts.made import NOON


def test_there_is_one_of_each_kind_and_none_passes_for_real() -> None:
    news = samples(NOON)
    assert {type(one) for one in news} == set(get_args(News))
    assert {one.mark for one in news} == {Mark.SIMULATED}


def test_the_chart_is_a_png_that_others_can_read() -> None:
    chart = sample_chart_png()
    assert chart is not None
    assert matplotlib.image.imread(io.BytesIO(chart), format="png").shape == (560, 1_000, 3)
