"""The Kubernetes manifests: valid by the API's own schema, closed, and fitting each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from dotenv import dotenv_values
from ruamel.yaml import YAML

from proratio_core.settings import Settings
from proratio_tradehub.metrics import Role
from tests.architecture.source_tree import ROOT

_FOLDER = ROOT / "scripts" / "deploy" / "kubernetes"
_VERSION = "1.29"
_YAML = YAML(typ="safe")
_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_MODEL_KEYS = {"OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"}
_DOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")


def _kustomization() -> dict[str, Any]:
    document: dict[str, Any] = _YAML.load((_FOLDER / "kustomization.yaml").read_text())
    return document


def _documents() -> Iterator[tuple[Path, dict[str, Any]]]:
    for name in _kustomization()["resources"]:
        for document in _YAML.load_all((_FOLDER / name).read_text()):
            yield _FOLDER / name, document


_ALL = [(f"{path.stem} {one['kind']} {one['metadata']['name']}", one) for path, one in _documents()]


def _pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the template of every pod, with its name."""
    for _, document in _ALL:
        spec = document["spec"] if document["kind"] != "Namespace" else {}
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield document["metadata"]["name"], spec["template"]


_PODS = list(_pods())


def _containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def _secrets(pod: dict[str, Any]) -> set[str]:
    found = set()
    for container in _containers(pod):
        for variable in container.get("env", []):
            reference = variable.get("valueFrom", {}).get("secretKeyRef")
            if reference is not None:
                assert reference["name"] == "proratio"
                found.add(reference["key"])
    return found


@pytest.mark.parametrize(("name", "document"), _ALL, ids=[name for name, _ in _ALL])
def test_a_manifest_fits_the_schema_of_the_api(name: str, document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, _VERSION, strict=True)


def test_the_kustomization_names_every_file_and_each_once() -> None:
    listed = _kustomization()["resources"]
    there = {path.name for path in _FOLDER.glob("*.yaml")} - {"kustomization.yaml"}
    assert len(set(listed)) == len(listed)
    assert set(listed) == there


def test_everything_is_in_one_namespace_and_named_once() -> None:
    namespace = _kustomization()["namespace"]
    assert not [name for name, one in _ALL if "namespace" in one["metadata"]]
    assert [one["metadata"]["name"] for _, one in _ALL if one["kind"] == "Namespace"] == [namespace]
    names = [(one["kind"], one["metadata"]["name"]) for _, one in _ALL]
    assert len(set(names)) == len(names)
    assert all(_DOMAIN.match(name) for _, name in names)


def test_no_value_of_a_secret_is_committed_and_every_one_that_is_used_is_explained() -> None:
    example = dotenv_values(_FOLDER / "secrets.env.example")
    assert not any(example.values())
    assert set(example) == set().union(*(_secrets(pod) for _, pod in _PODS))
    assert _kustomization()["secretGenerator"] == [{"name": "proratio", "envs": ["secrets.env"]}]
    assert "/scripts/deploy/kubernetes/secrets.env" in (ROOT / ".gitignore").read_text()


def test_every_variable_is_one_the_programs_know() -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    known |= {"HOME", "PYTHONDONTWRITEBYTECODE", "PGDATA"}
    literals = _kustomization()["configMapGenerator"][0]["literals"]
    given = {literal.partition("=")[0] for literal in literals}
    for _, pod in _PODS:
        for container in _containers(pod):
            given |= {variable["name"] for variable in container.get("env", [])}
    foreign = ("FREQTRADE__", "POSTGRES_")
    assert not [name for name in given - known if not name.startswith(foreign)]


