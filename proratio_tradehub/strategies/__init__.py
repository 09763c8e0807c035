"""Strategies: pure entry rules, and the Freqtrade adapters that fail closed around them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proratio_tradehub.strategies.base import RuleStrategy
    from proratio_tradehub.strategies.consensus import ConsensusStrategy

__all__ = ["ConsensusStrategy", "RuleStrategy"]


def __getattr__(name: str) -> Any:
    """Import the adapters when they are asked for; Freqtrade costs seconds, the rules do not."""
    if name == "RuleStrategy":
        from proratio_tradehub.strategies.base import RuleStrategy  # noqa: PLC0415

        return RuleStrategy
    if name == "ConsensusStrategy":
        from proratio_tradehub.strategies.consensus import ConsensusStrategy  # noqa: PLC0415

        return ConsensusStrategy
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
