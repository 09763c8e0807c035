"""Know: settings, database, candles, exchange access, replay, clock, logs, errors."""

__all__: list[str] = []
