"""Metrics for Prometheus: what each process tells, under which name, and where."""

from proratio_tradehub.metrics.catalogue import CATALOGUE, Kind, Metric, Role
from proratio_tradehub.metrics.endpoint import MetricsEndpoint, Sources, metrics_served

__all__ = [
    "CATALOGUE",
    "Kind",
    "Metric",
    "MetricsEndpoint",
    "Role",
    "Sources",
    "metrics_served",
]
