"""What is done before the first visitor comes, so that no visitor waits for it."""

from __future__ import annotations

import gc
from importlib import import_module

from proratio_tradehub.dashboard.charts import equity_figure
from proratio_tradehub.dashboard.equity import curve_of
from proratio_tradehub.dashboard.pages import PAGES

__all__ = ["warm"]


def warm() -> None:
    """Import every page and the parts of plotly, and keep them out of later searches for garbage.

    Streamlit searches all memory for garbage after each run of the script and each refresh of a
    part, while every visitor waits; what is loaded once for all is by far the most of it.
    """
    for entry in PAGES:
        import_module(entry.module)
    equity_figure(curve_of(()), quote="", limit_frac=0.1, simulated=True).to_json()
    gc.collect()
    gc.freeze()
