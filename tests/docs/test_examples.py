"""README and docs: commands run and print what is promised, links lead somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import typer
from ruamel.yaml import YAML

from proratio_tradehub.cli import main
from proratio_tradehub.cli.option_lists import spread_lists
from tests.architecture.source_tree import ROOT
from tests.docs.examples import (
    DOCUMENTS,
    Example,
    console_examples,
    fresh_installation,
    shell_commands,
)

_TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
_FROM_NOTHING = {"README", "quickstart"}
"""Pages a newcomer reads: each command a process, and the embedded database begun from nothing."""

_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


@pytest.fixture
def installation() -> Iterator[Path]:
    with fresh_installation() as folder:
        yield folder


@pytest.mark.parametrize(
    "document",
    [document for document in DOCUMENTS if console_examples(document)],
    ids=lambda document: document.name,
)
def test_commands_print_what_the_document_promises(
    document: Path, installation: Path, request: pytest.FixtureRequest
) -> None:
    run = Example.run
    if document.stem not in _FROM_NOTHING:
        database_url = request.getfixturevalue("database_url")
        run = partial(Example.run_here, database_url=database_url)
    for example in console_examples(document):
        done = run(example, installation)
        assert done.returncode == 0, f"{example.command}\n{done.stdout}{done.stderr}"
        assert example.promises(done.stdout), (
            f"$ {example.command}\n--- promised\n{example.output}\n--- printed\n{done.stdout}"
        )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_commands_shown_without_output_exist(document: Path) -> None:
    for line in shell_commands(document):
        for command in line.split(" && "):
            _check(shlex.split(command))


def _check(words: list[str]) -> None:
    match words:
        case ["make", *targets]:
            assert set(targets) <= _TARGETS
        case ["proratio", *arguments]:
            _parse(arguments)
        case ["freqtrade", *arguments]:
            for option in arguments:
                assert not option.startswith("user_data/") or (ROOT / option).exists(), option
        case ["docker", "compose", "run", "--rm", service, *arguments]:
            assert service in YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]
            _parse(arguments)
        case ["cp", source, _]:
            assert (ROOT / source).is_file()
        case ["docker", "compose", "up", "--detach", "--wait"]:
            pass
        case ["docker", "compose", "--profile", profile, "up", "--detach", "--wait"]:
            services = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]
            assert profile in {
                name for one in services.values() for name in one.get("profiles", ())
            }
        case ["promtool", "test", "rules", _]:
            pass  # test_observability runs it
        case ["cd", _] | [".", ".venv/bin/activate"] | ["export", *_]:
            pass
        case _:
            pytest.fail(f"nothing checks the command {shlex.join(words)}")


def _parse(arguments: list[str]) -> None:
    """Parse the words as the command line would, without running anything."""
    if not main.app.registered_groups:
        main._mount()
    if arguments == ["--install-completion"]:
        return
    command = typer.main.get_command(main.app)
    words = spread_lists(arguments)
    context = command.make_context("proratio", words[:1], resilient_parsing=True)
    while words and hasattr(command, "get_command") and not words[0].startswith("-"):
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, f"proratio has no command {name}"
        command = found
    command.make_context(command.name or "", words)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in _LINK.findall(document.read_text()):
        assert "://" in target or (document.parent / target).exists(), target


def test_every_page_is_reachable_from_the_index() -> None:
    linked = set(_LINK.findall((ROOT / "docs" / "index.md").read_text()))
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert pages == linked
