"""A report as one HTML file that loads nothing and needs no script."""

from __future__ import annotations

import base64
from datetime import datetime
from importlib.resources import files

import jinja2

from proratio_signals.shown_text import shown
from proratio_tradehub.reports.document import Document
from proratio_tradehub.reports.markdown import MARK_WORDS

__all__ = ["render_page"]


def render_page(document: Document, *, generated_at: datetime) -> str:
    """Return the report as one HTML document.

    Parameters
    ----------
    document
        The report.
    generated_at
        The moment printed in the foot, UTC.
    """
    picture = document.picture_png
    page: str = _template().render(
        document=document,
        mark_words=MARK_WORDS[document.mark],
        picture=None if picture is None else base64.b64encode(picture).decode(),
        generated_at=generated_at,
        style=(files("proratio_quantlab.report") / "page.css").read_text("utf-8"),
    )
    return page


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("proratio_tradehub.reports", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = shown
    return environment.get_template("page.html")
