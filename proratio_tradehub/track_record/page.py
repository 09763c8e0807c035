"""One HTML file with the whole track record; it loads nothing from anywhere."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from pathlib import Path

import jinja2
from plotly.offline import get_plotlyjs

from proratio_core.atomic_file import replacing
from proratio_core.errors import ConfigurationError
from proratio_signals.scoring import Scorecard
from proratio_tradehub.track_record.curves import figures_by_name
from proratio_tradehub.track_record.sheets import caveats_of, sheets_of

__all__ = ["render_record", "write_record"]


def render_record(scorecard: Scorecard, *, generated_at: datetime, trials: int = 1) -> str:
    """Return the track record as one HTML document.

    Parameters
    ----------
    scorecard
        The record.
    generated_at
        The moment printed in the foot, UTC.
    trials
        As for `sheets_of`.
    """
    look = files("proratio_quantlab.report")
    headline, *sheets = sheets_of(scorecard, trials=trials) or (None,)
    document: str = _template().render(
        scorecard=scorecard,
        headline=headline,
        sheets=sheets,
        caveats=caveats_of(scorecard),
        figures={name: f.to_json() for name, f in figures_by_name(scorecard).items()},
        generated_at=generated_at,
        script=(look / "page.js").read_text("utf-8"),
        style=(look / "page.css").read_text("utf-8"),
        plotly=get_plotlyjs(),
    )
    return document


def write_record(
    path: Path, scorecard: Scorecard, *, generated_at: datetime, trials: int = 1
) -> None:
    """Write the track record to `path`, whole or not at all.

    Raises
    ------
    ConfigurationError
        The file cannot be written there.
    """
    document = render_record(scorecard, generated_at=generated_at, trials=trials)
    try:
        with replacing(path) as partial:
            partial.write_text(document, "utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"the report cannot be written to {path} ({error.strerror}); name another file "
            "with --report"
        ) from error


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("proratio_tradehub.track_record", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")
