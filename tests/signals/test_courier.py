from __future__ import annotations

import logging
import threading
import time

import pytest

from proratio_core.errors import DataError, TransientError
from proratio_signals.courier import Courier


def test_errand_returns_what_it_returns_and_raises_what_it_raises() -> None:
    courier = Courier()

    def fail() -> None:
        raise DataError("no")

    assert courier.run(lambda: 42) == 42
    with pytest.raises(DataError, match="no"):
        courier.run(fail)
    assert courier.run(lambda: 43) == 43
    courier.close()


def test_slow_errand_is_given_up_in_time_and_those_behind_it_are_dropped() -> None:
    courier, release, begun = Courier(limit_s=0.1), threading.Event(), []
    began = time.monotonic()
    with pytest.raises(TransientError, match="no answer within 100 ms"):
        courier.run(lambda: release.wait(10))
    with pytest.raises(TransientError):
        courier.run(lambda: begun.append("too late"))
    assert time.monotonic() - began < 1.0
    release.set()
    assert courier.run(lambda: len(begun)) == 0
    courier.close()


def test_errand_that_ran_out_of_its_own_time_says_so_itself() -> None:
    def fail() -> None:
        raise TimeoutError("mine")

    courier = Courier()
    with pytest.raises(TimeoutError, match="mine"):
        courier.run(fail)
    courier.close()


def test_failure_nobody_waits_for_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise DataError("nobody is there")

    courier = Courier()
    with caplog.at_level(logging.WARNING):
        courier.send(fail)
        courier.run(lambda: None)
    assert "nobody is there" in caplog.text
    courier.close()


def test_closed_courier_ends_its_thread() -> None:
    courier = Courier()
    courier.run(lambda: None)
    courier.close()
    courier._thread.join(5)
    assert not courier._thread.is_alive()
