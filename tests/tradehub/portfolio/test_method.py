"""The names of methods are what the command line and the docs call them."""

from __future__ import annotations

from pathlib import Path

from proratio_tradehub.portfolio.method import Method

_DOCS = Path(__file__).parents[3] / "docs" / "portfolio.md"


def test_every_method_is_documented_by_its_name() -> None:
    text = _DOCS.read_text()
    assert [method for method in Method if f"| `{method.value}` |" not in text] == []
