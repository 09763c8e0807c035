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

    assert courier.begin(lambda: 42).result() == 42
    with pytest.raises(DataError, match="no"):
        courier.begin(fail).result()
    assert courier.begin(lambda: 43).result() == 43
    courier.close()


def test_slow_errand_is_given_up_in_time_and_those_behind_it_are_dropped() -> None:
    courier, release, begun = Courier(limit_s=0.1), threading.Event(), []
    began = time.monotonic()
    with pytest.raises(TransientError, match="no answer within 100 ms"):
        courier.begin(lambda: release.wait(10)).result()
    with pytest.raises(TransientError):
        courier.begin(lambda: begun.append("too late")).result()
    assert time.monotonic() - began < 1.0
    release.set()
    assert courier.begin(lambda: len(begun)).result() == 0
    courier.close()


def test_errand_that_ran_out_of_its_own_time_says_so_itself() -> None:
    def fail() -> None:
        raise TimeoutError("mine")

    courier = Courier()
    with pytest.raises(TimeoutError, match="mine"):
        courier.begin(fail).result()
    courier.close()


def test_failure_nobody_waits_for_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise DataError("nobody is there")

    courier = Courier()
    with caplog.at_level(logging.WARNING):
        courier.send(fail)
        courier.begin(lambda: None).result()
    assert "nobody is there" in caplog.text
    courier.close()


def test_closed_courier_ends_its_thread() -> None:
    courier = Courier()
    courier.begin(lambda: None).result()
    courier.close()
    courier._thread.join(5)
    assert not courier._thread.is_alive()


def test_time_runs_from_the_beginning_whoever_waits() -> None:
    courier, release = Courier(limit_s=0.2), threading.Event()
    slow = courier.begin(lambda: release.wait(10))
    assert not slow.is_done
    time.sleep(0.3)
    began = time.monotonic()
    with pytest.raises(TransientError, match="no answer within 200 ms"):
        slow.result()
    assert time.monotonic() - began < 0.1
    release.set()
    courier.close()


def test_errand_given_up_before_it_began_is_never_done() -> None:
    courier, release, begun = Courier(), threading.Event(), []
    courier.send(lambda: release.wait(10))
    courier.begin(lambda: begun.append("done")).give_up()
    release.set()
    assert courier.begin(lambda: len(begun)).result() == 0
    courier.close()
