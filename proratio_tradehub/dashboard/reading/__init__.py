"""What the dashboard reads, and how: a role that cannot write, a shelf all visitors share."""

from proratio_tradehub.dashboard.reading.reader import Access, Reader, rows
from proratio_tradehub.dashboard.reading.role import VIEWER, ensure_viewer
from proratio_tradehub.dashboard.reading.shelf import Shelf, Sight
from proratio_tradehub.dashboard.reading.workroom import Work, Workroom

__all__ = [
    "VIEWER",
    "Access",
    "Reader",
    "Shelf",
    "Sight",
    "Work",
    "Workroom",
    "ensure_viewer",
    "rows",
]
