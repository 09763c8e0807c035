"""A moment as a person types it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from proratio_core.errors import ConfigurationError
from proratio_tradehub.cli.moments import moment_of

NOW = datetime(2024, 3, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-14", datetime(2024, 3, 14, tzinfo=UTC)),
        ("2024-03-14T12:30", datetime(2024, 3, 14, 12, 30, tzinfo=UTC)),
        ("2024-03-14T12:30+02:00", datetime(2024, 3, 14, 10, 30, tzinfo=UTC)),
        ("90m", datetime(2024, 3, 14, 10, 30, tzinfo=UTC)),
        ("24h", datetime(2024, 3, 13, 12, tzinfo=UTC)),
        ("7d", datetime(2024, 3, 7, 12, tzinfo=UTC)),
    ],
)
def test_moment_is_understood(text: str, moment: datetime) -> None:
    assert moment_of(text, now=NOW) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "7w", "-1d", "2024-02-30", "999999d"])
def test_anything_else_says_what_to_write(text: str) -> None:
    with pytest.raises(ConfigurationError, match="write 2024-03-14"):
        moment_of(text, now=NOW)
