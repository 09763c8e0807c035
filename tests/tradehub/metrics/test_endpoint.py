"""An endpoint listens where it may, waits for a port that is taken, and ends with its block."""

from __future__ import annotations

import socket
import time
import urllib.request

import pytest
from prometheus_client import CollectorRegistry

from proratio_core.settings import Settings
from proratio_tradehub.metrics.catalogue import Role
from proratio_tradehub.metrics.endpoint import MetricsEndpoint, metrics_served, open_endpoint
from tests.scraping import free_base_port, scrape


def test_without_a_port_nothing_listens() -> None:
    assert open_endpoint(Settings(), Role.BOT, {}) is None
    with metrics_served(Settings(), Role.BOT, {}) as endpoint:
        assert endpoint is None


def test_each_role_listens_on_the_loopback_port_of_its_own_and_only_while_the_block_runs() -> None:
    base = free_base_port(Role.SIGNALS)
    settings = Settings(PRORATIO_METRICS_PORT=str(base))
    sources = {"halts": lambda: [("proratio_halts", (), 3.0)]}
    with metrics_served(settings, Role.SIGNALS, sources) as endpoint:
        assert endpoint is not None
        assert endpoint.wait_until_bound(5.0)
        assert endpoint.port == base + 2
        text = scrape(base, Role.SIGNALS)
    assert "proratio_halts 3.0" in text
    assert 'role="signals"' in text
    assert "_created" not in text
    endpoint.join(5.0)
    assert scrape(base, Role.SIGNALS) == ""


def test_a_port_that_is_taken_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proratio_tradehub.metrics.endpoint._BIND_AGAIN_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        endpoint = MetricsEndpoint(CollectorRegistry(), host="127.0.0.1", port=port)
        assert not endpoint.wait_until_bound(0.2)
    assert endpoint.wait_until_bound(5.0)
    endpoint.close()
    endpoint.join(5.0)


def test_closed_before_it_could_listen_it_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        endpoint = MetricsEndpoint(CollectorRegistry(), host="127.0.0.1", port=port)
        endpoint.close()
        endpoint.join(8.0)
        assert endpoint.port is None


def test_a_scraper_that_hangs_holds_up_no_other() -> None:
    with metrics_served(Settings(PRORATIO_METRICS_PORT="0"), Role.BOT, {}) as endpoint:
        assert endpoint is not None
        assert endpoint.wait_until_bound(5.0)
        with socket.create_connection(("127.0.0.1", endpoint.port or 0)):
            began = time.monotonic()
            url = f"http://127.0.0.1:{endpoint.port}/metrics"
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert answer.status == 200
            assert time.monotonic() - began < 4
