"""What Streamlit runs is the frame and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

from proratio_tradehub.dashboard import frame


def test_script_runs_the_frame() -> None:
    tree = ast.parse(Path(frame.__file__).with_name("script.py").read_text())
    assert [ast.unparse(node) for node in tree.body[-1:]] == ["run()"]
