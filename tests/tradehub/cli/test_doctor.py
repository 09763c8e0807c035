"""`proratio doctor` as a person types it, on a database of its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.command_line import run_here


def _doctor(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    nobody = {"PRORATIO_EXCHANGE_URL": "http://127.0.0.1:1"}
    return run_here("doctor", *words, folder=folder, **(nobody | environment))


def test_a_fresh_installation_is_healthy(tmp_path: Path, database_url: str) -> None:
    done = _doctor(tmp_path, DATABASE_URL=database_url)
    assert done.returncode == 0, done.stderr
    for name in ("python", "packages", "disk", "database", "redis", "profile", "exchange"):
        assert name in done.stdout


def test_json_is_one_document_and_nothing_else(tmp_path: Path, database_url: str) -> None:
    done = _doctor(tmp_path, "--json", DATABASE_URL=database_url)
    document = json.loads(done.stdout)
    assert document["healthy"] is True
    assert {"name", "verdict", "detail", "remedy"} == set(document["findings"][0])


def test_an_unusable_database_exits_with_2_and_the_other_checks_still_run(tmp_path: Path) -> None:
    done = _doctor(tmp_path, "--json", DATABASE_URL="postgresql://u:canary@127.0.0.1:1/x")
    document = json.loads(done.stdout)
    verdicts = {finding["name"]: finding["verdict"] for finding in document["findings"]}
    assert done.returncode == 2
    assert document["healthy"] is False
    assert verdicts["database"] == "failed"
    assert verdicts["redis"] == "ok"


def test_malformed_settings_are_one_line(tmp_path: Path) -> None:
    done = _doctor(tmp_path, PRORATIO_LOG_LEVEL="LOUD")
    assert done.returncode == 2
    assert done.stderr.startswith("error: the settings are not usable: PRORATIO_LOG_LEVEL")
    assert done.stderr.count("\n") == 1


def test_no_secret_is_ever_printed(tmp_path: Path, database_url: str) -> None:
    names = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "PRORATIO_COMPATIBLE_API_KEY")
    canaries = {name: f"canary-{name.lower()}-0123456789" for name in names}
    done = _doctor(
        tmp_path,
        **canaries,
        DATABASE_URL=database_url,
        PRORATIO_PROFILE="consensus",
        REDIS_URL="redis://:canary-redis@127.0.0.1:1/0",
    )
    assert "canary" not in done.stdout + done.stderr
    assert done.returncode == 0, done.stdout
