"""The error tree: one root, one exit code for each thing a caller can do."""

from __future__ import annotations

import re

import pytest

from proratio_core import errors
from proratio_core.errors import (
    BudgetError,
    CausalityError,
    ConfigurationError,
    DataError,
    ProratioError,
    ProviderError,
    RateLimitError,
    RiskError,
    SchemaError,
    TransientError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProratioError, 1),
        (ConfigurationError, 2),
        (SchemaError, 2),
        (DataError, 3),
        (TransientError, 4),
        (RateLimitError, 4),
        (BudgetError, 5),
        (ProviderError, 6),
        (CausalityError, 7),
        (RiskError, 8),
    ],
)
def test_each_error_has_the_exit_code_of_its_group(error: type[ProratioError], code: int) -> None:
    assert issubclass(error, ProratioError)
    assert error.exit_code == code


def test_the_tree_drawn_in_the_module_names_every_error() -> None:
    drawn = set(re.findall(r"\b\w+Error\b", errors.__doc__ or ""))
    assert drawn == set(errors.__all__)


def test_rate_limit_keeps_how_long_to_wait() -> None:
    assert RateLimitError("slow down", retry_after_s=1.5).retry_after_s == 1.5
    assert RateLimitError("slow down").retry_after_s is None
