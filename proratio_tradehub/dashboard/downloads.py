"""Takes what a page shows away as files; nothing is made before it is asked for.

A table goes through `exports.encode_table`, which keeps a spreadsheet from running foreign text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

import pandas as pd
import streamlit as st

from proratio_tradehub.dashboard.house import secretless
from proratio_tradehub.dashboard.look import note
from proratio_tradehub.dashboard.reading import Access
from proratio_tradehub.dashboard.room import Room, place
from proratio_tradehub.exports import TABLES, Format, encode_table, read_table

__all__ = ["Offer", "offer_tables", "stored_table"]

_MOST_ROWS: Final = 100_000
_STATEMENT_LIMIT_MS: Final = 60_000
_TYPES: Final[Mapping[Format, str]] = {
    Format.CSV: "text/csv",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.JSON: "application/json",
    Format.HTML: "text/html",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A table that can be taken away.

    Parameters
    ----------
    name
        In the file's name.
    says
        What a row of it is.
    make
        Reads it, when it is asked for.
    limit
        In words, where it ends.
    """

    name: str
    says: str
    make: Callable[[], pd.DataFrame]
    limit: str = ""


def offer_tables(offers: Sequence[Offer], *, key: str) -> None:
    """Draw the button under which tables can be taken away.

    Parameters
    ----------
    offers
        The tables.
    key
        Names the place on its page.
    """
    with st.popover("Download", icon=":material/download:", key=f"p-download-{key}"):
        for offer in offers:
            place(note(f"{offer.name}: {offer.says}. {offer.limit}".strip()))
            with st.container(horizontal=True, gap="small"):
                for wanted in Format:
                    st.download_button(
                        wanted.value.upper(),
                        partial(_encoded, offer, wanted),
                        file_name=f"{_file_stem(offer.name)}.{wanted.value}",
                        mime=_TYPES[wanted],
                        key=f"download {key} {offer.name} {wanted.value}",
                        on_click="ignore",
                    )


def stored_table(room: Room, name: str, *, account: str | None = None) -> Offer:
    """Return the offer of a table of `exports`, its newest rows.

    Parameters
    ----------
    room
        Whose database.
    name
        One of `TABLES`.
    account
        Only what is this account's.
    """
    whose = "" if account is None else f", of {account}"
    limit = f"The newest {_MOST_ROWS:,} rows at most."
    make = partial(_read, room.house.reader.access, name, account)
    return Offer(name, f"{TABLES[name].says}{whose}", make, limit)


def _read(access: Callable[[], Access], name: str, account: str | None) -> pd.DataFrame:
    with access().opened(statement_timeout_ms=_STATEMENT_LIMIT_MS) as database:
        return read_table(database, name, account=account, most=_MOST_ROWS)


def _encoded(offer: Offer, wanted: Format) -> bytes:
    return encode_table(_secretless(offer.make()), wanted, title=offer.name, note=offer.says)


def _secretless(frame: pd.DataFrame) -> pd.DataFrame:
    mask = cache(secretless)  # most texts of a table occur many times
    texts = [name for name in frame.columns if frame[name].dtype.kind not in "iufbM"]
    return frame.assign(
        **{
            str(name): frame[name].map(lambda one: mask(one) if isinstance(one, str) else one)
            for name in texts
        }
    )


def _file_stem(name: str) -> str:
    """Return a name every file system takes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "table"
