"""A stranger finds a rule by its file name and reads it on one screen."""

from __future__ import annotations

import ast
from statistics import median, quantiles

import pytest

from tests.architecture.source_tree import Module, modules

_LONGEST_MODULE_LINES = 400
_VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base_manager"}


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_a_module_stays_below_the_hard_stop(module: Module) -> None:
    assert len(module.text.splitlines()) <= _LONGEST_MODULE_LINES


def test_modules_are_short() -> None:
    assert median(m.lines for m in modules() if not m.is_door) <= 110


def test_functions_are_short() -> None:
    lengths = [
        _body_lines(function)
        for module in modules()
        if "versions" not in module.name
        for function in module.functions()
    ]
    assert median(lengths) <= 8
    assert quantiles(lengths, n=10)[-1] <= 30


def test_no_module_has_a_vague_name() -> None:
    vague = [module.name for module in modules() if module.path.stem in _VAGUE]
    assert not vague


def test_no_module_keeps_mutable_state() -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Global)
    ]
    assert not found


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without its signature and docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    if not body or function.end_lineno is None:
        return 1
    return function.end_lineno - body[0].lineno + 1
