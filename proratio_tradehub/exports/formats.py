"""A table as a file: CSV, Parquet, JSON or a page of HTML that loads nothing. Pure.

Foreign text, such as a model's reasoning, stays text: a spreadsheet would run a cell that begins
with `=`, so such cells get an apostrophe in CSV, and HTML is escaped.
"""

from __future__ import annotations

import html
import io
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pandas as pd

from proratio_core.errors import ConfigurationError
from proratio_signals.shown_text import shown

__all__ = ["Format", "encode_table"]

_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_STYLE: Final = (
    "body{background:#0f1319;color:#d7dde8;font:14px/1.45 system-ui,sans-serif;margin:2rem}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "th,td{border-bottom:1px solid #2a3240;padding:.3rem .7rem;text-align:right}"
    "th{color:#9aa7b8;font-weight:500}p{color:#9aa7b8}"
)


class Format(StrEnum):
    """What a table is written as."""

    CSV = "csv"
    PARQUET = "parquet"
    JSON = "json"
    HTML = "html"

    @classmethod
    def of(cls, path: Path) -> Format:
        """Return the format a file's name asks for.

        Raises
        ------
        ConfigurationError
            Its ending is none of them.
        """
        ending = path.suffix.lower().removeprefix(".")
        if ending not in {member.value for member in cls}:
            raise ConfigurationError(
                f"{path} ends with {path.suffix or 'nothing'}; a table is written as "
                f"{', '.join('.' + member.value for member in cls)}"
            )
        return cls(ending)


def encode_table(frame: pd.DataFrame, wanted: Format, *, title: str, note: str = "") -> bytes:
    """Return the bytes of a file.

    Parameters
    ----------
    frame
        The table; times are UTC, decimal numbers stay exact.
    wanted
        What kind of file.
    title, note
        What stands above the table on a page; the other formats hold the rows alone.
    """
    match wanted:
        case Format.CSV:
            return _harmless(frame).to_csv(index=False, date_format="%Y-%m-%dT%H:%M:%SZ").encode()
        case Format.PARQUET:
            buffer = io.BytesIO()
            frame.to_parquet(buffer, index=False)
            return buffer.getvalue()
        case Format.JSON:
            text = _without_decimals(frame).to_json(orient="records", date_format="iso", indent=1)
            return str(text).encode()
        case Format.HTML:
            return _page(frame, title, note).encode()


def _harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before what a spreadsheet takes for a formula."""
    columns = [name for name in frame.columns if frame[name].dtype.kind not in "iufbM"]
    return frame.assign(**{name: frame[name].map(_quoted) for name in columns})


def _quoted(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA):
        return "'" + value
    return value


def _without_decimals(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with decimal numbers as text: JSON has no exact ones."""
    columns = [name for name in frame.columns if frame[name].dtype.kind not in "iufbM"]
    return frame.assign(**{name: frame[name].map(_spelled) for name in columns})


def _spelled(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _page(frame: pd.DataFrame, title: str, note: str) -> str:
    head = html.escape(shown(title))
    about = f"<p>{html.escape(shown(note))}</p>" if note else ""
    table = frame.to_html(index=False, border=0, na_rep="–", escape=True)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{head}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{head}</h1>{about}{table}</body></html>"
    )
