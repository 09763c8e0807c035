"""The notebooks run from top to bottom, as scripts and by a kernel, and leave nothing behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.architecture.source_tree import ROOT
from tests.docs.examples import fresh_installation

NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.py"))
NAMES = [path.stem for path in NOTEBOOKS]


def run(script: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, script],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=NAMES)
def test_a_notebook_runs_in_a_fresh_installation_and_leaves_nothing(notebook: Path) -> None:
    with fresh_installation() as folder:
        before = set(folder.rglob("*"))
        done = run(notebook, folder)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
        assert done.stdout
        left = {path.name for path in set(folder.rglob("*")) - before}
        assert left <= {".lockfile"}  # pgserver's own, one for the whole temporary folder


def test_a_kernel_runs_the_cells_where_an_event_loop_is_running(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The page that waits for coroutines, as `make notebooks` runs it."""
    notebook = jupytext.read(ROOT / "docs" / "notebooks" / "adding_a_provider.py")
    with fresh_installation() as folder:
        monkeypatch.setenv("TMPDIR", str(folder))
        NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}).execute()
    printed = "".join(
        output.get("text", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )
    assert "follower  abstained: the provider raised RuntimeError" in printed


def test_a_broken_cell_is_noticed() -> None:
    notebook = jupytext.reads("# %%\nraise ValueError\n", fmt="py:percent")
    with pytest.raises(CellExecutionError):
        NotebookClient(notebook, kernel_name="python3").execute()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=NAMES)
def test_a_notebook_is_a_page_and_says_what_its_figures_are_of(notebook: Path) -> None:
    text = notebook.read_text()
    assert len(text.splitlines()) <= 160
    assert "**SIMULATED**" in text
    assert not re.search(r'profile="(?!none")', text) or "**RULE-BASED**" in text


def test_the_page_lists_every_notebook_and_nothing_else() -> None:
    page = (ROOT / "docs" / "notebooks.md").read_text()
    assert sorted(re.findall(r"\(notebooks/(\w+)\.py\)", page)) == NAMES
