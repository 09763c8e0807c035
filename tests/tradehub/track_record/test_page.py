from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from proratio_core.errors import ConfigurationError
from proratio_tradehub.track_record import render_record, write_record
from tests.tradehub.track_record.made import MOMENT, empty, scorecard


def test_page_is_one_file_with_every_table_and_figure() -> None:
    page = render_record(scorecard(), generated_at=MOMENT)
    head, _, rest = page.partition("<noscript>")

    for text in (
        "Track record of made",
        "better than placebo",
        "Memorisation premium",
        "m&lt;1&gt;",
    ):
        assert text in head
    figures = re.findall(r'id="figure-(\w+)">(.*?)</script>', rest, re.DOTALL)
    assert [name for name, _ in figures] == ["accuracy", "reliability", "agreement", "cost"]
    assert all(json.loads(text)["data"] for _, text in figures)
    assert not re.findall(r'(?:src|href)="', head)


def test_page_says_when_candles_are_simulated_and_voters_are_rules() -> None:
    plain = render_record(scorecard(), generated_at=MOMENT).partition("<noscript>")[0]
    page = render_record(scorecard(is_simulated=True, is_rules=True), generated_at=MOMENT)

    assert 'role="alert"' in page
    assert "RULE-BASED voters" in page
    assert 'role="alert"' not in plain
    assert "RULE-BASED voters" not in plain


def test_empty_record_is_a_page_that_says_so() -> None:
    assert "no recorded votes" in render_record(empty(), generated_at=MOMENT)


def test_page_is_written_whole_or_refused_with_the_remedy(tmp_path: Path) -> None:
    write_record(tmp_path / "new" / "record.html", scorecard(), generated_at=MOMENT)
    assert (tmp_path / "new" / "record.html").stat().st_size > 1_000_000

    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="--report"):
        write_record(tmp_path / "file" / "record.html", scorecard(), generated_at=MOMENT)
