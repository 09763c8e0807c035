"""Candles: their shape, where they come from, where they are kept, and how they leave."""

from proratio_core.candles.store import CandleStore, StoredSeries, WriteResult

__all__ = ["CandleStore", "StoredSeries", "WriteResult"]
