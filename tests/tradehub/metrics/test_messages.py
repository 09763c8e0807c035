"""Warnings and errors are counted where they pass; texts are not kept."""

from __future__ import annotations

import logging

from prometheus_client import CollectorRegistry, generate_latest

from proratio_tradehub.metrics.messages import MessageCounter


def test_messages_are_counted_by_level_and_area_until_it_stops() -> None:
    registry = CollectorRegistry()
    messages = MessageCounter(registry)
    messages.listen()
    logging.getLogger("proratio_core.x").warning("canary one")
    logging.getLogger("freqtrade.worker").error("canary two")
    logging.getLogger("somebody").critical("canary three")
    logging.getLogger("somebody").info("canary four")
    messages.stop()
    logging.getLogger("somebody").critical("canary five")
    text = generate_latest(registry).decode()
    assert 'proratio_log_messages_total{area="proratio_core",level="warning"} 1.0' in text
    assert 'proratio_log_messages_total{area="freqtrade",level="error"} 1.0' in text
    assert 'proratio_log_messages_total{area="other",level="critical"} 1.0' in text
    assert "canary" not in text


def test_a_level_of_somebodys_own_is_passed_by() -> None:
    registry = CollectorRegistry()
    MessageCounter(registry).emit(logging.LogRecord("x", 35, "", 0, "", (), None))
    assert "Level 35" not in generate_latest(registry).decode()
