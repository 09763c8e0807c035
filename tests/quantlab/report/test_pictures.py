from __future__ import annotations

import shutil
from pathlib import Path

import plotly.graph_objects as go
import pytest

from proratio_core.errors import ConfigurationError
from proratio_quantlab.report import write_pictures

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.mark.slow
@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no Chrome on this machine")
@pytest.mark.filterwarnings("ignore")
def test_figures_become_png_files(tmp_path: Path) -> None:
    figure = go.Figure(go.Scatter(x=[1, 2], y=[3, 4]))

    (file,) = write_pictures(tmp_path / "new", {"line": figure})

    assert file == tmp_path / "new" / "line.png"
    assert file.read_bytes().startswith(b"\x89PNG")


def test_without_the_extra_the_remedy_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proratio_quantlab.report.pictures.find_spec", lambda _: None)

    with pytest.raises(ConfigurationError, match=r"proratio\[pictures\]"):
        write_pictures(tmp_path, {})


def test_a_folder_that_cannot_be_is_an_error_with_the_option(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="--png"):
        write_pictures(tmp_path / "file", {"line": go.Figure()})
