"""The form of a ledger in one Parquet file, for any tool to read and for `archive` to import.

One row is one vote: the series and candle it judges, who voted (the profile's hash), what it came
to, the snapshot as JSON, and its ballots nested. Profiles, counts and hashes stand in the file's
metadata under `proratio.ledger`. No database id, no time of export: the same votes give the same
file. What is read is believed only if version, columns, counts and hashes agree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from proratio_core.atomic_file import replacing
from proratio_core.errors import DataError, TransientError
from proratio_signals.records import BALLOT_COLUMNS

__all__ = [
    "BALLOT_FLOATS",
    "FORMAT",
    "IDENTITY",
    "Archive",
    "Contents",
    "Row",
    "canonical",
    "name_of",
    "open_archive",
    "vote_bytes",
    "write_archive",
]

FORMAT: Final = 1
"""Raised whenever older programs could not read what is written."""

Row = Mapping[str, Any]
"""One vote by column name; `ballots` are mappings of `BALLOT_COLUMNS`, sorted by voter."""

_KEY: Final = b"proratio.ledger"
_DAMAGE: Final = (pa.ArrowException, OSError, ValueError, TypeError, OverflowError)
"""What reading a damaged Parquet file raises, names that are no longer text among them."""
_BATCH_VOTES: Final = 1_000
_MOMENT: Final = pa.timestamp("us", "UTC")
_SPECIAL: Final[Mapping[str, pa.DataType]] = {
    "weight": pa.float64(),
    "action": pa.int16(),
    "confidence": pa.float64(),
    "expected_return_frac": pa.float64(),
    "horizon_candles": pa.int32(),
    "factors": pa.list_(pa.string()),
    "risks": pa.list_(pa.string()),
    "input_tokens": pa.int32(),
    "output_tokens": pa.int32(),
    "cost_usd": pa.float64(),
    "latency_s": pa.float64(),
}
_BALLOT: Final = pa.struct(
    [(name, _SPECIAL.get(name, pa.string())) for name in BALLOT_COLUMNS.split(", ")]
)
BALLOT_FLOATS: Final = tuple(n for n, kind in _SPECIAL.items() if kind == pa.float64())
"""The columns of a ballot that hold floating-point numbers."""

_SCHEMA: Final = pa.schema(
    {
        "exchange": pa.string(),
        "symbol": pa.string(),
        "timeframe": pa.string(),
        "kind": pa.string(),
        "profile_hash": pa.string(),
        "as_of": _MOMENT,
        "attempt": pa.int16(),
        "available_at": _MOMENT,
        "recorded_at": _MOMENT,
        "origin": pa.string(),
        "action": pa.int16(),
        "score": pa.float64(),
        "dissent": pa.float64(),
        "participation": pa.float64(),
        "degraded": pa.bool_(),
        "snapshot_hash": pa.string(),
        "snapshot": pa.string(),
        "ballots": pa.list_(_BALLOT),
    }
)
IDENTITY: Final = tuple(_SCHEMA.names[:7])
"""What names a vote everywhere: series, profile, candle and attempt."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds.

    Parameters
    ----------
    votes, ballots, snapshots
        How many of each; a snapshot that several votes judge counts once.
    profiles
        Their documents by hash.
    series
        Names of the series voted on, sorted.
    content_sha256
        Over every row and profile, in hexadecimal.
    votes_sha256
        Over what each vote came to alone (see `replay`), in hexadecimal.
    """

    votes: int
    ballots: int
    snapshots: int
    profiles: Mapping[str, Mapping[str, Any]]
    series: tuple[str, ...]
    content_sha256: str
    votes_sha256: str


@dataclass
class _Sum:
    """Counts and hashes of the rows that went by."""

    profiles: Mapping[str, Mapping[str, Any]]
    votes: int = 0
    ballots: int = 0
    snapshots: set[str] = field(default_factory=set)
    series: set[str] = field(default_factory=set)
    last: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        self._content = hashlib.sha256(canonical(self.profiles))
        self._votes = hashlib.sha256()

    def add(self, row: Row) -> None:
        """Count a row; rows come in strictly ascending order of their identity."""
        identity = tuple(row[name] for name in IDENTITY)
        if self.last and identity <= self.last:
            raise DataError(f"the vote {name_of(row)} is out of order or twice in the file")
        self.last = identity
        self.votes += 1
        self.ballots += len(row["ballots"])
        self.snapshots.add(row["snapshot_hash"])
        self.series.add(" ".join(identity[:4]))
        try:
            self._content.update(canonical(row))
        except ValueError as error:
            raise DataError(f"{name_of(row)}: a number is not finite") from error
        self._votes.update(vote_bytes(row))

    def contents(self) -> Contents:
        return Contents(
            self.votes,
            self.ballots,
            len(self.snapshots),
            self.profiles,
            tuple(sorted(self.series)),
            self._content.hexdigest(),
            self._votes.hexdigest(),
        )


class Archive:
    """An open file: what it says it holds, and its rows."""

    def __init__(self, file: parquet.ParquetFile, contents: Contents) -> None:
        self.contents = contents
        self._file = file

    def batches(self) -> Iterator[Sequence[Row]]:
        """Yield all rows; the hashes are compared at the end, so use nothing before that.

        Raises
        ------
        DataError
            The rows are damaged, or are not those the metadata was written for.
        """
        total = _Sum(self.contents.profiles)
        try:
            for batch in self._file.iter_batches(_BATCH_VOTES):
                rows = batch.to_pylist()
                for row in rows:
                    total.add(row)
                yield rows
        except _DAMAGE as error:
            raise DataError(f"the archive is damaged: {_line(error)}; get it again") from error
        found = total.contents()
        if found != self.contents:
            names = [n for n in asdict(found) if getattr(found, n) != getattr(self.contents, n)]
            raise DataError(
                f"the archive is damaged or was edited: {', '.join(names)} of its rows are not "
                "what its metadata says; get it again from where it was exported"
            )


def write_archive(
    path: Path, batches: Iterable[Sequence[Row]], profiles: Mapping[str, Mapping[str, Any]]
) -> Contents:
    """Write rows, ascending by `IDENTITY`, as one file; it is there whole or not at all.

    Raises
    ------
    DataError
        The rows are not in order, or a number is not finite.
    TransientError
        The file cannot be written.
    """
    total = _Sum(profiles)
    try:
        with (
            replacing(path) as partial,
            parquet.ParquetWriter(
                partial, _SCHEMA, compression="zstd", write_page_checksum=True
            ) as writer,
        ):
            for rows in batches:
                for row in rows:
                    total.add(row)
                writer.write_batch(pa.RecordBatch.from_pylist(list(rows), _SCHEMA))
            contents = total.contents()
            document = {"format": FORMAT, **asdict(contents)}
            writer.add_key_value_metadata({_KEY: canonical(document)})
    except OSError as error:
        raise TransientError(
            f"{path} cannot be written ({error.strerror or error}); free some space or choose "
            "another place, then export again"
        ) from error
    return contents


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Yield the archive at `path`.

    Raises
    ------
    DataError
        There is no such file, it is torn, is no archive, or is one of another format.
    """
    if not path.is_file():
        raise DataError(f"there is no file {path}; `proratio signals export {path}` writes one")
    try:
        file = parquet.ParquetFile(path, page_checksum_verification=True)
    except _DAMAGE as error:
        raise DataError(
            f"{path} is not a whole Parquet file ({_line(error)}); get it again"
        ) from error
    with file:
        yield Archive(file, _contents(path, file))


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the one JSON line for a document: sorted keys, shortest numbers, UTC times.

    Raises
    ------
    ValueError
        A number is not finite.
    """
    text = json.dumps(
        document,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
        default=lambda moment: moment.isoformat(timespec="microseconds"),
    )
    return text.encode() + b"\n"


def vote_bytes(row: Row) -> bytes:
    """Return what a vote came to as one canonical line, under the name of its vote."""
    said = ("action", "score", "dissent", "participation", "degraded")
    return canonical({name: row[name] for name in (*IDENTITY, *said)})


def _contents(path: Path, file: parquet.ParquetFile) -> Contents:
    stated = (file.metadata.metadata or {}).get(_KEY)
    if stated is None:
        raise DataError(
            f"{path} is a Parquet file but no ledger; expected one that `proratio signals export` "
            "wrote"
        )
    try:
        document = json.loads(stated)
        form = document.pop("format")
        if form == FORMAT:
            contents = Contents(**{**document, "series": tuple(document["series"])})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: the ledger's metadata is damaged; get it again") from error
    if form != FORMAT:
        raise DataError(
            f"{path} is a ledger of format {form!r}, this program reads format {FORMAT}; import it "
            "with the version that wrote it, or export it again with this one"
        )
    if not file.schema_arrow.equals(_SCHEMA):
        raise DataError(f"{path}: the columns are not those of a ledger; get it again")
    return contents


def name_of(row: Row) -> str:
    """Return a vote's name for messages."""
    return f"{row['exchange']} {row['symbol']} {row['timeframe']} at {row['as_of']:%Y-%m-%d %H:%M}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
