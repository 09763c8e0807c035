"""The border between trading and its record: what fails in the record never reaches the trade."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

__all__ = ["unhindered"]

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""

_P = ParamSpec("_P")


def unhindered(record: Callable[_P, object]) -> Callable[_P, None]:
    """Return `record` as something that never raises; a failure of it is logged."""

    @wraps(record)
    def recorded(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            record(*args, **kwargs)
        except Exception:  # noqa: BLE001  # the border: an exit must not fail for its record
            _log.exception("journal: %s failed; trading goes on", record.__qualname__)

    return recorded
