"""Files into the store: Freqtrade's feather folders and Binance's public dumps."""

from proratio_core.candles.importers.folder import (
    FileResult,
    ImportReport,
    find_files,
    import_files,
)
from proratio_core.candles.importers.naming import ImportHints

__all__ = ["FileResult", "ImportHints", "ImportReport", "find_files", "import_files"]
