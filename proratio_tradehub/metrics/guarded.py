"""A part of a scrape that may fail without anybody but the reader of the scrape noticing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client.registry import Collector

from proratio_tradehub.metrics.families import Family, Sample, families

__all__ = ["GuardedCollector"]

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""


class GuardedCollector(Collector):
    """Reads its sources when it is scraped; an error is a metric, never an exception.

    Parameters
    ----------
    sources
        Name -> what returns samples. One that raises gives none, and `proratio_collector_up` 0.
    """

    def __init__(self, sources: Mapping[str, Callable[[], Iterable[Sample]]]) -> None:
        self._sources = sources
        self._failing: set[str] = set()

    def describe(self) -> Iterable[Family]:
        """Return nothing: nothing is read before the first scrape."""
        return ()

    def collect(self) -> Iterator[Family]:
        """Yield what every source tells, and whether it could."""
        samples: list[Sample] = []
        for name, source in self._sources.items():
            samples += self._read(name, source)
        yield from families(samples)

    def _read(self, name: str, source: Callable[[], Iterable[Sample]]) -> list[Sample]:
        try:
            found = list(source())
        except Exception as error:  # noqa: BLE001  # the scrape's border: whoever is scraped goes on
            if name not in self._failing:
                _log.warning(
                    "metrics: %s cannot be read: %s: %s", name, type(error).__name__, error
                )
            self._failing.add(name)
            return [("proratio_collector_up", (name,), 0.0)]
        self._failing.discard(name)
        return [*found, ("proratio_collector_up", (name,), 1.0)]
