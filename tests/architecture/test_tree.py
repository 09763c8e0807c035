"""What must not stand in any committed file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, tracked_files

_TEXT = tuple(
    path
    for path in tracked_files()
    if path.suffix not in {".png", ".ico", ".feather", ".zip", ".parquet", ".woff2"}
)
_REGISTRY = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", "npm" + "js")))
_MACHINE = re.compile(r"(?<![\w.~-])/(?:work|root|home/[a-z]+|Users|tmp)/[\w.-]+")
_UNFINISHED = re.compile(r"\b(?:TO" + "DO|FIX" + r"ME|XX" + r"X)\b")
_TOP_LEVEL = {
    "README.md", "pyproject.toml", "docker-compose.yml", ".env.example", "user_data",
    "proratio_core", "proratio_signals", "proratio_quantlab", "proratio_tradehub",
    "scripts", "tests", "docs",
    "LICENSE", "CHANGELOG.md", "Makefile", "requirements.lock", "requirements-dev.lock",
    ".ci", ".gitignore",
}  # fmt: skip


def _places(pattern: re.Pattern[str], files: tuple[Path, ...] = _TEXT) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path in files
        for number, line in enumerate((ROOT / path).read_text().splitlines(), start=1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        (_REGISTRY, "a package registry's host"),
        (_MACHINE, "an absolute path of one machine"),
        (_UNFINISHED, "unfinished work"),
    ],
    ids=["registry", "machine path", "unfinished"],
)
def test_no_file_names(pattern: re.Pattern[str], what: str) -> None:
    places = _places(pattern)
    assert not places, f"{what} stands in:\n" + "\n".join(places)


def test_no_error_is_swallowed() -> None:
    swallowed = re.compile(r"except[^:]*:\s*pass\b")
    assert not _places(swallowed, tuple(path for path in _TEXT if path.suffix == ".py"))


def test_the_top_level_is_the_agreed_one() -> None:
    assert {path.parts[0] for path in tracked_files()} <= _TOP_LEVEL
