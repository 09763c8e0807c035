"""The page holds everything it shows, and nothing of it is markup."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import plotly.graph_objects as go
import pytest

from proratio_core.errors import ConfigurationError
from proratio_quantlab.report.research_page import ResearchPage

_NOW = datetime(2026, 1, 2, tzinfo=UTC)


def _page(*, simulated: bool = False) -> ResearchPage:
    figure = go.Figure(go.Scatter(y=[1, 2]))
    return ResearchPage("A <b>title</b>", "what", {"A picture": figure}, ["a doubt"], simulated)


def test_it_loads_nothing_and_escapes_what_it_is_told(tmp_path: Path) -> None:
    _page().write(tmp_path / "page.html", generated_at=_NOW)
    text = (tmp_path / "page.html").read_text()
    assert "A &lt;b&gt;title&lt;/b&gt;" in text
    assert "a doubt" in text
    assert 'id="figure-1"' in text
    assert "2026-01-02 00:00 UTC" in text
    assert 'src="http' not in text
    assert "No market ever printed them" not in text


def test_a_simulated_one_says_so_first() -> None:
    text = _page(simulated=True).render(generated_at=_NOW)
    assert text.index("No market ever printed them") < text.index("A picture")


def test_a_file_that_cannot_be_written_is_an_error_with_the_option(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="--report"):
        _page().write(tmp_path / "file" / "page.html", generated_at=_NOW)
