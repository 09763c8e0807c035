"""Figures of a search or a walk forward on one page that loads nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from proratio_quantlab.report.page import template, write_whole

__all__ = ["ResearchPage"]


@dataclass(frozen=True)
class ResearchPage:
    """What the page says.

    Parameters
    ----------
    title, subtitle
        Its head.
    figures
        Caption -> figure, in order.
    lines
        What a reader must know before believing them.
    simulated
        Whether no market ever printed the candles.
    """

    title: str
    subtitle: str
    figures: Mapping[str, go.Figure]
    lines: Sequence[str]
    simulated: bool

    def render(self, *, generated_at: datetime) -> str:
        """Return the page as one HTML document; `generated_at` (UTC) is printed in the foot."""
        pages = files("proratio_quantlab.report")
        document: str = template("research.html").render(
            title=self.title,
            subtitle=self.subtitle,
            simulated=self.simulated,
            figures={caption: figure.to_json() for caption, figure in self.figures.items()},
            lines=self.lines,
            generated_at=generated_at,
            script=(pages / "page.js").read_text("utf-8"),
            style=(pages / "page.css").read_text("utf-8"),
            plotly=get_plotlyjs(),
        )
        return document

    def write(self, path: Path, *, generated_at: datetime) -> None:
        """Write the page to `path`, whole or not at all.

        Raises
        ------
        ConfigurationError
            The file cannot be written there.
        """
        write_whole(path, self.render(generated_at=generated_at), option="--report")
