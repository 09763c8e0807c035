"""`proratio signals export|import`: a ledger as one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proratio_tradehub.cli.session import open_session, print_json, progress_bar
from proratio_tradehub.cli.signal_options import (
    AsJson,
    Span,
    pairs_named,
    profile_named,
    span_named,
)

if TYPE_CHECKING:
    from proratio_signals.archive_file import Contents

__all__ = ["export", "import_"]

_File = Annotated[Path, typer.Argument(help="A Parquet file, e.g. ledger.parquet.")]


def export(
    file: _File,
    *,
    pairs: Annotated[
        list[str] | None, typer.Option(help="Only votes on these pairs, one or more.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="Only this profile's votes. Default: everybody's.")
    ] = None,
    timerange: Span = None,
    json: AsJson = False,
) -> None:
    """Write the ledger, or a part of it, to one file: votes, ballots, snapshots, profiles.

    The same votes give the same file. Whoever imports it can reproduce every result that rests on
    them without asking, or paying, anybody.

    Example: [bold]proratio signals export ledger.parquet --profile consensus --pairs BTC/USDT
    ETH/USDT[/]
    """
    from proratio_signals.archive import export_ledger

    with open_session() as session, progress_bar() as bar:
        task = bar.add_task("exporting votes", total=None)
        contents = export_ledger(
            session.database,
            file,
            profile_hash=None if profile is None else profile_named(session, profile).hash,
            pairs=pairs_named(pairs or ()),
            timerange=span_named(timerange),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    _print(_document(file, contents), json=json)


def import_(file: _File, *, json: AsJson = False) -> None:
    """Add the votes of an exported file to the ledger: all of them or, if one is doubtful, none.

    Votes that are stored already are left alone, so it may be repeated. Each vote is counted again
    from its ballots; a file that was damaged or edited, or holds something from the future, is
    refused.

    Example: [bold]proratio signals import ledger.parquet[/]
    """
    from proratio_signals.archive import import_ledger

    with open_session() as session, progress_bar() as bar:
        task = bar.add_task("importing votes", total=None)
        report = import_ledger(
            session.database,
            file,
            now=session.clock.now(),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    document = _document(file, report.contents)
    _print({**document, "added": report.added, "present": report.present}, json=json)


def _document(file: Path, contents: Contents) -> dict[str, Any]:
    return {
        "file": file,
        "votes": contents.votes,
        "ballots": contents.ballots,
        "snapshots": contents.snapshots,
        "profiles": [document["name"] for document in contents.profiles.values()],
        "series": contents.series,
        "content_sha256": contents.content_sha256,
        "votes_sha256": contents.votes_sha256,
    }


def _print(document: dict[str, Any], *, json: bool) -> None:
    if json:
        print_json(document)
        return
    lists = {
        name: value if isinstance(value, str | int | Path) else ", ".join(value)
        for name, value in document.items()
    }
    width = max(len(name) for name in lists)
    for name, value in lists.items():
        typer.echo(f"{name:<{width}}  {value}")
