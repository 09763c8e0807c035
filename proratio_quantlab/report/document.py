"""One HTML file that holds everything: text, figures, and the library that draws them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import jinja2
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from proratio_core.atomic_file import replacing
from proratio_core.errors import ConfigurationError
from proratio_quantlab.measures import format_difference, format_value
from proratio_quantlab.risk_statement import risk_statement

__all__ = ["render_document", "write_document"]

_HERE: Final = "proratio_quantlab.report"


def render_document(
    template: str,
    *,
    figures: Mapping[str, go.Figure],
    generated_at: datetime,
    package: str = _HERE,
    **content: Any,
) -> str:
    """Return a document that loads nothing from anywhere.

    Parameters
    ----------
    template
        A file of `package` that extends `base.html`.
    figures
        By name; the template says where each is drawn.
    generated_at
        The moment printed in the foot, UTC.
    package
        Where the template is.
    content
        What else the template shows.
    """
    look = files(_HERE)
    document: str = (
        _environment(package)
        .get_template(template)
        .render(
            figures={name: figure.to_json() for name, figure in figures.items()},
            generated_at=generated_at,
            script=(look / "page.js").read_text("utf-8"),
            style=(look / "page.css").read_text("utf-8"),
            plotly=get_plotlyjs(),
            **content,
        )
    )
    return document


def write_document(path: Path, document: str, *, option: str) -> None:
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
    try:
        with replacing(path) as partial:
            partial.write_text(document, "utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"the report cannot be written to {path} ({error.strerror}); name another file "
            f"with {option}"
        ) from error


def _environment(package: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [jinja2.PackageLoader(name, ".") for name in dict.fromkeys((package, _HERE))]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["value"] = format_value
    environment.filters["difference"] = format_difference
    environment.filters["moment"] = _moment
    environment.filters["risk"] = risk_statement
    return environment


def _moment(when: datetime | None) -> str:
    return "–" if when is None else f"{when:%Y-%m-%d %H:%M}"
