"""Binary COPY in and out of PostgreSQL as one numpy structured array.

A row of PostgreSQL's binary COPY format is a field count followed by length-prefixed big-endian
fields. Where every column is fixed-width and never null, a row is fixed-width too, and a whole
table is one structured array: no Python object per row is ever made.

Source: PostgreSQL documentation, COPY, "Binary Format".
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from psycopg2 import extensions

from proratio_core.errors import DataError

__all__ = ["CopyLayout", "copy_in", "copy_out"]

_Type = Literal["int2", "int4", "int8", "float8", "bool", "timestamptz"]

_WIRE: Final[Mapping[str, str]] = {
    "bool": "i1",
    "float8": ">f8",
    "int2": ">i2",
    "int4": ">i4",
    "int8": ">i8",
    "timestamptz": ">i8",
}
_NATIVE: Final[Mapping[str, str]] = {
    "bool": "?",
    "float8": "f8",
    "int2": "i2",
    "int4": "i4",
    "int8": "i8",
    "timestamptz": "i8",
}
_POSTGRES_EPOCH_MS: Final = 946_684_800_000
_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_TRAILER: Final = struct.pack(">h", -1)
_CHUNK_BYTES: Final = 1 << 18


@dataclass(frozen=True)
class CopyLayout:
    """The columns of a table or query, in order, with their PostgreSQL types.

    Parameters
    ----------
    columns
        Pairs of name and type. Times are passed and returned as int64 milliseconds since the
        Unix epoch. No column may hold nulls.
    """

    columns: tuple[tuple[str, _Type], ...]

    @cached_property
    def names(self) -> str:
        """The column list for SQL."""
        return ", ".join(name for name, _ in self.columns)

    @cached_property
    def row(self) -> np.dtype[np.void]:
        """The structured type of one row on the wire."""
        fields: list[tuple[str, str]] = [("_fields", ">i2")]
        for name, kind in self.columns:
            fields += [(f"_length_{name}", ">i4"), (name, _WIRE[kind])]
        return np.dtype(fields)

    def encode(self, values: Mapping[str, Any]) -> npt.NDArray[np.void]:
        """Return `values` as rows on the wire.

        Parameters
        ----------
        values
            One array of equal length, or one scalar, per column.

        Raises
        ------
        DataError
            A floating-point value is not finite.
        """
        length = max(np.size(value) for value in values.values())
        rows = np.empty(length, self.row)
        rows["_fields"] = len(self.columns)
        for name, kind in self.columns:
            column = np.asarray(values[name])
            if kind == "float8" and not np.isfinite(column).all():
                raise DataError(f"column {name} holds NaN or infinity, which is never stored")
            rows[f"_length_{name}"] = rows.dtype[name].itemsize
            if kind == "timestamptz":
                column = (column - _POSTGRES_EPOCH_MS) * 1000
            rows[name] = column
        return rows

    def decode(self, buffer: memoryview) -> dict[str, npt.NDArray[Any]]:
        """Return the columns of a binary COPY stream, in native byte order.

        Raises
        ------
        DataError
            The stream does not have this layout, or holds a null.
        """
        body = len(buffer) - len(_HEADER) - len(_TRAILER)
        count, rest = divmod(body, self.row.itemsize)
        rows = np.frombuffer(buffer, self.row, count=max(count, 0), offset=len(_HEADER))
        if rest or (rows["_fields"] != len(self.columns)).any():
            raise DataError(f"a COPY stream does not have the columns {self.names}, none null")
        result: dict[str, npt.NDArray[Any]] = {}
        for name, kind in self.columns:
            column = rows[name].astype(_NATIVE[kind])
            if kind == "timestamptz":
                column //= 1000
                column += _POSTGRES_EPOCH_MS
            result[name] = column
        return result


class _Stream(io.RawIOBase):
    """A readable file over several buffers, so that no joined copy of them is made."""

    def __init__(self, buffers: Iterable[memoryview]) -> None:
        self._buffers = list(buffers)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while self._buffers and not self._buffers[0]:
            self._buffers.pop(0)
        if not self._buffers:
            return b""
        head = self._buffers[0]
        taken = head if size < 0 else head[:size]
        self._buffers[0] = head[len(taken) :]
        return bytes(taken)


def copy_in(
    cursor: extensions.cursor, table: str, layout: CopyLayout, values: Mapping[str, Any]
) -> None:
    """Append `values` to `table` inside the cursor's transaction.

    Raises
    ------
    DataError
        A value is NaN or infinite.
    """
    rows = layout.encode(values).view(np.uint8).data
    stream = _Stream([memoryview(_HEADER), rows, memoryview(_TRAILER)])
    statement = f"COPY {table} ({layout.names}) FROM STDIN (FORMAT binary)"
    cursor.copy_expert(statement, stream, size=_CHUNK_BYTES)


def copy_out(
    cursor: extensions.cursor, query: str, layout: CopyLayout, parameters: tuple[object, ...] = ()
) -> dict[str, npt.NDArray[Any]]:
    """Return the result of `query` as one native array per column.

    Parameters
    ----------
    cursor
        An open cursor.
    query
        A SELECT whose columns have the types of `layout`, with `%s` placeholders.
    layout
        What the query returns.
    parameters
        Values for the placeholders; the driver quotes them.
    """
    select = cursor.mogrify(query, parameters).decode() if parameters else query
    buffer = io.BytesIO()
    cursor.copy_expert(f"COPY ({select}) TO STDOUT (FORMAT binary)", buffer)
    return layout.decode(buffer.getbuffer())
