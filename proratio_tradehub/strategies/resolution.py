"""Finding a user's own strategy the way Freqtrade does."""

from __future__ import annotations

from pathlib import Path

from freqtrade.exceptions import OperationalException
from freqtrade.resolvers import StrategyResolver

from proratio_core.errors import ConfigurationError
from proratio_tradehub.strategies.rules import Rule

__all__ = ["load_rule"]


def load_rule(strategy: str, user_data: Path) -> Rule:
    """Return the rule of a strategy in `user_data/strategies`.

    Raises
    ------
    ConfigurationError
        There is no such strategy, it cannot be imported, or it states no rule.
    """
    config = {"strategy": strategy, "user_data_dir": user_data}
    try:
        loaded = StrategyResolver.load_strategy(config)
    except OperationalException as error:
        raise ConfigurationError(
            f"strategy {strategy!r} cannot be loaded from {user_data / 'strategies'}: "
            f"{' '.join(str(error).split())}"
        ) from error
    rule: Rule | None = getattr(loaded, "rule", None)
    if rule is None:
        raise ConfigurationError(
            f"strategy {strategy!r} states no `rule`, so its candidates are not known beforehand; "
            "give the class a rule (see proratio_tradehub/strategies/rules)"
        )
    return rule
