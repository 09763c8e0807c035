"""What the page System reads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proratio_core.database import Database
from proratio_core.database.schema import HEAD
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.system.queries import read_failures, read_providers, read_server
from proratio_tradehub.journal import JournalEntry, Kind, record_entries
from tests.signals.recording import record
from tests.signals.samples import close_of, panel_profile, said
from tests.tradehub.dashboard.drawing import NOW
from tests.tradehub.dashboard.now.made import ACCOUNT


def test_latencies_are_of_the_last_day_by_provider(database: Database) -> None:
    for index in (245, 280, 281):
        record(database, index, *[said(Action.BUY, 0.9)] * 3, profile=panel_profile())
    found = read_providers(database, close_of(281) + timedelta(minutes=1))
    assert sum(one.answers for one in found.latencies) == 2 * 3
    assert all(0 <= one.half_s <= one.most_s for one in found.latencies)
    later = read_providers(database, close_of(281) + timedelta(days=2))
    assert later.latencies == ()


def test_server_says_its_version_and_migration(database: Database) -> None:
    server = read_server(database)
    assert (server.migration, server.expected) == (HEAD, HEAD)
    assert float(server.version.split(".")[0]) >= 14
    assert server.size_bytes > 0


@pytest.mark.parametrize("most", [1, 5])
def test_incidents_of_every_account_come_newest_first(database: Database, most: int) -> None:
    entries = [
        JournalEntry(
            event_id=str(hours), account=account, strategy="Trend", kind=Kind.INCIDENT,
            at=NOW - timedelta(hours=hours), document={"what": str(hours)},
        )
        for hours, account in ((5, ACCOUNT), (2, "freqtrade live kraken spot"))
    ]  # fmt: skip
    record_entries(database, entries)
    found = [entry.document["what"] for entry in read_failures(database, NOW, most=most)]
    assert found == ["2", "5"][:most]
