"""What `proratio alerts watch` tells of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from proratio_tradehub.metrics.families import Sample

__all__ = ["sent_samples"]


class _Watch(Protocol):
    sent: int


def sent_samples(watches: Iterable[_Watch]) -> Iterator[Sample]:
    """Yield how many messages all watches have sent."""
    yield "proratio_alerts_sent_total", (), float(sum(watch.sent for watch in watches))
