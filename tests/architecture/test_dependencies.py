"""What is imported is declared, what is declared is locked, and the locks agree."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import packages_distributions
from itertools import chain

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.source_tree import PACKAGES, ROOT, modules

_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def _requirements(texts: Iterable[str]) -> tuple[Requirement, ...]:
    return tuple(Requirement(text) for text in texts)


def _locked(name: str) -> Mapping[str, set[Version]]:
    pins: dict[str, set[Version]] = {}
    for package, version in _PINNED.findall((ROOT / name).read_text()):
        pins.setdefault(canonicalize_name(package), set()).add(Version(version))
    return pins


def _imported() -> set[str]:
    names: set[str] = set()
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - set(PACKAGES)


def _imported_at_once() -> set[str]:
    """Return what is imported by importing a module, not by calling something in it."""
    return {
        name
        for module in modules()
        for node in module.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name.partition(".")[0] for alias in node.names]
            if isinstance(node, ast.Import)
            else [(node.module or "").partition(".")[0]]
        )
    }


def test_an_extra_is_imported_only_where_it_is_asked_for() -> None:
    dependencies = {r.name for r in _requirements(_PROJECT["project"]["dependencies"])}
    extras = {
        r.name
        for texts in _PROJECT["project"]["optional-dependencies"].values()
        for r in _requirements(texts)
    }
    assert not _imported_at_once() & (extras - dependencies)


def test_every_imported_package_is_declared() -> None:
    texts = [
        *_PROJECT["project"]["dependencies"],
        *chain(*_PROJECT["project"]["optional-dependencies"].values()),
    ]
    declared = {canonicalize_name(r.name) for r in _requirements(texts)}
    owners = packages_distributions()
    undeclared = {
        name
        for name in _imported()
        if not declared & {canonicalize_name(owner) for owner in owners.get(name, [name])}
    }
    assert not undeclared, f"imported but not declared in pyproject.toml: {sorted(undeclared)}"


def test_the_lock_satisfies_every_requirement() -> None:
    locks = {
        "requirements.lock": _PROJECT["project"]["dependencies"],
        "requirements-dev.lock": [
            *_PROJECT["project"]["dependencies"],
            *_PROJECT["dependency-groups"]["dev"],
        ],
    }
    for name, texts in locks.items():
        pins = _locked(name)
        for requirement in _requirements(texts):
            found = pins.get(canonicalize_name(requirement.name))
            assert found, f"{name} lacks {requirement}; run `make lock`"
            assert all(requirement.specifier.contains(v, prereleases=True) for v in found), (
                f"{name} does not satisfy {requirement}; run `make lock`"
            )


def test_both_locks_pin_the_same_versions() -> None:
    development = _locked("requirements-dev.lock")
    for package, versions in _locked("requirements.lock").items():
        assert development[package] == versions


def test_every_locked_package_carries_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
            assert "--hash=sha256:" in entry, f"{name}: {entry.partition(' ')[0]} has no hash"
