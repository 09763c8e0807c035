"""Figures of a search or a walk forward on one page that loads nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import plotly.graph_objects as go

from proratio_quantlab.report.document import render_document, write_document

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
        return render_document(
            "research.html",
            figures={str(number): figure for number, figure in enumerate(self.figures.values(), 1)},
            generated_at=generated_at,
            title=self.title,
            subtitle=self.subtitle,
            simulated=self.simulated,
            captions=list(self.figures),
            lines=self.lines,
        )

    def write(self, path: Path, *, generated_at: datetime) -> None:
        """Write the page to `path`, whole or not at all.

        Raises
        ------
        ConfigurationError
            The file cannot be written there.
        """
        write_document(path, self.render(generated_at=generated_at), option="--report")
