"""Judge: backtests, metrics, comparisons and their reports."""

__all__: list[str] = []
