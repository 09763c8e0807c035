"""The page Lab: stored backtests, how far each may be believed, and the start of another."""

__all__: list[str] = []
