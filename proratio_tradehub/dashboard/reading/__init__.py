"""What the dashboard reads, and how: a role that cannot write, a shelf all visitors share."""

from proratio_tradehub.dashboard.reading.reader import Reader, rows
from proratio_tradehub.dashboard.reading.role import VIEWER, ensure_viewer
from proratio_tradehub.dashboard.reading.shelf import Shelf, Sight

__all__ = ["VIEWER", "Reader", "Shelf", "Sight", "ensure_viewer", "rows"]
