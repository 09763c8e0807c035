"""A record that fails is a line in the log, and nothing else."""

from __future__ import annotations

import pytest

from proratio_tradehub.journal.unhindered import unhindered


@unhindered
def divide(by: int) -> float:
    return 1 / by


def test_failure_is_logged_and_goes_no_further(caplog: pytest.LogCaptureFixture) -> None:
    divide(1)
    assert not caplog.records
    divide(0)
    (record,) = caplog.records
    assert "divide failed; trading goes on" in record.getMessage()
    assert record.exc_info is not None


def test_interrupt_is_no_failure() -> None:
    @unhindered
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
