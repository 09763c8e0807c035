"""The commands that README and docs show, with the output they promise."""

from __future__ import annotations

import doctest
import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(console|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RUN_AS_THEY_STAND = ("proratio", "freqtrade")


@dataclass(frozen=True)
class Example:
    """One command of a `console` block, and what follows it up to the next."""

    command: str
    output: str

    @property
    def program(self) -> str:
        return self.command.split()[0]

    @property
    def is_run(self) -> bool:
        return self.program in _RUN_AS_THEY_STAND

    def promises(self, printed: str) -> bool:
        """Return whether `printed` is the promised output, `...` standing for anything."""
        options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        return doctest.OutputChecker().check_output(self.output, printed, options)


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
