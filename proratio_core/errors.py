"""Every error Proratio raises on purpose, grouped by what the caller should do.

::

    ProratioError
    ├── ConfigurationError   stop: the set-up is wrong, a person has to change it
    │   └── SchemaError      stop: the database is newer or older than this program
    ├── DataError            reject: this input is wrong, nothing of it was stored
    ├── TransientError       retry later: the outside world failed, the request was fine
    │   └── RateLimitError   wait: the other side said for how long
    ├── BudgetError          skip: the money for this is spent
    ├── ProviderError        abstain: a voter could not give a usable answer
    ├── CausalityError       stop: something saw the future
    └── RiskError            refuse: no entry

A message says what came, what was expected, and the remedy.
"""

from __future__ import annotations

__all__ = [
    "BudgetError",
    "CausalityError",
    "ConfigurationError",
    "DataError",
    "ProratioError",
    "ProviderError",
    "RateLimitError",
    "RiskError",
    "SchemaError",
    "TransientError",
]


class ProratioError(Exception):
    """Root of the tree. `exit_code` is what the command line returns for it."""

    exit_code = 1


class ConfigurationError(ProratioError):
    """The settings, a profile or the installation is wrong; a person has to change it."""

    exit_code = 2


class SchemaError(ConfigurationError):
    """The database schema does not fit this version of the program."""


class DataError(ProratioError):
    """The input contradicts its contract; nothing of it was stored."""

    exit_code = 3


class TransientError(ProratioError):
    """The outside world failed; the same request may succeed later."""

    exit_code = 4


class RateLimitError(TransientError):
    """The other side asked us to wait.

    Parameters
    ----------
    message
        What happened and where.
    retry_after_s
        Seconds the other side asked for; None when it did not say.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class BudgetError(ProratioError):
    """The money set aside for this is spent."""

    exit_code = 5


class ProviderError(ProratioError):
    """A voter could not give a usable answer."""

    exit_code = 6


class CausalityError(ProratioError):
    """A result depends on data from after the moment it claims to know."""

    exit_code = 7


class RiskError(ProratioError):
    """An entry must not happen."""

    exit_code = 8
