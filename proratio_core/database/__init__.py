"""PostgreSQL: where it runs, what it holds, and how bulk data moves."""

from proratio_core.database.connection import Database, open_database
from proratio_core.database.copying import CopyLayout, copy_in, copy_out
from proratio_core.database.notices import Notices
from proratio_core.database.seat import Seat

__all__ = ["CopyLayout", "Database", "Notices", "Seat", "copy_in", "copy_out", "open_database"]
