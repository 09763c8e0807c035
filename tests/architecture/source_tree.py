"""The project's own files, as Git knows them: what the architecture tests look at."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("proratio_core", "proratio_signals", "proratio_quantlab", "proratio_tradehub")


@dataclass(frozen=True)
class Module:
    """One Python file of a package."""

    path: Path

    @property
    def name(self) -> str:
        """Dotted name, a package's door named by the package."""
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")

    @property
    def is_door(self) -> bool:
        return self.path.name == "__init__.py"

    @cached_property
    def text(self) -> str:
        return (ROOT / self.path).read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> int:
        """Lines that are neither blank nor only a comment."""
        return sum(1 for line in self.text.splitlines() if line.strip()[:1] not in ("", "#"))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def tracked_files() -> tuple[Path, ...]:
    """Return every file of the tree that is committed or about to be, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = (Path(name) for name in sorted(set(listed.split("\0"))) if name)
    return tuple(path for path in paths if (ROOT / path).is_file())


def modules() -> tuple[Module, ...]:
    """Return the modules of the four packages."""
    return tuple(
        Module(path)
        for path in tracked_files()
        if path.suffix == ".py" and path.parts[0] in PACKAGES
    )
