"""A rule's tunable fields as Freqtrade's parameters, so that `freqtrade hyperopt` can search them.

A rule's indicators depend on its parameters, so a search has to compute them again for every
epoch (`--analyze-per-epoch`); without it all epochs would judge the same candles.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

from freqtrade.enums import RunMode
from freqtrade.strategy import DecimalParameter, IntParameter

from proratio_core.errors import ConfigurationError
from proratio_tradehub.strategies.parameter_file import read_parameters
from proratio_tradehub.strategies.rules import Rule, Span, retuned, tunables, widest

__all__ = ["current_rule", "offer_parameters", "starting_rule"]

_STEPS: Final = 50
"""How many values of a fraction a search can tell apart at least."""
_RULES_SPACES: Final = frozenset({"all", "default", "buy", "sell"})


def offer_parameters(strategy: type, rule: Rule) -> None:
    """Give a strategy's class a Freqtrade parameter for each tunable field of its rule."""
    for name, span in tunables(rule).items():
        setattr(strategy, name, _parameter(span, getattr(rule, name)))


def starting_rule(strategy: Any, rule: Rule) -> tuple[Rule, int]:
    """Return the rule a strategy starts with, and how many candles it needs before the first.

    Parameters
    ----------
    strategy
        An instance as Freqtrade made it, with its configuration.
    rule
        The rule of its class.

    Raises
    ------
    ConfigurationError
        The parameter file is not usable, or a search would not compute indicators again.
    """
    file = getattr(strategy, "__file__", "")
    tuned = retuned(rule, read_parameters(Path(file)) if file else {})
    if not _is_searched(strategy.config, rule):
        return tuned, tuned.startup_candles
    if not strategy.config.get("analyze_per_epoch"):
        raise ConfigurationError(
            "hyperopt would compute the indicators once and search parameters that then change "
            "nothing; add --analyze-per-epoch"
        )
    return tuned, max(tuned.startup_candles, widest(rule).startup_candles)


def current_rule(strategy: Any, rule: Rule) -> Rule:
    """Return the rule with the values of this epoch of a search; outside one, the rule as it is.

    Only a search reads Freqtrade's parameters: trading follows what stands in the file, as the
    backfill does.
    """
    if not _is_searched(strategy.config, rule):
        return rule
    return retuned(rule, {name: getattr(strategy, name).value for name in tunables(rule)})


def _is_searched(config: dict[str, Any], rule: Rule) -> bool:
    spaces = set(config.get("spaces") or ())
    return (
        config.get("runmode") is RunMode.HYPEROPT
        and bool(spaces & _RULES_SPACES)
        and bool(tunables(rule))
    )


def _parameter(span: Span, default: float) -> Any:
    if span.is_whole:
        return IntParameter(int(span.low), int(span.high), default=default, space=span.space)
    decimals = max(1, math.ceil(-math.log10((span.high - span.low) / _STEPS)))
    return DecimalParameter(
        span.low, span.high, default=default, decimals=decimals, space=span.space
    )
