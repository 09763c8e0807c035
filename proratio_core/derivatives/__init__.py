"""What exchanges state of perpetuals besides candles and funding."""

from proratio_core.derivatives.open_interest import OpenInterest, OpenInterestStore

__all__ = ["OpenInterest", "OpenInterestStore"]
