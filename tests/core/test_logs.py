"""Logs: one form for everybody, and no secret in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from proratio_core.logs import configure_logs, masked_records, masker, redactor, secrets_of
from proratio_core.settings import Settings

CANARY = "sk-canary-4711"


@pytest.fixture(autouse=True)
def untouched_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def _configure(log_format: str = "json", level: str = "INFO") -> None:
    configure_logs(
        Settings(PRORATIO_LOG_FORMAT=log_format, PRORATIO_LOG_LEVEL=level, OPENAI_API_KEY=CANARY)
    )


def test_secret_is_masked_in_every_place_of_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    _configure()
    log = structlog.get_logger("proratio.test")
    log.info(f"key {CANARY}", nested={"list": [CANARY]}, error=ValueError(CANARY))
    try:
        raise RuntimeError(f"refused {CANARY}")
    except RuntimeError:
        log.exception("failed")
    output = capsys.readouterr().err
    assert CANARY not in output
    assert output.count("***") >= 4


def test_json_lines_carry_level_logger_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    _configure()
    structlog.get_logger("proratio.test").info("stored", rows=3)
    event = json.loads(capsys.readouterr().err)
    assert {k: event[k] for k in ("event", "rows", "level", "logger")} == {
        "event": "stored",
        "rows": 3,
        "level": "info",
        "logger": "proratio.test",
    }
    assert event["timestamp"].endswith("Z")


def test_libraries_log_in_the_same_form_and_are_masked_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _configure()
    logging.getLogger("some.library").warning("using %s", CANARY)
    event = json.loads(capsys.readouterr().err)
    assert event["event"] == "using ***"


def test_libraries_that_log_whole_urls_stay_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    _configure(level="DEBUG")
    logging.getLogger("httpx").info("GET https://host/bot123:token/getMe")
    assert capsys.readouterr().err == ""


def test_console_form_is_for_reading(capsys: pytest.CaptureFixture[str]) -> None:
    _configure("console")
    structlog.get_logger("proratio.test").info("stored", rows=3)
    assert "rows=3" in capsys.readouterr().err


def test_level_is_respected(capsys: pytest.CaptureFixture[str]) -> None:
    _configure(level="ERROR")
    structlog.get_logger("proratio.test").warning("not shown")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "url", ["postgresql://user:hunter2@host/name", "redis://:hunter2@host:6379"]
)
def test_password_inside_a_url_is_masked_without_knowing_it(url: str) -> None:
    event = redactor([])(None, "info", {"event": url})
    assert "hunter2" not in str(event)
    assert "***@host" in str(event)


def test_longer_secret_is_masked_before_its_own_part() -> None:
    event = redactor(["abc", "abcdef"])(None, "info", {"event": "abcdef abc"})
    assert event == {"event": "*** ***"}


def test_password_of_an_address_is_a_secret_by_itself() -> None:
    settings = Settings(
        DATABASE_URL="postgresql://me:pass%40word@host/db",
        REDIS_URL="redis://:another-one@host:6379/0",
        PRORATIO_APPRISE_URLS="ntfy://user:hunter22@host json://proratio:proratio@host",
    )
    secrets = secrets_of(settings)
    assert {"pass%40word", "pass@word", "another-one", "hunter22"} <= set(secrets)
    assert "proratio" not in secrets, "a log without that word says nothing"


def test_secret_that_is_freqtrades_alone_is_masked_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FREQTRADE__API_SERVER__JWT_SECRET_KEY", "canary-jwt")
    monkeypatch.setenv("FREQTRADE__TELEGRAM__TOKEN", "canary-token")
    monkeypatch.setenv("FREQTRADE__EXCHANGE__NAME", "binance")
    mask = masker(Settings())
    assert mask("canary-jwt canary-token binance") == "*** *** binance"


def test_log_of_a_library_with_a_handler_of_its_own_is_masked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    library = logging.getLogger("library.of.its.own")
    library.propagate = False
    handler = logging.StreamHandler()
    library.addHandler(handler)
    try:
        with masked_records(Settings(OPENAI_API_KEY=CANARY)):
            library.error("using %s", CANARY)
            library.error(*("%s and %s of it", CANARY))  # its arguments do not fit
            library.error("sent %d", 3, exc_info=RuntimeError(f"refused {CANARY}"))
        library.error("using %s", CANARY)
    finally:
        library.removeHandler(handler)
    inside, outside = capsys.readouterr().err.rsplit("using", 1)
    assert CANARY not in inside
    assert "using ***" in inside
    assert "sent 3" in inside
    assert "RuntimeError: refused ***" in inside
    assert CANARY in outside
