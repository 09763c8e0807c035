"""A package's `__init__.py` is its only door: it says what it exports and pulls in nothing slow."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterable, Iterator

import pytest

from tests.architecture.source_tree import PACKAGES, Module, modules

_DOORS = tuple(module for module in modules() if module.is_door and "migrations" not in module.name)
_SLOW = (
    "alembic",
    "anthropic",
    "ccxt",
    "freqtrade",
    "google.genai",
    "openai",
    "plotly",
    "streamlit",
)


def _top_level(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a file's top level, also those only type checkers see."""
    for node in body:
        if isinstance(node, ast.If):
            yield from _top_level(node.body)
        else:
            yield node


def _public_names(module: Module) -> set[str]:
    """Return the public names a file defines or takes from the project's own packages."""
    names: set[str] = set()
    for node in _top_level(module.tree.body):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGES):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign):
            names.add(ast.unparse(node.target))
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_has_a_door_at_every_level(package: str) -> None:
    folders = {module.path.parent for module in modules() if module.path.parts[0] == package}
    doors = {door.path.parent for door in modules() if door.is_door}
    without = {str(folder) for folder in folders - doors if folder.name != "versions"}
    assert not without, f"these folders have no __init__.py: {sorted(without)}"


@pytest.mark.parametrize("door", _DOORS, ids=lambda door: door.name)
def test_a_door_exports_exactly_what_all_lists(door: Module) -> None:
    package = importlib.import_module(door.name)
    assert set(package.__all__) == _public_names(door)
    assert all(hasattr(package, name) for name in package.__all__)


@pytest.mark.parametrize(
    "module",
    [m for m in modules() if not m.is_door and "migrations" not in m.name],
    ids=lambda module: module.name,
)
def test_a_module_says_what_it_exports(module: Module) -> None:
    listed = next(
        (
            ast.literal_eval(node.value)
            for node in module.tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            and node.value is not None
            and "__all__" in ast.unparse(node).split("=")[0]
        ),
        None,
    )
    assert listed is not None, f"{module.path} has no __all__"
    unknown = set(listed) - _public_names(module)
    assert not unknown, f"{module.path} lists names it does not have: {sorted(unknown)}"


def test_doors_import_nothing_slow() -> None:
    names = [door.name for door in _DOORS]
    program = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        f"print(*[name for name in {_SLOW!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
