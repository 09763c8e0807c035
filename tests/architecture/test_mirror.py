"""Every module has a test file of its own, found by the same path."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, Module, modules

_WITHOUT_BEHAVIOUR = ("migrations", "__init__", "py.typed")


def _mirror(module: Module) -> Path:
    package, *folders = module.path.parent.parts
    area = package.removeprefix("proratio_")
    return Path("tests", area, *folders, f"test_{module.path.name}")


@pytest.mark.parametrize(
    "module",
    [m for m in modules() if not any(word in str(m.path) for word in _WITHOUT_BEHAVIOUR)],
    ids=lambda module: module.name,
)
def test_a_test_file_mirrors_the_module(module: Module) -> None:
    assert (ROOT / _mirror(module)).is_file(), f"{module.path} has no {_mirror(module)}"
