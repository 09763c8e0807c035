from __future__ import annotations

import io

import pytest
from PIL import Image

from proratio_quantlab.report.colours import COLOURS
from proratio_tradehub.marks import Mark
from proratio_tradehub.reports.chart import equity_chart_png
from tests.tradehub.reports.made import curve_of


def _picture(values: list[float]) -> Image.Image:
    png = equity_chart_png(curve_of(values), mark=Mark.PAPER, title="a bot", quote="USDT")
    assert png is not None
    return Image.open(io.BytesIO(png)).convert("RGB")


def _rows(picture: Image.Image, colour: str) -> list[int]:
    """Return the rows in which a colour is drawn."""
    wanted = tuple(int(COLOURS[colour][at : at + 2], 16) for at in (1, 3, 5))
    return sorted(
        {y for y in range(560) for x in range(100, 970, 3) if _near(picture, x, y, wanted)}
    )


def _near(picture: Image.Image, x: int, y: int, wanted: tuple[int, ...]) -> bool:
    pixel = picture.getpixel((x, y))
    return all(abs(one - other) < 24 for one, other in zip(pixel, wanted, strict=True))


def test_equity_is_above_and_drawdown_below() -> None:
    picture = _picture([100.0, 110.0, 90.0, 95.0])
    assert picture.size == (1_000, 560)
    equity, drawdown = _rows(picture, "gated"), _rows(picture, "down")
    assert 60 < equity[0] < equity[-1] < 360 < drawdown[0] < drawdown[-1] < 520


def test_a_flat_line_is_drawn_as_well() -> None:
    assert _rows(_picture([100.0, 100.0]), "gated")


@pytest.mark.parametrize("values", [[], [100.0]])
def test_too_little_is_no_picture(values: list[float]) -> None:
    curve = curve_of(values)
    assert equity_chart_png(curve, mark=Mark.LIVE, title="a bot", quote="USDT") is None
