"""Strategies: pure entry rules, and the Freqtrade adapters that fail closed around them."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proratio_tradehub.strategies.agent import AgentStrategy
    from proratio_tradehub.strategies.base import RuleStrategy
    from proratio_tradehub.strategies.consensus import ConsensusStrategy
    from proratio_tradehub.strategies.grid import GridStrategy
    from proratio_tradehub.strategies.orchestrator import OrchestratorStrategy
    from proratio_tradehub.strategies.perpetual import PerpetualStrategy

__all__ = [
    "AgentStrategy",
    "ConsensusStrategy",
    "GridStrategy",
    "OrchestratorStrategy",
    "PerpetualStrategy",
    "RuleStrategy",
]

_HOMES = {
    "AgentStrategy": "agent",
    "ConsensusStrategy": "consensus",
    "GridStrategy": "grid",
    "OrchestratorStrategy": "orchestrator",
    "PerpetualStrategy": "perpetual",
    "RuleStrategy": "base",
}


def __getattr__(name: str) -> Any:
    """Import the adapters when they are asked for; Freqtrade costs seconds, the rules do not."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
