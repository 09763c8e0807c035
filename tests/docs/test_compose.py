"""docker-compose.yml: valid, closed to the outside, and unable to trade with real money."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values
from ruamel.yaml import YAML

from tests.architecture.source_tree import ROOT
from tests.command_line import run_here

_FILE = ROOT / "docker-compose.yml"
_SECRETS = {
    "POSTGRES_PASSWORD": "canary-postgres",
    "COMPOSE_REDIS_PASSWORD": "canary-redis",
    "FREQTRADE__API_SERVER__PASSWORD": "canary-api",
    "FREQTRADE__API_SERVER__JWT_SECRET_KEY": "canary-" + "j" * 32,
}
_VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z0-9_]+)(:-|:\?)([^}]*)\}")


def _interpolated(values: dict[str, str]) -> dict[str, Any]:
    """Return the file as Compose reads it: parsed, then each string filled in from `values`."""

    def replace(match: re.Match[str]) -> str:
        name, operator, rest = match.groups()
        if values.get(name):
            return values[name]
        if operator == ":?":
            raise KeyError(f"{name}: {rest}")
        return rest

    def fill(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: fill(value) for key, value in node.items()}
        if isinstance(node, list):
            return [fill(item) for item in node]
        return _VARIABLE.sub(replace, node).replace("$$", "$") if isinstance(node, str) else node

    document: dict[str, Any] = fill(YAML(typ="safe").load(_FILE.read_text()))
    return document


def _services() -> dict[str, dict[str, Any]]:
    example = {name: value or "" for name, value in dotenv_values(ROOT / ".env.example").items()}
    services: dict[str, dict[str, Any]] = _interpolated(example | _SECRETS)["services"]
    return services


def test_it_is_a_valid_compose_file() -> None:
    done = subprocess.run(
        [
            Path(sys.executable).with_name("check-jsonschema"),
            "--builtin-schema",
            "vendor.compose-spec",
            _FILE,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", sorted(_SECRETS))
def test_it_refuses_to_start_without_each_secret(name: str) -> None:
    given = {secret: value for secret, value in _SECRETS.items() if secret != name}
    with pytest.raises(KeyError, match=rf"{name}: set it in \.env"):
        _interpolated(given)


def test_every_port_is_bound_to_this_machine_only() -> None:
    ports = [port for service in _services().values() for port in service.get("ports", [])]
    assert len(ports) == 6
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port) for port in ports)


_FOR_ONE_COMMAND = {"proratio"}


def test_every_lasting_service_is_watched_and_comes_back_and_its_log_is_bounded() -> None:
    for name, service in _services().items():
        if name not in _FOR_ONE_COMMAND:
            assert "test" in service["healthcheck"], name
            assert service["restart"] == "unless-stopped", name
            assert {"max-size", "max-file"} < set(service["logging"]["options"]), name


def test_nothing_runs_as_root_or_writes_outside_its_volumes_or_has_a_privilege() -> None:
    for name, service in _services().items():
        assert service["read_only"] is True, name
        assert "/tmp" in service["tmpfs"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name != "promtail":  # reads what Docker lets root alone read, and can do nothing else
            assert str(service["user"]) not in {"root", "0", "0:0"}, name
            assert "cap_add" not in service, name
    assert _services()["promtail"]["cap_add"] == ["DAC_READ_SEARCH"]


def test_what_runs_without_a_profile_needs_nothing_but_the_four_secrets() -> None:
    core = {name for name, service in _services().items() if "profiles" not in service}
    assert core == {"postgres", "redis", "freqtrade", "signals", "collector", "backup"}
    named = {name: service.get("profiles") for name, service in _services().items()}
    assert named["dashboard"] == ["dashboard"]
    assert named["alerts"] == ["alerts"]
    observing = {"metrics", "prometheus", "loki", "promtail", "grafana"}
    assert {name for name, one in named.items() if one == ["observability"]} == observing


def test_everything_that_is_mounted_from_the_repository_is_there() -> None:
    for name, service in _services().items():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).exists(), f"{name}: {source}"


def test_only_who_asks_a_language_model_holds_its_key() -> None:
    holders = {
        name
        for name, service in _services().items()
        for variable in service.get("environment", {})
        if variable.endswith("_API_KEY")
    }
    assert holders == {"signals", "proratio"}


def test_prometheus_scrapes_services_there_are() -> None:
    path = ROOT / "scripts/deploy/observability/prometheus.yml"
    jobs = YAML(typ="safe").load(path.read_text())["scrape_configs"]
    hosts = {
        target.partition(":")[0]
        for job in jobs
        for one in job["static_configs"]
        for target in one["targets"]
    }
    assert hosts - {"localhost"} <= set(_services())


def test_every_command_of_ours_is_one_the_program_knows(tmp_path: Path) -> None:
    for name, service in _services().items():
        command = service.get("command")
        words = command.split() if isinstance(command, str) else command
        if words and words[0] == "proratio":
            shown = run_here(*_command_of(words), "--help", folder=tmp_path, COLUMNS="200")
            assert shown.returncode == 0, name
            options = [word for word in words if word.startswith("--")]
            assert all(option in shown.stdout for option in options), name


def _command_of(words: list[str]) -> list[str]:
    """Return the command without its options and their values."""
    first = next((i for i, word in enumerate(words) if word.startswith("-")), len(words))
    return words[1:first]


def test_the_trading_process_holds_no_key_of_a_language_model() -> None:
    environment = _services()["freqtrade"]["environment"]
    assert not [name for name in environment if name.endswith("_API_KEY")]


def test_secrets_come_from_the_environment_alone() -> None:
    assert not re.search(r"(?i)(password|secret|token):\s*['\"]?[a-z0-9]", _FILE.read_text())


def test_freqtrade_accepts_its_environment_and_stays_in_dry_run(tmp_path: Path) -> None:
    live = tmp_path / "live.json"
    live.write_text(json.dumps({"dry_run": False}))
    environment = _services()["freqtrade"]["environment"]
    done = subprocess.run(
        [
            Path(sys.executable).with_name("freqtrade"),
            "show-config",
            "--show-sensitive",
            "--userdir=user_data",
            "--config=user_data/config.json",
            f"--config={live}",
        ],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"dry_run": true' in done.stdout
    assert '"password": "canary-api"' in done.stdout
    assert '"listen_port": 8080' in done.stdout
