"""What Prometheus, Grafana, Loki and Promtail are given: valid, and only of metrics there are.

Each metric of the catalogue is in a scrape of the real process that tells it: those tests stand
with the commands (`test_stream`, `test_signals_serve`, `test_alerts`, `test_metrics`) and with the
bot (`test_live_trading`).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from proratio_tradehub.metrics import CATALOGUE, Kind, Role
from tests.architecture.source_tree import ROOT

_FOLDER = ROOT / "scripts" / "deploy" / "observability"
_BOARDS = sorted((_FOLDER / "grafana" / "dashboards").glob("*.json"))
_NAME = re.compile(r"\bproratio_[a-z_]+")


def _yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text())


def _board(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def _scraped_names() -> set[str]:
    """Return every name under which a metric of the catalogue is scraped."""
    names = set()
    for one in CATALOGUE.values():
        is_histogram = one.kind is Kind.HISTOGRAM
        endings = ("_bucket", "_sum", "_count") if is_histogram else ("",)
        names |= {f"{one.name}{ending}" for ending in endings}
    return names


def _expressions() -> Iterator[tuple[str, str]]:
    """Yield every PromQL expression with where it stands."""
    for group in _yaml(_FOLDER / "rules.yml")["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for path in _BOARDS:
        board = _board(path)
        for panel in board["panels"]:
            if panel["datasource"]["type"] == "prometheus":
                for target in panel["targets"]:
                    yield f"{path.stem}: {panel['title']}", target["expr"]
        for variable in board["templating"]["list"]:
            yield f"{path.stem}: ${variable['name']}", variable["definition"]


def _promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian's package prometheus)")
    return subprocess.run(
        [promtool, *map(str, words)], capture_output=True, text=True, check=False, cwd=_FOLDER
    )


def test_every_metric_in_rules_and_panels_is_one_of_ours() -> None:
    names = _scraped_names()
    unknown = {
        (where, name)
        for where, expression in _expressions()
        for name in _NAME.findall(expression)
        if name not in names
    }
    assert not unknown


def test_every_metric_but_few_is_shown_or_alerts() -> None:
    used = {name for _, text in _expressions() for name in _NAME.findall(text)}
    unseen = {one.name for one in CATALOGUE.values() if not {one.name, f"{one.name}_bucket"} & used}
    assert not unseen


def test_rules_and_configuration_pass_promtool() -> None:
    for words in (("check", "rules", "rules.yml"), ("check", "config", "prometheus.yml")):
        done = _promtool(*words)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_silent_while_all_is_well_and_fires_when_it_should() -> None:
    done = _promtool("test", "rules", "rules_test.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    alerts = {
        rule["alert"] for group in _yaml(_FOLDER / "rules.yml")["groups"] for rule in group["rules"]
    }
    tested = set(
        re.findall(r'alertname="(\w+)",alertstate', (_FOLDER / "rules_test.yml").read_text())
    )
    assert tested == alerts


def test_a_rule_that_says_the_opposite_is_noticed(tmp_path: Path) -> None:
    rules = (_FOLDER / "rules.yml").read_text()
    assert "proratio_database_up == 0" in rules
    (tmp_path / "rules.yml").write_text(rules.replace("_database_up == 0", "_database_up == 1"))
    shutil.copy(_FOLDER / "rules_test.yml", tmp_path)
    assert _promtool("test", "rules", tmp_path / "rules_test.yml").returncode != 0


def test_every_alert_says_how_urgent_it_is_and_what_to_do() -> None:
    for group in _yaml(_FOLDER / "rules.yml")["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in {"page", "ticket"}, rule["alert"]
            assert set(rule["annotations"]) == {"summary", "remedy"}, rule["alert"]


def test_every_role_is_scraped_where_it_listens() -> None:
    (job,) = [
        one
        for one in _yaml(_FOLDER / "prometheus.yml")["scrape_configs"]
        if one["job_name"] == "proratio"
    ]
    scraped = {
        one["labels"]["role"]: int(target.rpartition(":")[2])
        for one in job["static_configs"]
        for target in one["targets"]
    }
    assert scraped == {role.value: 9101 + role.offset for role in Role}


@pytest.mark.parametrize("path", _BOARDS, ids=lambda path: path.stem)
def test_a_dashboard_is_one_that_grafana_takes(path: Path) -> None:
    board = _board(path)
    assert board["uid"] == f"proratio-{path.stem}"
    assert board["schemaVersion"] >= 39
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    sources = {one["uid"]: one["type"] for one in _sources()}
    for panel in panels:
        assert panel["title"]
        assert sources[panel["datasource"]["uid"]] == panel["datasource"]["type"]
        assert panel["targets"]
        references = [target["refId"] for target in panel["targets"]]
        assert len(set(references)) == len(references)
        place = panel["gridPos"]
        assert 0 <= place["x"] < place["x"] + place["w"] <= 24
    for one, other in combinations((panel["gridPos"] for panel in panels), 2):
        assert not _overlap(one, other)


def test_variables_that_panels_use_are_declared() -> None:
    for path in _BOARDS:
        board = _board(path)
        declared = {variable["name"] for variable in board["templating"]["list"]}
        text = json.dumps(board["panels"])
        used = set(re.findall(r"\$(\w+)", text)) - {"__rate_interval"}
        assert used <= declared, path.stem


def test_provisioning_finds_the_dashboards_and_the_sources() -> None:
    (provider,) = _yaml(_FOLDER / "grafana/provisioning/dashboards/proratio.yml")["providers"]
    assert provider["options"]["path"] == "/etc/grafana/dashboards"
    assert {one["uid"] for one in _sources()} == {"proratio-prometheus", "proratio-loki"}


def test_loki_keeps_logs_for_a_while_and_promtail_sends_them_there() -> None:
    loki, promtail = _yaml(_FOLDER / "loki.yml"), _yaml(_FOLDER / "promtail.yml")
    assert loki["limits_config"]["retention_period"]
    assert loki["compactor"]["retention_enabled"] is True
    assert loki["schema_config"]["configs"][0]["schema"] == "v13"
    assert promtail["clients"][0]["url"] == "http://loki:3100/loki/api/v1/push"
    assert f":{loki['server']['http_listen_port']}/" in promtail["clients"][0]["url"]


def _sources() -> list[dict[str, Any]]:
    path = _FOLDER / "grafana/provisioning/datasources/proratio.yml"
    sources: list[dict[str, Any]] = _yaml(path)["datasources"]
    return sources


def _overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    def apart(start: str, size: str) -> bool:
        return one[start] + one[size] <= other[start] or other[start] + other[size] <= one[start]

    return not (apart("x", "w") or apart("y", "h"))
