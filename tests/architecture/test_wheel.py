"""The built package carries every file the program reads at run time."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.architecture.source_tree import PACKAGES, ROOT, tracked_files


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    shipped = {path for path in tracked_files() if path.parts[0] in PACKAGES}
    for path in shipped | {Path(name) for name in ("pyproject.toml", "README.md", "LICENSE")}:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, "-w", tmp_path / "dist", tmp_path],
        check=True,
        capture_output=True,
    )
    (wheel,) = (tmp_path / "dist").glob("proratio-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {
            Path(name) for name in archive.namelist() if not name.split("/")[0].endswith("info")
        }
    assert packed == shipped
