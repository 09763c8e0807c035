"""A panel's track record for people: tables, figures, one self-contained page."""

from typing import TYPE_CHECKING, Any

from proratio_tradehub.track_record.document import scorecard_document
from proratio_tradehub.track_record.sheets import Sheet, caveats_of, sheets_of

if TYPE_CHECKING:
    from proratio_tradehub.track_record.page import render_record, write_record

__all__ = [
    "Sheet",
    "caveats_of",
    "render_record",
    "scorecard_document",
    "sheets_of",
    "write_record",
]


def __getattr__(name: str) -> Any:
    """Import the page, and with it plotly, when it is asked for."""
    if name in ("render_record", "write_record"):
        from proratio_tradehub.track_record import page  # noqa: PLC0415  # plotly

        return getattr(page, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
