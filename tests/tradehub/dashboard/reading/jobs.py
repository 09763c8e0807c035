"""Jobs for a worker: they live in a module that the worker can import."""

from __future__ import annotations

import os
import sys

from proratio_core.errors import DataError


def double(number: int) -> int:
    """Return twice a number, printing on the way."""
    sys.stdout.write("this must not get between\n")
    return 2 * number


def own_pid() -> int:
    """Return which process this is."""
    return os.getpid()


def complain() -> int:
    """Meet an error that was expected."""
    raise DataError("the votes are not usable")


def die() -> int:
    """End without a word."""
    sys.stdout.flush()
    os._exit(9)
