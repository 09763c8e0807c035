"""The ways to find target weights."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Method"]


class Method(StrEnum):
    """How the target weights are found."""

    EQUAL = "equal"
    INVERSE_VOLATILITY = "inverse-volatility"
    RISK_PARITY = "risk-parity"
    HRP = "hrp"
    MEAN_VARIANCE = "mean-variance"
    BLACK_LITTERMAN = "black-litterman"
