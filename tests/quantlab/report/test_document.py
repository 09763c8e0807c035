from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import jinja2
import plotly.graph_objects as go
import pytest

from proratio_core.errors import ConfigurationError
from proratio_quantlab.report.document import render_document, write_document

_NOW = datetime(2026, 1, 2, tzinfo=UTC)
_CONTENT = {"title": "<b>", "subtitle": "", "captions": [], "lines": []}


def test_every_template_stands_on_the_one_base_and_none_loads_a_thing() -> None:
    packages = ("proratio_quantlab.report", "proratio_tradehub.track_record")
    templates = [file for name in packages for file in files(name).iterdir()]
    pages = {t.name: t.read_text("utf-8") for t in templates if t.name.endswith(".html")}

    assert [name for name, text in pages.items() if "<!doctype" in text] == ["base.html"]
    assert not [n for n, text in pages.items() if re.search(r"(?:src|href)=|https?:", text)]


def test_figures_stand_in_the_document_by_name_and_foreign_text_is_escaped() -> None:
    page = render_document(
        "research.html",
        figures={"curve": go.Figure(go.Scatter(y=[1, 2], name="</script>"))},
        generated_at=_NOW,
        simulated=False,
        **_CONTENT,
    )

    assert '<script type="application/json" id="figure-curve">{' in page
    assert "<h1>&lt;b&gt;</h1>" in page
    assert "Made by Proratio on 2026-01-02 00:00 UTC" in page
    assert page.count("</script>") == page.count("<script")


def test_a_template_that_does_not_say_whether_candles_are_simulated_is_refused() -> None:
    with pytest.raises(jinja2.UndefinedError, match="simulated"):
        render_document("research.html", figures={}, generated_at=_NOW, **_CONTENT)


def test_a_document_is_written_whole_or_refused_with_the_option(tmp_path: Path) -> None:
    write_document(tmp_path / "new" / "page.html", "text", option="--html")
    assert (tmp_path / "new" / "page.html").read_text() == "text"
    assert len(list((tmp_path / "new").iterdir())) == 1

    with pytest.raises(ConfigurationError, match="name another file with --html"):
        write_document(tmp_path / "new" / "page.html" / "x.html", "text", option="--html")
