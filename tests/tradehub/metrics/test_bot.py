"""The bot's metrics cost it a clock reading a loop, and tell what its files say."""

from __future__ import annotations

from pathlib import Path

from proratio_core.clock import SystemClock
from proratio_core.settings import Settings
from proratio_tradehub.desk import report_path
from proratio_tradehub.metrics.bot import BotMetrics
from proratio_tradehub.metrics.catalogue import Role
from tests.scraping import free_base_port, require_told, scrape
from tests.tradehub.metrics.test_accounts import ACCOUNT, REPORT


def test_everything_of_the_bot_is_told_after_its_first_report(tmp_path: Path) -> None:
    base = free_base_port(Role.BOT)
    settings = Settings(PRORATIO_USER_DATA=tmp_path, PRORATIO_METRICS_PORT=str(base))
    REPORT.write(report_path(settings, ACCOUNT))
    metrics = BotMetrics(settings, ACCOUNT, clock=SystemClock())
    assert metrics.endpoint is not None
    assert metrics.endpoint.wait_until_bound(5.0)
    metrics.beat()
    text = scrape(base, Role.BOT)
    metrics.close()
    require_told(text, Role.BOT)
    assert 'proratio_collector_up{collector="account"} 1.0' in text


def test_a_bot_that_is_not_scraped_only_keeps_time(tmp_path: Path) -> None:
    metrics = BotMetrics(Settings(PRORATIO_USER_DATA=tmp_path), ACCOUNT, clock=SystemClock())
    metrics.beat()
    assert metrics.endpoint is None
    metrics.close()
