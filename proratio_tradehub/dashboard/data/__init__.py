"""The page Data: which candles are stored, what is missing, how old the newest are."""

__all__: list[str] = []
