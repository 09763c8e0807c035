"""The commands that README and docs show, with the output they promise.

`python -m tests.docs.examples` runs them and writes down what they print where it has changed.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.source_tree import ROOT, tracked_files
from tests.command_line import run_here

DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

_BLOCK = re.compile(r"^```(console|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VARYING = (
    (re.compile(r"\b[0-9a-f]{12,64}\b"), "HASH"),
    (re.compile(r"(python +).*"), r"\1..."),
    (re.compile(r"(disk +).*"), r"\1..."),
    (re.compile(r"schema \d{4}\b"), "schema ..."),
    (re.compile(r"(freqtrade|ccxt|pandas|PostgreSQL) \d[\d.]*"), r"\1 ..."),
    (re.compile(r"\w+ +exchange  binance.*", re.DOTALL), "exchange ..."),
)
"""What a document may show otherwise: it differs between machines or releases."""


@dataclass(frozen=True)
class Example:
    """One command of a `console` block, and what follows it up to the next."""

    command: str
    output: str

    def run(self, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run the command in `folder`; of `make demo` what follows the installation."""
        program, *words = shlex.split(self.command.replace("make demo", "proratio demo"))
        return subprocess.run(
            [Path(sys.executable).with_name(program), *words],
            cwd=folder,
            env={**os.environ, "COLUMNS": "100"},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def run_here(self, folder: Path, *, database_url: str) -> subprocess.CompletedProcess[str]:
        """Do as `run` on a database that is there, in this process where that can be."""
        program, *words = shlex.split(self.command)
        if program == "proratio":
            return run_here(*words, folder=folder, DATABASE_URL=database_url)
        return self.run(folder)

    def promises(self, printed: str) -> bool:
        """Return whether `printed` is the promised output, `...` standing for anything."""
        options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        return doctest.OutputChecker().check_output(_steady(self.output), _steady(printed), options)


def console_examples(document: Path) -> tuple[Example, ...]:
    """Return the commands of the blocks that show output, in order."""
    examples = []
    for kind, body in _BLOCK.findall(document.read_text()):
        if kind == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, output = part.replace("\\\n", " ").partition("\n")
                examples.append(Example(" ".join(command.split()), output))
    return tuple(examples)


def shell_commands(document: Path) -> tuple[str, ...]:
    """Return the commands of the blocks that show none."""
    return tuple(
        " ".join(line.partition("#")[0].split())
        for kind, body in _BLOCK.findall(document.read_text())
        if kind == "sh"
        for line in body.replace("\\\n", " ").splitlines()
        if line.strip() and not line.startswith("#")
    )


@contextmanager
def fresh_installation() -> Iterator[Path]:
    """Yield a folder with a fresh user directory, as after a clone."""
    with tempfile.TemporaryDirectory(prefix="proratio-docs-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # run as root, the embedded server is another user
        for path in tracked_files():
            if path.parts[0] == "user_data":
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / path, folder / path)
        yield folder


def refresh(document: Path) -> bool:
    """Rewrite promises of `document` that are no longer kept; return whether there were any."""
    text = document.read_text()
    with fresh_installation() as folder:
        for example in console_examples(document):
            done = example.run(folder)
            if done.returncode:
                raise SystemExit(f"{document.name}: {example.command}\n{done.stdout}{done.stderr}")
            if not example.promises(done.stdout):
                shown = f"$ {example.command}\n"
                printed = _shown(done.stdout, folder)
                text = text.replace(shown + example.output, shown + printed, 1)
    changed = text != document.read_text()
    document.write_text(text)
    return changed


def _steady(text: str) -> str:
    for pattern, replacement in _VARYING:
        text = pattern.sub(replacement, text)
    return text


def _shown(printed: str, folder: Path) -> str:
    """Return what was printed without trailing blanks and paths of this machine."""
    lines = (line.rstrip() for line in printed.strip("\n").splitlines())
    text = "\n".join(lines) + "\n"
    return text.replace(str(folder), "~/proratio").replace(str(ROOT), "~/proratio")


if __name__ == "__main__":
    for path in DOCUMENTS:
        print(f"{path.relative_to(ROOT)}: {'rewritten' if refresh(path) else 'as promised'}")  # noqa: T201  # a command
