"""The values of the page System as markup; foreign text stays text."""

from __future__ import annotations

from dataclasses import replace

from proratio_signals.spending import ProviderHealth
from proratio_signals.wrappers.breaker import BreakerState
from proratio_tradehub.dashboard.access.deeds import Deed
from proratio_tradehub.dashboard.now.figures import Light
from proratio_tradehub.dashboard.system.configuring import Proposal
from proratio_tradehub.dashboard.system.limits import Change
from proratio_tradehub.dashboard.system.log_tail import LogTail
from proratio_tradehub.dashboard.system.processes import ProcessLine
from proratio_tradehub.dashboard.system.queries import Latency, Providers, Server
from proratio_tradehub.dashboard.system.view import (
    answer_bar,
    deeds_card,
    failures_card,
    log_card,
    processes_card,
    proposal_view,
    providers_card,
    settings_card,
    versions_card,
)
from proratio_tradehub.journal import JournalEntry, Kind
from tests.tradehub.dashboard.drawing import NOW
from tests.tradehub.dashboard.now.made import ACCOUNT

HOSTILE = "<script>alert(1)</script>"
WELL = ProcessLine("Bot", Light.RUNNING, "1 s ago")
SERVER = Server("18.4", "0008", "0008", 27_000_000)


def test_gravest_process_is_the_answer() -> None:
    limited, silent = replace(WELL, light=Light.LIMITED), replace(WELL, light=Light.SILENT)
    assert "● Well" in answer_bar([WELL, replace(WELL, light=Light.ABSENT)])
    assert "▲ Look at it" in answer_bar([WELL, limited])
    assert "■ Not well" in answer_bar([limited, silent, WELL])


def test_every_light_has_a_shape_and_a_word() -> None:
    card = processes_card([replace(WELL, light=light) for light in Light])
    assert all(light.value in card for light in Light)


def test_provider_shows_latencies_and_breaker() -> None:
    latency = Latency("openai", 40, 2, 1.25, 6.5)
    breaker = ProviderHealth("gemini", BreakerState.OPEN, 5, "TIMEOUT", NOW)
    card = providers_card(Providers((latency,), (breaker,)), NOW)
    assert "1.2 s" in card
    assert "6.5 s" in card
    assert "■ open" in card
    assert "TIMEOUT, 0 s ago" in card
    assert "No voter was asked" in providers_card(Providers((), ()), NOW)


def test_half_migrated_database_is_marked() -> None:
    assert "p-card-plain" in versions_card({"Python": "3"}, SERVER, "")
    card = versions_card({"Python": "3"}, replace(SERVER, migration="0007"), "")
    assert "0007, 0008 is expected" in card
    assert "p-card-warn" in card
    assert "no answer" in versions_card({}, None, "no answer")


def test_foreign_words_never_act() -> None:
    entry = JournalEntry(
        event_id="1", account=ACCOUNT, strategy="Trend", kind=Kind.INCIDENT, at=NOW,
        document={"what": HOSTILE},
    )  # fmt: skip
    cards = (
        failures_card([entry, replace(entry, document={"code": HOSTILE})], NOW),
        log_card(LogTail("bot.log", (HOSTILE,))),
        deeds_card([Deed(NOW, HOSTILE, "Halt", HOSTILE)], NOW),
        settings_card([("profile", HOSTILE)]),
        proposal_view(Proposal((Change("a", 1.0, 0.5),), HOSTILE, "", "secret-token")),
    )
    for card in cards:
        assert "<script" not in card
        assert "&lt;script&gt;" in card
        assert "secret-token" not in card


def test_nothing_to_tell_is_said() -> None:
    assert "Nothing in the last thirty days" in failures_card([], NOW)
    assert "No log file" in log_card(None)
    assert "No warning" in log_card(LogTail("bot.log", ()))
    assert "Nobody has acted" in deeds_card([], NOW)
