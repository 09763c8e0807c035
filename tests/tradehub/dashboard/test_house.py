"""The house: one in a process, found by whoever Streamlit runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_tradehub.dashboard.house import secretless, the_house
from tests.tradehub.dashboard.drawing import a_house


def test_house_is_found_while_it_is_open(database_url: str, tmp_path: Path) -> None:
    with a_house(database_url, tmp_path) as house:
        assert the_house() is house
    with pytest.raises(ConfigurationError, match="proratio dashboard"):
        the_house()


def test_no_secret_of_the_house_leaves_it(tmp_path: Path) -> None:
    text = "<p>postgresql://me:canary-4711@host/x said canary-4711</p>"
    with a_house("postgresql://me:canary-4711@host/x", tmp_path):
        assert "canary" not in secretless(text)
        assert secretless("<p>nothing secret</p>") == "<p>nothing secret</p>"
    assert "said canary-4711" in secretless(text)
