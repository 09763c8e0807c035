"""Values on their way into a scrape, under the names of the catalogue and no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric as _ClientMetric

from proratio_tradehub.metrics.catalogue import Kind, metric

__all__ = ["Family", "Sample", "counter", "families", "histogram", "one_of"]

Family = _ClientMetric
"""A metric with its samples, as Prometheus' client knows it."""

Sample = tuple[str, tuple[str, ...], float]
"""A metric's name, the values of its labels in order, and its value."""

_FAMILIES: Final[Mapping[Kind, type[Family]]] = {
    Kind.GAUGE: GaugeMetricFamily,
    Kind.COUNTER: CounterMetricFamily,
}


def families(samples: Iterable[Sample]) -> Iterator[Family]:
    """Yield the samples as Prometheus' client wants them, one family a metric.

    Raises
    ------
    KeyError
        A name is not in the catalogue.
    """
    made: dict[str, Family] = {}
    for name, labels, value in samples:
        if name not in made:
            known = metric(name)
            made[name] = _FAMILIES[known.kind](name, known.meaning, labels=known.labels)  # type: ignore[call-arg]
        made[name].add_metric(labels, value)  # type: ignore[attr-defined]
    yield from made.values()


def one_of(name: str, values: Iterable[str], current: str, *labels: str) -> Iterator[Sample]:
    """Yield 1 for the current one of several states, and 0 for the others."""
    for value in values:
        yield name, (*labels, value), float(value == current)


def counter(name: str, registry: CollectorRegistry) -> Counter:
    """Return a counter of the catalogue that counts in this process."""
    known = metric(name)
    return Counter(name, known.meaning, known.labels, registry=registry)


def histogram(name: str, registry: CollectorRegistry, *, buckets: tuple[float, ...]) -> Histogram:
    """Return a histogram of the catalogue that measures in this process."""
    known = metric(name)
    return Histogram(name, known.meaning, known.labels, registry=registry, buckets=buckets)
