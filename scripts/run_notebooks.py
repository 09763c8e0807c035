#!/usr/bin/env python3
"""Run the notebooks of docs/notebooks and write them, with what they print, as .ipynb files.

Each makes a throw-away installation for itself; the user directory here is only copied from.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import jupytext
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "docs" / "notebooks"


def main() -> None:
    """Run the notebooks that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    known = [path.stem for path in sorted(SOURCES.glob("*.py"))]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}")
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "notebooks")
    options = parser.parse_args()
    if unknown := set(options.names) - set(known):
        parser.error(f"no notebook {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    options.to.mkdir(parents=True, exist_ok=True)
    for name in options.names or known:
        target = options.to / f"{name}.ipynb"
        notebook = jupytext.read(SOURCES / f"{name}.py")
        NotebookClient(notebook, resources={"metadata": {"path": str(ROOT)}}).execute()
        jupytext.write(notebook, target)
        print(target)


if __name__ == "__main__":
    main()
