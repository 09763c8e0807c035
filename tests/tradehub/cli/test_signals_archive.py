"""`proratio signals export|import`, from the command line's own door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, DataError
from proratio_signals.archive import export_ledger
from proratio_signals.ledger import Ledger
from proratio_tradehub.cli.signals import app
from tests.signals.archives import PROFILE, fill
from tests.signals.samples import BTC
from tests.tradehub.cli.invoking import Invoke, invoker


@pytest.fixture
def invoke(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    return invoker(app, tmp_path, monkeypatch, DATABASE_URL=database_url)


def test_exported_file_says_what_it_holds_and_imports_as_known(
    invoke: Invoke, database: Database
) -> None:
    fill(database)

    exported = json.loads(invoke("export", "ledger.parquet", "--json").stdout)
    imported = json.loads(invoke("import", "ledger.parquet", "--json").stdout)
    shown = invoke("import", "ledger.parquet").stdout

    assert (exported["votes"], exported["ballots"], exported["profiles"]) == (12, 36, ["test"])
    assert {**exported, "added": 0, "present": 12} == imported
    assert "present         12" in shown
    assert exported["votes_sha256"] in shown


def test_export_takes_several_pairs_and_a_span(invoke: Invoke, database: Database) -> None:
    fill(database)
    words = ("export", "ledger.parquet", "--pairs", "ETH/USDT", "DOGE/USDT", "--json")

    whole = json.loads(invoke(*words).stdout)
    part = json.loads(invoke(*words, "--timerange", "20240113-20240114").stdout)

    assert whole["series"] == ["binance ETH/USDT 1h candle"]
    assert (whole["votes"], part["votes"]) == (5, 5)
    assert "no vote matches" in str(
        invoke(*words, "--timerange", "20230101-20230201", expect=DataError).exception
    )


def test_export_of_one_profile_needs_it_to_exist(invoke: Invoke, database: Database) -> None:
    fill(database)

    result = invoke("export", "x.parquet", "--profile", "offlin", expect=ConfigurationError)

    assert "did you mean offline" in str(result.exception)
    invoke("export", "x.parquet", "--profile", "offline", expect=DataError)


def test_import_of_something_else_is_one_line(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no ledger")

    for name, message in (("notes.txt", "not a whole Parquet file"), ("gone", "there is no file")):
        result = invoke("import", name, expect=DataError)
        assert message in str(result.exception)
        assert "\n" not in str(result.exception)


def test_import_fills_an_empty_ledger(
    invoke: Invoke, database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    fill(elsewhere)
    export_ledger(elsewhere, tmp_path / "ledger.parquet")

    imported = json.loads(invoke("import", "ledger.parquet", "--json").stdout)

    assert imported["added"] == 12
    assert len(Ledger(database).votes(BTC, PROFILE.hash)) == 6
