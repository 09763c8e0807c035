from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from proratio_core.errors import RiskError
from proratio_tradehub.risk.checks import (
    check_finite,
    check_fraction,
    check_not_negative,
    check_positive,
    check_utc,
)

POSITIVE = "expected a finite number above zero"
NOT_NEGATIVE = "expected a finite number of at least zero"
FINITE = "expected a finite number"
FRACTION = "expected a fraction from 0 to 1"
UTC_TIME = "expected a timezone-aware time in UTC"

Check = Callable[[str, Any], None]


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (check_positive, 1e-300),
        (check_positive, 1),
        (check_positive, np.float64(2.5)),
        (check_not_negative, 0.0),
        (check_not_negative, 0),
        (check_not_negative, 1e300),
        (check_finite, -1e300),
        (check_finite, 0),
        (check_finite, 1e300),
        (check_fraction, 0.0),
        (check_fraction, 0.5),
        (check_fraction, 1.0),
        (check_fraction, 1),
        (check_utc, datetime(2024, 1, 1, tzinfo=UTC)),
        (check_utc, datetime(2024, 1, 1, tzinfo=timezone(timedelta(0)))),
    ],
)
def test_value_within_its_range_passes(check: Check, value: object) -> None:
    check("it", value)


@pytest.mark.parametrize(
    ("check", "expected", "value"),
    [
        *((check_positive, POSITIVE, value) for value in (0.0, -1e-300, 0, -1)),
        *((check_not_negative, NOT_NEGATIVE, value) for value in (-1e-300, -1)),
        *((check_fraction, FRACTION, value) for value in (-1e-300, 1.0000001, 2)),
        *(
            (check, expected, value)
            for check, expected in (
                (check_positive, POSITIVE),
                (check_not_negative, NOT_NEGATIVE),
                (check_finite, FINITE),
                (check_fraction, FRACTION),
            )
            for value in (math.nan, math.inf, -math.inf, "1", None, True, False, 1j)
        ),
        (check_utc, UTC_TIME, datetime(2024, 1, 1)),  # noqa: DTZ001
        (check_utc, UTC_TIME, datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
        (check_utc, UTC_TIME, 1_704_067_200),
        (check_utc, UTC_TIME, None),
    ],
)
def test_any_other_value_is_refused_with_its_name(
    check: Check, expected: str, value: object
) -> None:
    with pytest.raises(RiskError, match=rf"^{re.escape(f'it is {value!r}; {expected}')}$"):
        check("it", value)