@pytest.mark.parametrize(("name", "pod"), _PODS, ids=[name for name, _ in _PODS])
def test_a_pod_may_do_nothing_but_its_work(name: str, pod: dict[str, Any]) -> None:
    spec = pod["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in _containers(pod):
        closed = container["securityContext"]
        assert closed["allowPrivilegeEscalation"] is False
        assert closed["readOnlyRootFilesystem"] is True
        assert closed["capabilities"] == {"drop": ["ALL"]}
        assert {"cpu", "memory"} == set(container["resources"]["limits"])
        assert {"cpu", "memory"} == set(container["resources"]["requests"])


@pytest.mark.parametrize(("name", "pod"), _PODS, ids=[name for name, _ in _PODS])
def test_what_is_mounted_and_asked_is_there(name: str, pod: dict[str, Any]) -> None:
    claims = {one["metadata"]["name"] for _, one in _ALL if one["kind"] == "PersistentVolumeClaim"}
    spec = pod["spec"]
    volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
    for volume in volumes.values():
        claim = volume.get("persistentVolumeClaim")
        assert claim is None or claim["claimName"] in claims
    mounted = {mount["name"] for one in _containers(pod) for mount in one["volumeMounts"]}
    assert mounted - set(volumes) <= ({"data"} if name == "postgres" else set())
    for container in spec["containers"]:
        ports = {port["name"] for port in container.get("ports", [])}
        for probe in _PROBES:
            if spec.get("restartPolicy") == "Never":
                assert probe not in container
            else:
                asked = container[probe]
                assert "exec" in asked or asked["httpGet"]["port"] in ports


def test_services_lead_to_pods() -> None:
    labels = {pod["metadata"]["labels"]["app.kubernetes.io/name"]: pod for _, pod in _PODS}
    for name, document in _ALL:
        if document["kind"] == "Service":
            pod = labels[document["spec"]["selector"]["app.kubernetes.io/name"]]
            ports = {port["name"] for one in pod["spec"]["containers"] for port in one["ports"]}
            assert document["spec"]["ports"][0]["targetPort"] in ports, name


def test_the_network_is_closed_but_for_what_is_said() -> None:
    policies = {
        one["metadata"]["name"]: one["spec"] for _, one in _ALL if one["kind"] == "NetworkPolicy"
    }
    assert policies["nothing-by-default"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }
    (outside,) = policies["outside"]["egress"]
    assert "10.0.0.0/8" in outside["to"][0]["ipBlock"]["except"]
    (chosen,) = policies["outside"]["podSelector"]["matchExpressions"]
    assert "dashboard" not in chosen["values"]
    assert "postgres" not in chosen["values"]


def test_a_backup_is_made_every_day_and_proved_every_week() -> None:
    jobs = {one["metadata"]["name"]: one["spec"] for _, one in _ALL if one["kind"] == "CronJob"}
    commands = {
        name: job["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["command"]
        for name, job in jobs.items()
    }
    assert commands == {
        "backup": ["proratio", "backup", "/backups", "--keep", "14"],
        "rehearsal": ["proratio", "restore", "/backups", "--rehearse"],
    }
    assert jobs["backup"]["schedule"].split()[2:] == ["*", "*", "*"]
    assert all(job["concurrencyPolicy"] == "Forbid" for job in jobs.values())


def test_the_bot_holds_no_key_of_a_language_model_and_stays_in_dry_run() -> None:
    (pod,) = [pod for name, pod in _PODS if name == "freqtrade"]
    assert not _secrets(pod) & _MODEL_KEYS
    variables = {one["name"]: one.get("value") for one in pod["spec"]["containers"][0]["env"]}
    assert variables["FREQTRADE__DRY_RUN"] == "true"


def test_every_program_is_scraped_where_it_listens() -> None:
    roles = {"freqtrade": Role.BOT, "collector": Role.STREAM, "metrics": Role.INSTALLATION}
    for name, pod in _PODS:
        annotations = pod["metadata"].get("annotations", {})
        if annotations.get("prometheus.io/scrape") == "true":
            role = roles.get(name) or Role(name)
            (port,) = [
                one["containerPort"]
                for one in pod["spec"]["containers"][0]["ports"]
                if one["name"] == "metrics"
            ]
            assert port == 9101 + role.offset == int(annotations["prometheus.io/port"]), name
