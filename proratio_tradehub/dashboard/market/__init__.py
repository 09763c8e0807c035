"""The page Market: candles with what was done on them and why, and the order book."""

__all__: list[str] = []
