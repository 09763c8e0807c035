"""One HTML file that holds everything: figures, tables, hashes, and the library that draws them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import jinja2
from plotly.offline import get_plotlyjs

from proratio_core.errors import ConfigurationError
from proratio_quantlab.comparison import Comparison
from proratio_quantlab.measures import format_difference, format_value
from proratio_quantlab.report.candles import candles_figure
from proratio_quantlab.report.curves import curves_figure
from proratio_quantlab.report.pair_chart import PairChart
from proratio_quantlab.risk_statement import risk_statement

__all__ = ["render_report", "template", "write_report", "write_whole"]

_MOST_TRADES = 300
_HEADLINES = ("profit_frac", "max_drawdown_frac", "sharpe", "trades")


def render_report(
    comparison: Comparison, charts: Sequence[PairChart], *, generated_at: datetime
) -> str:
    """Return the report as one HTML document that loads nothing from anywhere.

    Parameters
    ----------
    comparison
        The runs and what may be believed of them.
    charts
        The pairs to draw, in order.
    generated_at
        The moment printed in the foot, UTC.
    """
    gated = comparison.gated
    pages = files("proratio_quantlab.report")
    figures = {"curves": curves_figure(comparison)}
    for chart in charts:
        figure = candles_figure(chart, gated.trades, simulated=gated.simulated)
        figures[f"pair-{chart.pair.file_stem}"] = figure
    document: str = template("page.html").render(
        comparison=comparison,
        gated=gated,
        runs=comparison.runs,
        charts=charts,
        figures={name: figure.to_json() for name, figure in figures.items()},
        headlines=[line for line in comparison.lines if line.measure.field in _HEADLINES],
        trades=gated.trades[:_MOST_TRADES],
        generated_at=generated_at,
        script=(pages / "page.js").read_text("utf-8"),
        style=(pages / "page.css").read_text("utf-8"),
        plotly=get_plotlyjs(),
    )
    return document


def write_report(
    path: Path, comparison: Comparison, charts: Sequence[PairChart], *, generated_at: datetime
) -> None:
    """Write the report to `path`, whole or not at all.

    Raises
    ------
    ConfigurationError
        The file cannot be written there.
    """
    document = render_report(comparison, charts, generated_at=generated_at)
    write_whole(path, document, option="--report")


def write_whole(path: Path, document: str, *, option: str) -> None:
    """Write `document` to `path`, whole or not at all.

    Parameters
    ----------
    path
        Where to.
    document
        What.
    option
        Of the command line, that names another file.

    Raises
    ------
    ConfigurationError
        The file cannot be written there.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(document, "utf-8")
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise ConfigurationError(
            f"the report cannot be written to {path} ({error.strerror}); name another file "
            f"with {option}"
        ) from error


def template(name: str) -> jinja2.Template:
    """Return a template of this package, with the filters that show figures."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("proratio_quantlab.report", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["value"] = format_value
    environment.filters["difference"] = format_difference
    environment.filters["risk"] = risk_statement
    return environment.get_template(name)
