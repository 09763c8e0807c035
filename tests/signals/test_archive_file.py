from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from proratio_core.errors import DataError
from proratio_signals.archive_file import (
    FORMAT,
    Contents,
    Row,
    canonical,
    open_archive,
    write_archive,
)
from proratio_signals.records import BALLOT_COLUMNS
from tests.signals.archives import NOW, PROFILE, decision
from tests.signals.samples import close_of

PROFILES = {PROFILE.hash: json.loads(PROFILE.model_dump_json())}
BALLOT = dict.fromkeys(BALLOT_COLUMNS.split(", ")) | {
    "voter": "one",
    "weight": 1.0,
    "factors": ["ä", ""],
    "latency_s": 0.1 + 0.2,
}


def _row(index: int, **changes: Any) -> Row:
    snapshot = decision(index).snapshot
    return {
        "exchange": "binance",
        "symbol": "BTC/USDT",
        "timeframe": "1h",
        "kind": "candle",
        "profile_hash": PROFILE.hash,
        "as_of": close_of(index),
        "attempt": 1,
        "available_at": close_of(index),
        "recorded_at": NOW,
        "origin": "live",
        "action": 1,
        "score": 1 / 3,
        "dissent": 0.0,
        "participation": 1.0,
        "degraded": False,
        "snapshot_hash": snapshot.hash,
        "snapshot": json.dumps(snapshot.document),
        "ballots": [BALLOT],
        **changes,
    }


ROWS = [_row(index) for index in range(300, 320)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "ledger.parquet"
    write_archive(path, [ROWS[:12], ROWS[12:]], PROFILES)
    return path


def _read(path: Path) -> tuple[Contents, list[Row]]:
    with open_archive(path) as archive:
        return archive.contents, [row for batch in archive.batches() for row in batch]


def test_rows_come_back_exactly_with_counts_and_hashes(whole: Path) -> None:
    contents, rows = _read(whole)

    assert rows == ROWS
    assert (contents.votes, contents.ballots, contents.snapshots) == (20, 20, 20)
    assert contents.series == ("binance BTC/USDT 1h candle",)
    assert contents.profiles == PROFILES


def test_same_rows_give_the_same_file_however_they_are_paged(whole: Path, tmp_path: Path) -> None:
    write_archive(tmp_path / "a", [ROWS[:12], ROWS[12:]], PROFILES)
    other = write_archive(tmp_path / "b", [ROWS], PROFILES)

    assert (tmp_path / "a").read_bytes() == whole.read_bytes()
    assert other == _read(whole)[0]


def test_any_parquet_reader_understands_it(whole: Path) -> None:
    frame = pd.read_parquet(whole)

    assert frame["score"].tolist() == [1 / 3] * 20
    assert frame["ballots"].iloc[0][0]["voter"] == "one"


def test_file_torn_anywhere_is_refused(whole: Path, tmp_path: Path) -> None:
    body = whole.read_bytes()
    torn = tmp_path / "torn.parquet"
    for length in (0, 1, 4, 100, len(body) // 2, len(body) - 9, len(body) - 1):
        torn.write_bytes(body[:length])
        with pytest.raises(DataError, match=r"not a whole Parquet file"):
            _read(torn)


@given(place=st.floats(0, 1), bit=st.integers(0, 7))
@settings(max_examples=150, deadline=None)
def test_one_flipped_bit_is_noticed_or_changes_nothing(whole: Path, place: float, bit: int) -> None:
    body = bytearray(whole.read_bytes())
    body[min(int(place * len(body)), len(body) - 1)] ^= 1 << bit
    damaged = whole.with_name("damaged.parquet")
    damaged.write_bytes(body)

    assert _read_or_refused(damaged) in (None, _read(whole))


@pytest.mark.parametrize("version", [0, FORMAT + 1, "1", None])
def test_another_format_is_refused_and_says_what_to_do(
    whole: Path, tmp_path: Path, version: object
) -> None:
    path = _with_metadata(whole, tmp_path, format=version)

    with pytest.raises(DataError, match=r"reads format 1; import it with the version"):
        _read(path)


@pytest.mark.parametrize(
    "change",
    [{"votes": 19}, {"content_sha256": "0" * 64}, {"votes_sha256": ""}, {"series": ["x"]}],
    ids=lambda change: next(iter(change)),
)
def test_metadata_that_does_not_fit_the_rows_is_refused(
    whole: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    path = _with_metadata(whole, tmp_path, **change)

    with pytest.raises(DataError, match=f"{next(iter(change))} of its rows are not what"):
        _read(path)


@pytest.mark.parametrize("change", [{"surprise": 1}, {"series": 5}])
def test_damaged_metadata_is_refused(whole: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    path = _with_metadata(whole, tmp_path, **change)

    with pytest.raises(DataError, match="metadata is damaged"):
        _read(path)


def test_rows_cut_out_of_the_file_are_missed(whole: Path, tmp_path: Path) -> None:
    path = _with_metadata(whole, tmp_path, rows=19)

    with pytest.raises(DataError, match="votes, ballots, snapshots, content_sha256, votes_sha256"):
        _read(path)


def test_other_parquet_files_are_no_ledgers(whole: Path, tmp_path: Path) -> None:
    parquet.write_table(pa.table({"a": [1]}), tmp_path / "other")
    with pytest.raises(DataError, match="is a Parquet file but no ledger"):
        _read(tmp_path / "other")
    stamp = parquet.read_metadata(whole).metadata[b"proratio.ledger"]
    foreign = pa.table({"a": [1]}).replace_schema_metadata({"proratio.ledger": stamp})
    parquet.write_table(foreign, tmp_path / "foreign")
    with pytest.raises(DataError, match="columns are not those of a ledger"):
        _read(tmp_path / "foreign")
    with pytest.raises(DataError, match="there is no file"):
        _read(tmp_path / "absent")


@pytest.mark.parametrize("rows", [[ROWS[1], ROWS[0]], [ROWS[0], ROWS[0]]])
def test_rows_out_of_order_or_twice_are_not_written(rows: list[Row], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="out of order or twice"):
        write_archive(tmp_path / "no", [rows], PROFILES)
    assert not list(tmp_path.iterdir())


def test_numbers_that_are_not_finite_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not finite"):
        write_archive(tmp_path / "no", [[_row(300, score=float("nan"))]], PROFILES)
    assert not list(tmp_path.iterdir())


def test_canonical_line_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1.0, "a": "ä"}) == canonical({"a": "ä", "b": 1.0})
    assert canonical({"at": close_of(0)}) == b'{"at":"2024-01-01T01:00:00.000000+00:00"}\n'


def _read_or_refused(path: Path) -> tuple[Contents, list[Row]] | None:
    try:
        return _read(path)
    except DataError:
        return None


def _with_metadata(whole: Path, tmp_path: Path, *, rows: int = 20, **changes: Any) -> Path:
    table = parquet.read_table(whole).slice(0, rows)
    document = json.loads(parquet.read_metadata(whole).metadata[b"proratio.ledger"])
    stamp = canonical({**document, **changes})
    path = tmp_path / "changed.parquet"
    parquet.write_table(table.replace_schema_metadata({"proratio.ledger": stamp}), path)
    return path
