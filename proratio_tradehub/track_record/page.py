"""One HTML file with the whole track record; it loads nothing from anywhere."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from proratio_quantlab.report.document import render_document, write_document
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
    headline, *sheets = sheets_of(scorecard, trials=trials) or (None,)
    return render_document(
        "record.html",
        package="proratio_tradehub.track_record",
        figures=figures_by_name(scorecard),
        generated_at=generated_at,
        scorecard=scorecard,
        headline=headline,
        sheets=sheets,
        caveats=caveats_of(scorecard),
    )


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
    write_document(path, document, option="--report")
