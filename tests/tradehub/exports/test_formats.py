"""Files that open as what they are, and cells that do nothing."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from proratio_core.errors import ConfigurationError
from proratio_tradehub.exports.formats import Format, encode_table

HOSTILE = '=HYPERLINK("http://x","<script>alert(1)</script>")'
FRAME = pd.DataFrame(
    {
        "at": pd.to_datetime([datetime(2025, 3, 1, 12, tzinfo=UTC)] * 2),
        "says": [HOSTILE, "up"],
        "profit": [-1.5, 2.0],
        "exact": [Decimal("0.10"), Decimal("-1")],
    }
)


def written(wanted: Format) -> bytes:
    return encode_table(FRAME, wanted, title="A <b>title</b>", note="Of two rows.")


def test_csv_holds_every_figure_and_no_formula() -> None:
    back = pd.read_csv(io.BytesIO(written(Format.CSV)), dtype=str)
    assert back["profit"].tolist() == ["-1.5", "2.0"]
    assert back["exact"].tolist() == ["0.10", "-1"]
    assert back["at"][0] == "2025-03-01T12:00:00Z"
    assert back["says"][0] == "'" + HOSTILE


def test_parquet_is_the_table_itself() -> None:
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(written(Format.PARQUET))), FRAME)


def test_json_keeps_decimals_as_text() -> None:
    first = json.loads(written(Format.JSON))[0]
    assert first["exact"] == "0.10"
    assert first["says"] == HOSTILE
    assert first["at"].startswith("2025-03-01T12:00:00")


def test_a_page_shows_foreign_text_as_text() -> None:
    page = written(Format.HTML).decode()
    assert "<script>" not in page
    assert "A &lt;b&gt;title" in page
    assert "http" not in page.replace("HYPERLINK(&quot;http://x", "").replace("http://x", "")


@pytest.mark.parametrize(("name", "wanted"), [("a.csv", Format.CSV), ("B.HTML", Format.HTML)])
def test_the_ending_says_what_is_meant(name: str, wanted: Format) -> None:
    assert Format.of(Path(name)) is wanted


@pytest.mark.parametrize("name", ["trades", "trades.xlsx"])
def test_another_ending_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"\.csv, \.parquet, \.json, \.html"):
        Format.of(Path(name))
