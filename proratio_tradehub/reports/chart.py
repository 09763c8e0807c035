"""Equity above, drawdown below, as a PNG that needs no browser. Pure."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from proratio_quantlab.report.colours import COLOURS
from proratio_tradehub.marks import Mark
from proratio_tradehub.reports.curve import EquityCurve

__all__ = ["equity_chart_png"]

_WIDTH, _HEIGHT = 1_000, 560
_SHARPER: Final = 2
"""Drawn so many times larger, then made smaller: smooth lines."""
_LEFT, _RIGHT = 96, 28
_PANELS: Final = ((64, 356), (404, 514))
"""Top and bottom of the equity and of the drawdown."""
_FEWEST_POINTS: Final = 2

_Floats = npt.NDArray[np.float64]


def equity_chart_png(curve: EquityCurve, *, mark: Mark, title: str, quote: str) -> bytes | None:
    """Return the picture, 1000 by 560 pixels; None for fewer than two points.

    Parameters
    ----------
    curve
        What is drawn.
    mark, title
        Whose money, and a line above the picture.
    quote
        The currency of the upper scale.
    """
    if len(curve.equity_quote) < _FEWEST_POINTS:
        return None
    thin = curve.thinned()
    size = (_WIDTH * _SHARPER, _HEIGHT * _SHARPER)
    picture = Image.new("RGB", size, COLOURS["paper"])
    pen = _Pen(ImageDraw.Draw(picture))
    pen.text(_LEFT, 22, f"{mark}   {title}", 19, COLOURS["warning"])
    x = _across(thin.times)
    pen.panel(_PANELS[0], x, thin.equity_quote, _money, f"Equity, {quote}", "gated")
    pen.panel(_PANELS[1], x, -100.0 * thin.drawdowns, _percent, "Drawdown, %", "down")
    pen.moments(thin.times)
    small = picture.reduce(_SHARPER)
    stream = io.BytesIO()
    small.save(stream, "PNG", optimize=True)
    return stream.getvalue()


class _Pen:
    """Draws in the picture's own pixels, whatever it is enlarged by."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def text(  # noqa: PLR0917  # where, what, how
        self, x: float, y: float, words: str, size: int, colour: str, at: str = "lm"
    ) -> None:
        font = ImageFont.load_default(size * _SHARPER)
        place = (x * _SHARPER, y * _SHARPER)
        self._draw.text(place, words, font=font, fill=colour, anchor=at)

    def line(self, points: list[tuple[float, float]], colour: str, width: int) -> None:
        scaled = [(x * _SHARPER, y * _SHARPER) for x, y in points]
        self._draw.line(scaled, fill=colour, width=width * _SHARPER, joint="curve")

    def panel(  # noqa: PLR0917  # a picture's parts
        self,
        span: tuple[int, int],
        x: _Floats,
        values: _Floats,
        said: Callable[[float], str],
        name: str,
        colour: str,
    ) -> None:
        """Draw one line with its scale."""
        top, bottom = span
        low, high = _scale(values)
        self.text(_LEFT, top - 12, name, 15, COLOURS["muted"])
        for step in np.linspace(low, high, 4 if bottom - top > 200 else 3):
            y = bottom - (step - low) / (high - low) * (bottom - top)
            self.line([(_LEFT, y), (_WIDTH - _RIGHT, y)], COLOURS["grid"], 1)
            self.text(_LEFT - 10, y, said(float(step)), 15, COLOURS["muted"], "rm")
        heights = bottom - (values - low) / (high - low) * (bottom - top)
        self.line(list(zip(x.tolist(), heights.tolist(), strict=True)), COLOURS[colour], 2)

    def moments(self, times: npt.NDArray[np.datetime64]) -> None:
        """Write the first, the middle and the last moment below."""
        first, last = times[0], times[-1]
        middle = first + (last - first) // 2
        places = ((_LEFT, "lm"), ((_LEFT + _WIDTH - _RIGHT) / 2, "mm"), (_WIDTH - _RIGHT, "rm"))
        for moment, (x, at) in zip((first, middle, last), places, strict=True):
            words = str(np.datetime_as_string(moment, "m")).replace("T", " ")
            self.text(x, _HEIGHT - 22, words, 15, COLOURS["muted"], at)


def _across(times: npt.NDArray[np.datetime64]) -> _Floats:
    passed = (times - times[0]).astype(np.float64)
    across: _Floats = _LEFT + passed / max(passed[-1], 1.0) * (_WIDTH - _RIGHT - _LEFT)
    return across


def _scale(values: _Floats) -> tuple[float, float]:
    """Return the ends of an axis with a little room; a flat line has some as well."""
    low, high = float(values.min()), float(values.max())
    room = max(0.05 * (high - low), 1e-6 * max(abs(low), abs(high), 1.0))
    return low - room, (0.0 if high == 0.0 else high + room)


def _money(value: float) -> str:
    return f"{value:,.2f}" if abs(value) < 100_000 else f"{value:,.0f}"


def _percent(value: float) -> str:
    return f"{value:.2f}"
