"""`/metrics` of one process: a thread of its own that nothing waits for and nothing depends on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, Final

from prometheus_client import (
    CollectorRegistry,
    ProcessCollector,
    disable_created_metrics,
    start_http_server,
)

from proratio_core.settings import Settings
from proratio_tradehub.metrics.catalogue import Role
from proratio_tradehub.metrics.families import Sample
from proratio_tradehub.metrics.guarded import GuardedCollector
from proratio_tradehub.metrics.messages import MessageCounter

__all__ = ["MetricsEndpoint", "Sources", "metrics_served", "open_endpoint"]

Sources = Mapping[str, Callable[[], Iterable[Sample]]]

_BIND_AGAIN_S: Final = 5.0

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""


class MetricsEndpoint:
    """Serves a registry until it is closed.

    A port that is taken is tried again every few seconds: the process it belonged to may be on its
    way out, and a bot that reloads its configuration opens the new one before the old one is gone.

    Parameters
    ----------
    registry
        What is served.
    host, port
        Where; port 0 takes a free one.
    on_close
        Called once it is closed.
    """

    def __init__(
        self,
        registry: CollectorRegistry,
        *,
        host: str,
        port: int,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        self.port: int | None = None
        self._registry = registry
        self._address = (host, port)
        self._on_close = on_close
        self._is_bound = threading.Event()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="proratio-metrics", daemon=True)
        self._thread.start()

    def wait_until_bound(self, limit_s: float) -> bool:
        """Return whether it serves within `limit_s`."""
        return self._is_bound.wait(limit_s)

    def close(self) -> None:
        """Stop serving; do not wait for it."""
        self._is_over.set()

    def join(self, limit_s: float) -> None:
        """Wait until it has stopped, at most `limit_s`."""
        self._thread.join(limit_s)

    def _serve(self) -> None:
        server = self._bind()
        if server is not None:
            self._is_over.wait()
            server.shutdown()
            server.server_close()
        self._on_close()

    def _bind(self) -> Any:
        host, port = self._address
        was_told = False
        while not self._is_over.is_set():
            try:
                server, _ = start_http_server(port, addr=host, registry=self._registry)
            except OSError as error:
                if not was_told:
                    _log.warning(
                        "metrics: %s:%s is not to be had (%s); trying on", host, port, error
                    )
                was_told = True
                self._is_over.wait(_BIND_AGAIN_S)
            else:
                self.port = server.server_port
                self._is_bound.set()
                return server
        return None


def open_endpoint(
    settings: Settings,
    role: Role,
    sources: Sources,
    *,
    registry: CollectorRegistry | None = None,
) -> MetricsEndpoint | None:
    """Return the endpoint of this process; None where `PRORATIO_METRICS_PORT` is not set.

    Parameters
    ----------
    settings
        Where it listens.
    role
        What the process is.
    sources
        What is read when it is scraped.
    registry
        Has what is counted in the process itself, if anything is.
    """
    if settings.metrics_port is None:
        return None
    disable_created_metrics()  # type: ignore[no-untyped-call]  # when a counter was made is nobody's question
    registry = registry or CollectorRegistry()
    messages = MessageCounter(registry)
    ProcessCollector(registry=registry)
    registry.register(GuardedCollector({"build": lambda: _build(role), **sources}))
    port = settings.metrics_port + role.offset if settings.metrics_port else 0
    messages.listen()
    return MetricsEndpoint(registry, host=settings.metrics_host, port=port, on_close=messages.stop)


@contextmanager
def metrics_served(
    settings: Settings,
    role: Role,
    sources: Sources,
    *,
    registry: CollectorRegistry | None = None,
) -> Iterator[MetricsEndpoint | None]:
    """Serve, as `open_endpoint` does, while the block runs."""
    endpoint = open_endpoint(settings, role, sources, registry=registry)
    try:
        yield endpoint
    finally:
        if endpoint is not None:
            endpoint.close()


def _build(role: Role) -> Iterable[Sample]:
    return [("proratio_build_info", (version("proratio"), role.value), 1.0)]
