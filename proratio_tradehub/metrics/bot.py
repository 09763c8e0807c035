"""`/metrics` of a trading bot: its account, its halts and the beat of its loop."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from proratio_core.clock import Clock
from proratio_core.settings import Settings
from proratio_tradehub.desk import report_path
from proratio_tradehub.halts import halt_file
from proratio_tradehub.metrics.accounts import halt_samples, report_samples
from proratio_tradehub.metrics.catalogue import Role
from proratio_tradehub.metrics.endpoint import open_endpoint
from proratio_tradehub.metrics.pulse import LoopPulse

__all__ = ["BotMetrics"]


class BotMetrics:
    """Nothing here waits or raises; what is told of the account is read when it is asked for.

    Parameters
    ----------
    settings
        Where reports and halts are, and where to listen, if anywhere.
    account
        Whose report.
    clock
        The time it is.
    """

    def __init__(self, settings: Settings, account: str, *, clock: Clock) -> None:
        registry = CollectorRegistry()
        self._pulse = LoopPulse(registry, clock)
        path, halts = report_path(settings, account), halt_file(settings)
        sources = {
            "account": lambda: report_samples(path),
            "halts": lambda: halt_samples(halts.read),
            "loop": self._pulse.samples,
        }
        self.endpoint = open_endpoint(settings, Role.BOT, sources, registry=registry)

    def beat(self) -> None:
        """Take note that a loop begins."""
        self._pulse.beat()

    def close(self) -> None:
        """Stop serving; do not wait for it."""
        if self.endpoint is not None:
            self.endpoint.close()
