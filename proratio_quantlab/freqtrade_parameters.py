"""Setting a strategy's parameters for one run, whichever way the strategy states them."""

from __future__ import annotations

from copy import copy
from typing import Any

from freqtrade.strategy.hyper import detect_all_parameters

from proratio_core.errors import ConfigurationError
from proratio_quantlab.specification import ParameterValue, Specification

__all__ = ["HOST_PARAMETERS", "apply_parameters"]

HOST_PARAMETERS = frozenset({"stoploss"})
"""Those every strategy has; Freqtrade takes them from its configuration."""


def apply_parameters(strategy: Any, specification: Specification) -> None:
    """Set what the specification states on a strategy that has not run yet.

    Freqtrade's own parameters (`IntParameter` and the like) are set here. A strategy that takes
    parameters from its configuration says which in `parameters_taken`.

    Raises
    ------
    ConfigurationError
        The strategy has no parameter of that name.
    """
    given: dict[str, ParameterValue] = dict(specification.parameters)
    own = {
        name: (space, parameter)
        for space, parameters in detect_all_parameters(strategy).items()
        for name, parameter in parameters.items()
    }
    for name, (space, parameter) in own.items():
        setattr(strategy, name, copy(parameter))  # a class shares them between runs
        if name in given:
            stated = strategy._ft_params_from_file.setdefault(space, {})  # noqa: SLF001
            stated[name] = given[name]
    taken = frozenset(getattr(strategy, "parameters_taken", ()))
    unknown = sorted(set(given) - set(own) - taken - HOST_PARAMETERS)
    if unknown:
        known = sorted({*own, *getattr(strategy, "parameters_known", ()), *HOST_PARAMETERS})
        raise ConfigurationError(
            f"{strategy.get_strategy_name()} has no parameter {', '.join(unknown)}; there are: "
            f"{', '.join(known)}"
        )
