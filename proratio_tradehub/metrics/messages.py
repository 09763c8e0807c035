"""Warnings and errors of a process, counted where they pass anyway: in its log."""

from __future__ import annotations

import logging
from typing import Final

from prometheus_client import CollectorRegistry

from proratio_tradehub.metrics.families import counter

__all__ = ["MessageCounter"]

_AREAS: Final = (
    *("proratio_core", "proratio_quantlab", "proratio_signals", "proratio_tradehub"),
    *("ccxt", "freqtrade"),
)
_OTHER: Final = "other"
_LEVELS: Final = ("warning", "error", "critical")


class MessageCounter(logging.Handler):
    """A handler that counts by level and by the package that logs; it keeps no text.

    Parameters
    ----------
    registry
        Where it counts.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__(logging.WARNING)
        self._counter = counter("proratio_log_messages_total", registry)
        for level in _LEVELS:
            for area in (*_AREAS, _OTHER):
                self._counter.labels(level, area)

    def listen(self) -> None:
        """Begin to count what the process logs."""
        logging.getLogger().addHandler(self)

    def stop(self) -> None:
        """Count no more."""
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Count a message."""
        area = record.name.partition(".")[0]
        level = record.levelname.lower()
        if level in _LEVELS:
            self._counter.labels(level, area if area in _AREAS else _OTHER).inc()
